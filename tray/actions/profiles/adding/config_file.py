"""A Portkey config in a file as a profile's route: named by its path, or copied, its secrets kept apart."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


class FileRoute(NamedTuple):
    """A profile's `route`, the secrets that were in the file, by key name, and what is to be said of them."""

    route: dict[str, object]
    secrets: Mapping[str, Secret]
    notes: tuple[str, ...]


def config_route(path: str, name: str, *, copied: bool = False) -> FileRoute:
    """The route of a profile of that name. A file that holds secrets is copied in any case.

    Raises PkccError that names file and field.
    """
    path = os.path.abspath(os.path.expanduser(path))
    config, found = load_config(path, name)
    if not copied and not found:
        return FileRoute({"kind": "config", "path": path}, {}, ())
    notes: tuple[str, ...] = ()
    if found:
        kept = "the secret in it went" if len(found) == 1 else f"the {len(found)} secrets in it went"
        notes = (f"the config was copied into the profile, and {kept} into the key store",)
    secrets = {key_name: Secret(text) for key_name, text in found.items()}
    return FileRoute({"kind": "config", "inline": config}, secrets, notes)


def load_config(path: str, name: str) -> tuple[dict[str, object], dict[str, str]]:
    """The config in a file, checked, with references for the secrets in it; and those by key name.

    `name` is the profile's, for the key names. Raises PkccError that names file and field.
    """
    from profiles.importing.recognition import move_config_secrets
    from profiles.profile.config.file import config_in
    from profiles.profile.schema.fields import check_inline_config

    config = config_in(path)
    if not isinstance(config, dict):
        raise PkccError(f"{path} holds no Portkey config: a config is a JSON object", "Name another file.")
    try:
        config, found = move_config_secrets(config, name)
        return check_inline_config(config, from_file=True), found
    except ValueError as error:
        raise PkccError(f"{path}: {error}", f"See all of it with `pkcc-tray config check {path}`.") from None
