"""The metadata that an administrator requires of every request, where a switch is asked for."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_metadata, missing_metadata
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.rendering import metadata_of, with_metadata
from profiles.profile.under_policy import check_use, forced

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from profiles.profile.rendering import Rendered
    from tray.app import App


def check_required(app: App, name: str, directory: str) -> None:
    """Raises ForbiddenError where neither the profile nor the project there has what is required."""
    check_metadata(policy_in_force(), _metadata(app, name, directory))


def required_yet(app: App, name: str, directory: str) -> list[str]:
    """The required keys that a switch to that profile, asked for in that directory, would lack."""
    return missing_metadata(policy_in_force(), _metadata(app, name, directory))


def lacking(app: App, name: str, directory: str, keys: Collection[str]) -> list[str]:
    """Which of these keys neither the profile nor the project there has."""
    there = _metadata(app, name, directory) if keys else {}
    return [key for key in keys if not there.get(key)]


def allowed(app: App, name: str) -> Rendered:
    """The profile as `exec` may use it here, with what is required of the project's metadata in it.

    Raises ForbiddenError where it may not.
    """
    policy, rendered = policy_in_force(), app.store.rendered(name)
    if policy is not NOTHING_FORCED:
        check_use(policy, rendered)
        wanted = policy.required_metadata
        here = app.projects.registry().metadata_at(app.directory) if wanted else {}
        rendered = with_metadata(rendered, {key: here[key] for key in wanted if key in here})
        check_metadata(policy, metadata_of(rendered))
    return forced(rendered)


def _metadata(app: App, name: str, directory: str) -> Mapping[str, str]:
    there = os.path.join(app.directory, os.path.expanduser(directory))
    return {**metadata_of(app.store.rendered(name)), **app.projects.registry().metadata_at(there)}
