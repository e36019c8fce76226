"""What an administrator requires where a switch is asked for: metadata, and a catalog that is not too old."""

from __future__ import annotations

import os
import time

from profiles.base.errors import ForbiddenError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import catalog_of
from profiles.base.text import printable
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_metadata, check_profile, lacks_metadata, missing_metadata
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.catalog_terms import terms_of
from profiles.profile.rendering import metadata_of, with_metadata
from profiles.profile.under_policy import check_use, forced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.policy.values import Policy
    from profiles.profile.rendering import Rendered
    from tray.app import App

_DAY_S = 86_400.0


def check_switch(app: App, name: str, directory: str) -> None:
    """Raises ForbiddenError where no switch to that profile, asked for in that directory, is allowed now."""
    policy = policy_in_force()
    rendered = _check_profile(app, policy, name)
    if policy.required_metadata and (
        missing := missing_metadata(policy, _metadata(app, rendered, directory))
    ):
        raise lacks_metadata(policy, missing[0], "" if _may_add(app, directory) else name)


def not_allowed_notes(name: str) -> list[str]:
    """That a profile which was just made cannot be switched to on this machine, and why."""
    try:
        check_profile(policy_in_force(), name)
    except ForbiddenError as error:
        return [f"it cannot be switched to here: {error.title}"]
    return []


def _may_add(app: App, directory: str) -> bool:
    """Whether a project can be there, which would carry the metadata: a click stands nowhere."""
    from tray.actions.projects.register import root_of

    try:
        root_of(app, directory)
    except PkccError:
        return False
    return True


def check_back(app: App, rendered: Rendered) -> None:
    """Raises ForbiddenError where no `undo` may lead back to that: what it sends, how old its catalog is."""
    policy = policy_in_force()
    _check_age(app, policy, rendered.name)
    here = app.projects.registry().metadata_at(app.directory) if policy.required_metadata else {}
    check_metadata(policy, {**metadata_of(rendered), **here})


def required_yet(app: App, name: str, directory: str) -> list[str]:
    """The required keys that a switch to that profile, asked for in that directory, would lack.

    Raises ForbiddenError where no switch to it is allowed, whatever it sends.
    """
    policy = policy_in_force()
    return missing_metadata(policy, _metadata(app, _check_profile(app, policy, name), directory))


def expired_notes(catalog: str, expires: str) -> list[str]:
    """That a catalog's publisher was to renew it by that day, which is over."""
    from profiles.catalogs.standing import is_past

    if not expires or not is_past(expires, time.time()):
        return []
    return [f"the catalog {catalog} has expired on {expires}: ask its publisher for a newer one"]


def catalog_wants(app: App, name: str) -> list[str]:
    """What the profile's catalog wants: that it be used no more, and metadata that is not here."""
    terms = terms_of(app.locations, name)
    there = _metadata(app, app.store.rendered(name), app.directory) if terms.required else {}
    gone = [f"{name} is withdrawn: {terms.withdrawn}"] if terms.withdrawn else []
    gone += expired_notes(name.partition("/")[0], terms.expires)
    return gone + [
        f"its catalog wants {key!r} of each project: `pkcc-tray project add --metadata {key}=…` says it"
        for key in terms.required
        if not there.get(key)
    ]


def allowed(app: App, name: str) -> Rendered:
    """The profile as `exec` may use it here, with what is required of the project's metadata in it.

    Raises ForbiddenError where it may not, ConflictError where its file is not as its catalog has it.
    """
    policy = policy_in_force()
    catalog, slash, plain = app.store.meant(name).partition("/")
    if slash:
        from profiles.catalogs.kept.made import check_as_made

        check_as_made(app.locations, catalog, plain)
    if policy is NOTHING_FORCED:
        return app.store.rendered(name)
    rendered = _check_profile(app, policy, name)
    wanted = policy.required_metadata
    here = app.projects.registry().metadata_at(app.directory) if wanted else {}
    rendered = with_metadata(rendered, {key: here[key] for key in wanted if key in here})
    check_metadata(policy, metadata_of(rendered))
    return forced(rendered, policy)


def _check_profile(app: App, policy: Policy, name: str) -> Rendered:
    """The profile, where it may be switched to at all."""
    rendered = app.store.rendered(name, policy)
    check_use(policy, rendered)
    _check_age(app, policy, rendered.name)
    return rendered


def _check_age(app: App, policy: Policy, name: str) -> None:
    """Refuses a profile whose catalog's source was not reached for more days than are allowed."""
    catalog, most = catalog_of(name), policy.catalog_max_age_days
    if not catalog or most is None:
        return
    from profiles.catalogs.kept.contents import Contents
    from profiles.catalogs.record import load_record

    accepted = Contents(app.locations, catalog).accepted()
    reached = load_record(app.locations, catalog).reached_at or (accepted.at if accepted else 0.0)
    days = int((time.time() - reached) // _DAY_S)
    if reached and days > most:
        who = printable(policy.managed_by.who)
        raise ForbiddenError(
            f"{who} wants {catalog} to be asked every {most} days, and it was not for {days}",
            f"Ask for news: `pkcc-tray catalog update {catalog}`.",
        )


def _metadata(app: App, rendered: Rendered, directory: str) -> Mapping[str, str]:
    there = os.path.join(app.directory, os.path.expanduser(directory))
    return {**metadata_of(rendered), **app.projects.registry().metadata_at(there)}
