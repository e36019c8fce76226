"""The Portkey config that a profile names: read from its file, and checked."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.json_documents import parse_json
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from profiles.profile.schema.model import Profile


def config_path(profile: Profile) -> str | None:
    """The absolute path of the config file that the profile names, if it does."""
    if profile.route.kind != "config" or profile.route.path is None:
        return None
    return os.path.abspath(os.path.expanduser(profile.route.path))


def read_config_file(path: str) -> dict[str, object]:
    """The Portkey config in a file, checked. Raises PkccError with the path to the wrong field."""
    return parse_config(path, read_config_bytes(path))


def config_of(profile: Profile) -> dict[str, object] | None:
    """The Portkey config that a profile holds or names the file of, checked; None for another route.

    Raises PkccError with the path to a wrong field.
    """
    if profile.route.kind != "config":
        return None
    path = config_path(profile)
    return profile.route.inline if path is None else read_config_file(path)


def config_in(path: str) -> object:
    """The config in a JSON file, unchecked. Raises PkccError, with line and column where it is no JSON."""
    return config_in_bytes(path, read_config_bytes(path))


def config_in_bytes(file: str, data: bytes) -> object:
    """The config that these bytes are, unchecked; `file` names them in the error. Raises PkccError."""
    from profiles.portkey.config.source import unwrapped

    return unwrapped(parse_json(shown_name(file), data))[1]


def shown_name(file: str) -> str:
    """What a file is called in words: `-` is standard input."""
    return "standard input" if file == "-" else file


def read_config_bytes(path: str) -> bytes:
    """The bytes of a config file. Raises PkccError where there is none."""
    data = read_bytes(path)
    if data is None:
        raise PkccError(
            f"There is no config file {path}", "Put it there, or name another one in the profile."
        )
    return data


def parse_config(path: str, data: bytes) -> dict[str, object]:
    """The Portkey config that these bytes are, checked; `path` names them in the error."""
    from profiles.profile.schema.fields import check_inline_config

    config = config_in_bytes(path, data)
    if not isinstance(config, dict):
        raise PkccError(f"{path} holds no Portkey config: a config is a JSON object", "Name another file.")
    try:
        return check_inline_config(config, from_file=True, stored=True)
    except ValueError as error:
        raise PkccError(f"{path}: {error}", f"See all of it with `pkcc-tray config check {path}`.") from None
