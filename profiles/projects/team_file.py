"""`.pkcc.toml`: what a team commits for pkcc-tray: the name of a profile, metadata, where its catalog lies.

It comes with a clone from anybody, so it can name neither a gateway nor a key nor a command, and counts only
once the user has seen and trusted it.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.base.hashing import digest
from profiles.base.names import check_profile_name
from profiles.base.text import named
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.files.read import read_bytes
from profiles.profile.schema.fields import check_metadata
from profiles.switching.memory.project_registry import Team

if TYPE_CHECKING:
    from collections.abc import Iterator

TEAM_FILE = ".pkcc.toml"
_LIMIT = 64 * 1024  # bytes
_KNOWN = ("profile", "metadata", "catalog")


def read_team_file(directory: str) -> Team | None:
    """What the file in that directory wants; None without one.

    Raises PkccError that names the key that is wrong; values are never repeated.
    """
    import tomllib

    path = os.path.join(directory, TEAM_FILE)
    data = read_bytes(path)
    if data is None:
        return None
    try:
        if len(data) > _LIMIT:
            raise ValueError(f"is larger than {_LIMIT // 1024} kB")  # noqa: TRY301
        plain = tomllib.loads(data.decode())
        for problem in _problems(plain):
            raise ValueError(problem)  # noqa: TRY301
        metadata = _metadata(plain.get("metadata", {}))
    except UnicodeDecodeError:
        raise PkccError(f"{path}: not UTF-8 text", _REMEDY) from None
    except tomllib.TOMLDecodeError as error:
        place = str(error).rpartition("(at ")[2].rstrip(")")
        raise PkccError(f"{path}: not TOML, at {place}", _REMEDY) from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "is nested too deeply"
        raise PkccError(f"{path}: {reason}", _REMEDY) from None
    return Team(digest(data), plain.get("profile"), metadata)


_REMEDY = "Ask its author to fix it; `--no-team` leaves it out."


def _problems(plain: dict[str, object]) -> Iterator[str]:
    for key in plain:
        if key not in _KNOWN:
            yield f"{named('key', key)} is not known: it may hold profile, catalog and [metadata] only"
    profile = plain.get("profile")
    if profile is not None:
        try:
            check_profile_name(profile if isinstance(profile, str) else "")
        except UsageError:
            yield "profile: must be a profile's name"
    catalog = plain.get("catalog")
    if catalog is not None and not (isinstance(catalog, str) and _is_address(catalog)):
        yield "catalog: must be the https address of a team's catalog, with no login in it"
    if not isinstance(plain.get("metadata", {}), dict):
        yield "metadata: must be a table of texts"


def catalog_hint(directory: str) -> str:
    """Where the file says that the team's catalog lies, "" for nowhere: a hint, never fetched unasked.

    Raises PkccError for a wrong file.
    """
    import tomllib

    if read_team_file(directory) is None:
        return ""
    data = read_bytes(os.path.join(directory, TEAM_FILE)) or b""
    return str(tomllib.loads(data.decode()).get("catalog", ""))


def _is_address(text: str) -> bool:
    return bool(re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/+-]{1,500}", text))


def _metadata(plain: dict[str, str]) -> dict[str, str]:
    try:
        metadata = check_metadata(plain)
    except ValueError as error:
        raise ValueError(f"metadata: {error}") from None
    for key, value in metadata.items():
        if secret_parts(f"env.{key}", json.dumps(value)):
            raise ValueError(f"metadata: {named('key', key)} looks like a secret, which nobody should commit")
    return metadata
