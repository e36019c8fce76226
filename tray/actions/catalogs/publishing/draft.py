"""A new catalog of a publisher's own profiles, as a file; no key ever goes in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.catalogs.drafting import About, Draft, drafted
from profiles.catalogs.format.model import FILE, CatalogError
from profiles.catalogs.format.parse import parse
from profiles.files.json_documents import readable
from profiles.profile.config.file import config_of

if TYPE_CHECKING:
    from tray.app import App


class NewCatalog(NamedTuple):
    """The file that a new catalog was written to, and the profiles in it."""

    file: str
    name: str
    serial: int
    profiles: tuple[str, ...]
    default: str
    gateway_hosts: tuple[str, ...]


def draft_catalog(app: App, about: About, names: list[str]) -> Draft:
    """The catalog of those profiles, the first its default. Raises PkccError for what readers refuse."""
    profiles = [app.store.load(name) for name in dict.fromkeys(names)]
    configs = {profile.name: config_of(profile) for profile in profiles}
    inline = {
        profile.name: config
        for profile in profiles
        if (config := configs[profile.name]) is not None and getattr(profile.route, "id", None) is None
    }
    draft = drafted(about, profiles, inline)
    try:
        parse(readable(draft.content))
    except CatalogError as error:
        raise PkccError(
            f"Nobody could read that catalog: {error.place} {error.problem}",
            "Nothing was written. Change the profile, or leave it out.",
        ) from None
    return draft


def place_for_new(directory: str, *, force: bool) -> str:
    """The file for it. Raises ConflictError where there is one, UsageError for what is no directory."""
    path = os.path.abspath(os.path.expanduser(directory))
    if os.path.isfile(path):
        raise UsageError(f"{path} is a file", "Name a directory, such as that of a git repository.")
    file = os.path.join(path, FILE)
    if os.path.lexists(file) and not force:
        raise ConflictError(
            f"{file} is there already",
            f"Change it in your editor, give it a higher serial, then: `pkcc-tray catalog check {file}`.",
        )
    return file


def write_new(draft: Draft, file: str) -> NewCatalog:
    """Write it, readable for others: it is to be published."""
    from profiles.files.hand_edited import write_hand_edited

    os.makedirs(os.path.dirname(file), exist_ok=True)
    write_hand_edited(file, readable(draft.content))
    os.chmod(file, 0o644)
    content = draft.content
    names = tuple(entry["name"] for entry in content["profiles"])
    hosts = tuple(content["gateway_hosts"])
    return NewCatalog(file, content["name"], content["serial"], names, content["default"], hosts)
