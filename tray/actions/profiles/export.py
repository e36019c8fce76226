"""Profiles as a bundle, which never holds a secret."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, NotFoundError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import catalog_of
from profiles.profile.under_policy import check_allowed

if TYPE_CHECKING:
    from profiles.profile.schema.model import Profile
    from tray.app import App


class Bundle(NamedTuple):
    """A bundle's text, the names of the profiles in it, and notes on what it leaves out."""

    text: str
    profiles: tuple[str, ...]
    notes: tuple[str, ...]


class Exported(NamedTuple):
    """The file that a bundle was written to, and the profiles in it."""

    file: str
    profiles: tuple[str, ...]


def bundle_of(app: App, names: list[str]) -> Bundle:
    """The bundle of those profiles, or of all of one's own where none is named."""
    from profiles.importing.bundles import make_bundle

    check_allowed("allow_export")
    chosen = list(dict.fromkeys(map(app.store.meant, names)))
    if not names:
        chosen = [name for name in app.store.names() if not catalog_of(name)]
    text, notes = make_bundle([_own(app, name) for name in chosen])
    return Bundle(text, tuple(chosen), tuple(notes))


def _own(app: App, name: str) -> Profile:
    """The profile; a catalog's as one of the receiver's own, since the name alone makes nobody follow it."""
    profile, plain = app.store.load(name), name.rpartition("/")[2]
    key = f"keyring:{plain}" if profile.api_key == f"keyring:{name}" else profile.api_key
    return profile.model_copy(update={"name": plain, "api_key": key})


def write_bundle(bundle: Bundle, output: str, *, force: bool) -> Exported:
    """Write a bundle. Raises ConflictError over a file that is there and is no bundle, unless `force`."""
    from profiles.files.hand_edited import write_hand_edited

    path = os.path.abspath(os.path.expanduser(output))
    if not os.path.isdir(os.path.dirname(path)):
        raise NotFoundError(
            f"There is no directory {os.path.dirname(path)}", "Make it, or name another file."
        )
    if os.path.lexists(path) and not force and not _is_bundle(path):
        raise ConflictError(
            f"{path} is there already, and is no bundle of pkcc-tray's", "Name another file, or say --force."
        )
    write_hand_edited(path, bundle.text.encode())
    return Exported(path, bundle.profiles)


def _is_bundle(path: str) -> bool:
    from profiles.files.read import read_start

    return b'"pkcc_tray_bundle"' in read_start(path, 200)
