"""Profiles on disk, one JSON file each, and the rendering of each that was validated before.

A switch must not load pydantic (40 ms). So the rendering of a validated profile is kept, under the hash
of the very bytes that were validated: a file edited by hand has another hash and is validated anew.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress

from profiles import __version__
from profiles.base.errors import ConflictError, NotFoundError, PkccError, UsageError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import check_name
from profiles.base.text import named, os_reason, printable
from profiles.files.hand_edited import check_link, write_hand_edited
from profiles.files.json_documents import compact, read_unversioned, readable
from profiles.files.locks import locked
from profiles.files.replace import read_bytes, write_private, writing_failed
from profiles.profile.rendering import Rendered, from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from profiles.base.locations import Locations
    from profiles.profile.model import Profile

_CACHE_VERSION = f"{__version__}/3"  # raise the number when rendering changes between releases
_SUFFIX = ".json"


class ProfileStore:
    """The profiles of one configuration directory."""

    def __init__(self, locations: Locations) -> None:
        self._dir = locations.profiles_dir
        self._cache_dir = os.path.join(locations.state_dir, "rendered")
        self._lock_path = os.path.join(locations.state_dir, "profiles.lock")

    def path_of(self, name: str) -> str:
        """Where that profile lies, or would."""
        return os.path.join(self._dir, check_name(name) + _SUFFIX)

    def names(self) -> list[str]:
        """All profile names, sorted without regard to case."""
        try:
            entries = os.listdir(self._dir)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise PkccError(
                f"{self._dir} cannot be read: {os_reason(error)}", "Make it readable for your user."
            ) from None
        found = []
        for entry in entries:
            name = entry.removesuffix(_SUFFIX)
            if entry.endswith(_SUFFIX):
                with suppress(UsageError):
                    found.append(check_name(name))
        return sorted(found, key=lambda name: (name.lower(), name))

    def load(self, name: str) -> Profile:
        """The profile, validated. Raises NotFoundError, or PkccError that names file and field."""
        return self._parse(name, self._read(name))

    def rendered(self, name: str) -> Rendered:
        """What the profile writes, from the cache when the file's bytes were validated before."""
        data = self._read(name)
        cached = self._cached(name, data)
        return cached if cached is not None else self._render_anew(name, data)

    def is_rendered(self, name: str) -> bool:
        """Whether `rendered` would find the profile in the cache, and so write nothing."""
        data = read_bytes(self.path_of(name))
        return data is not None and self._cached(name, data) is not None

    def save(self, profile: Profile, *, replace: bool = False) -> None:
        """Write a profile. Raises ConflictError when the name is taken (in any case) and not `replace`."""
        with self._locked():
            self.check_free(profile.name, allowed=profile.name if replace else None)
            write_hand_edited(self.path_of(profile.name), encode_profile(profile), alone=True)

    def check_text(self, name: str, text: str, base: str) -> None:
        """Validate an edited file's text before it is written as it was typed.

        Raises PkccError, and ConflictError when the file no longer holds `base`, what the edit began with.
        """
        self._parse(name, text.encode())
        if self.text_of(name) != base:
            raise ConflictError(
                f"The profile {name!r} was changed by something else meanwhile",
                "Look at it with `pkcc-tray show`, then edit it again.",
            )

    def link_of(self, name: str) -> str:
        """What the profile's file is a link to, as the link has it; "" for a plain file."""
        path = self.path_of(name)
        return os.readlink(path) if os.path.islink(path) else ""

    def put(self, name: str, data: bytes, *, link: str = "") -> None:
        """Write a profile's file, valid or not; where it is gone, through a link to `link` again."""
        with self._locked(), self._reporting(name):
            if link and not os.path.lexists(self.path_of(name)):
                os.symlink(link, self.path_of(name))
            write_hand_edited(self.path_of(name), data, alone=True)

    def move_link(self, source: str, name: str) -> None:
        """Where `source` is a link, make one of that name to the same file, which is then that profile's."""
        with self._locked(), self._reporting(name):
            if os.path.islink(self.path_of(source)) and not os.path.lexists(self.path_of(name)):
                os.symlink(os.readlink(self.path_of(source)), self.path_of(name))

    def drop(self, name: str) -> None:
        """Remove a profile's file, where there is one."""
        with self._locked():
            if os.path.lexists(self.path_of(name)):
                self._unlink(name)

    def respell(self, source: str, name: str) -> None:
        """Give a file a name that differs only in case: on some systems both are one file."""
        with self._locked(), self._reporting(source):
            if os.path.lexists(self.path_of(source)):
                os.rename(self.path_of(source), self.path_of(name))
        with suppress(OSError):
            os.unlink(self._cache_path(source))

    def is_valid(self, name: str) -> bool:
        """Whether the file holds a profile, and so no secret."""
        with suppress(PkccError):
            return self.is_rendered(name) or self.load(name) is not None
        return False

    def text_of(self, name: str) -> str:
        """The file's text as it is, valid or not. Raises NotFoundError."""
        return self._read(name).decode("utf-8", "replace")

    # Files -------------------------------------------------------------------------------------------

    def _unlink(self, name: str) -> None:
        with self._reporting(name):
            os.unlink(self.path_of(name))
        with suppress(OSError):
            os.unlink(self._cache_path(name))

    @contextmanager
    def _reporting(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise writing_failed(self.path_of(name), error) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with locked(self._lock_path):
            yield

    def _read(self, name: str) -> bytes:
        data = read_bytes(self.path_of(name))
        if data is None:
            check_link(self.path_of(name))
            raise no_such_profile(name, self.names())
        return data

    def check_free(self, name: str, allowed: str | None = None) -> None:
        """Raises ConflictError when a profile has that name in any case, `allowed` not counted."""
        for taken in self.names():
            if taken.lower() == name.lower() and taken != allowed and os.path.exists(self.path_of(taken)):
                raise ConflictError(
                    f"There is a profile {taken!r} already",
                    f"Choose another name, or change that one with `pkcc-tray edit {taken}`.",
                )

    def _parse(self, name: str, data: bytes) -> Profile:
        from profiles.profile.parse import FieldError, parse_profile

        path = self.path_of(name)
        try:
            profile = parse_profile(parse_json(path, data, unique_keys=True), stored=True)
        except FieldError as error:
            raise PkccError(
                f"{path}: {error.text()}", f"Fix it with `pkcc-tray edit {name}`; nothing was changed."
            ) from None
        if profile.name != name:
            raise PkccError(
                f"{path}: name: is {profile.name!r}, but the file is called {name!r}",
                f"Give both one name, for example with `pkcc-tray edit {name}`.",
            )
        return profile

    # Renderings --------------------------------------------------------------------------------------

    def _cache_path(self, name: str) -> str:
        return os.path.join(self._cache_dir, name + _SUFFIX)

    def _cached(self, name: str, data: bytes) -> Rendered | None:
        def rendered(cache: Any) -> Rendered | None:
            if cache["version"] != _CACHE_VERSION or cache["profile"] != digest(data):
                return None
            if cache["config_path"] is not None:
                config = read_bytes(cache["config_path"])
                if config is None or cache["config"] != digest(config):
                    return None
            return from_plain(cache["rendered"])

        with suppress(PkccError):
            return read_unversioned(self._cache_path(name), rendered)
        return None

    def _render_anew(self, name: str, data: bytes) -> Rendered:
        from profiles.profile.rendering import render

        profile = self._parse(name, data)
        path = config_path(profile)
        raw_config = None if path is None else _read_config(path)
        config = None if path is None or raw_config is None else _parse_config(path, raw_config)
        rendered = render(profile, config)
        cache = {
            "version": _CACHE_VERSION,
            "profile": digest(data),
            "config_path": path,
            "config": None if raw_config is None else digest(raw_config),
            "rendered": to_plain(rendered),
        }
        with suppress(PkccError):  # a cache that cannot be written costs time, nothing else
            write_private(self._cache_path(name), compact(cache))
        return rendered


def encode_profile(profile: Profile) -> bytes:
    """The profile's file: what differs from the defaults, and always the fields one looks for."""
    shown = {"schema_version", "name", "dialect", "route", "api_key"}
    plain = profile.model_dump(mode="json")
    defaults = profile.model_dump(mode="json", exclude_defaults=True)
    kept = {key: _without_none(value) for key, value in plain.items() if key in shown or key in defaults}
    return readable(kept)


def _without_none(value: Any) -> Any:
    # One level: the parts of a profile. An inline config's own nulls are its own.
    return (
        {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value
    )


def config_path(profile: Profile) -> str | None:
    """The absolute path of the config file that the profile names, if it does."""
    if profile.route.kind != "config" or profile.route.path is None:
        return None
    return os.path.abspath(os.path.expanduser(profile.route.path))


def read_config_file(path: str) -> dict[str, Any]:
    """The Portkey config in a file, checked. Raises PkccError with the path to the wrong field."""
    return _parse_config(path, _read_config(path))


def config_of(profile: Profile) -> dict[str, Any] | None:
    """The Portkey config that a profile holds or names the file of, checked; None for another route.

    Raises PkccError with the path to a wrong field.
    """
    if profile.route.kind != "config":
        return None
    path = config_path(profile)
    return profile.route.inline if path is None else read_config_file(path)


def load_json(path: str) -> object:
    """What a JSON file of the user's holds. Raises PkccError, with line and column where it is none."""
    return parse_json(path, _read_config(path))


def _read_config(path: str) -> bytes:
    data = read_bytes(path)
    if data is None:
        raise PkccError(
            f"There is no config file {path}", "Put it there, or name another one in the profile."
        )
    return data


def _parse_config(path: str, data: bytes) -> dict[str, Any]:
    from profiles.profile.fields import check_inline_config

    config = parse_json(path, data)
    if not isinstance(config, dict):
        raise PkccError(f"{path} holds no Portkey config: a config is a JSON object", "Name another file.")
    try:
        return check_inline_config(config, from_file=True)
    except ValueError as error:
        raise PkccError(f"{path}: {error}", f"See all of it with `pkcc-tray config check {path}`.") from None


def parse_json(path: str, data: bytes, *, unique_keys: bool = False) -> object:
    """What JSON bytes hold; `path` names them in the error. Raises PkccError with line and column.

    With `unique_keys` a key that stands twice is refused: the one that loses would go unchecked.
    """
    try:
        return json.loads(data, object_pairs_hook=_unique if unique_keys else None)
    except _TwiceError as error:
        raise PkccError(f"{path}: {error.args[0]!r} stands there twice", "Take one of them out.") from None
    except UnicodeDecodeError:
        raise PkccError(f"{path}: not UTF-8 text", "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise PkccError(
            f"{path} line {error.lineno}, column {error.colno}: {error.msg.lower()}", "Fix that line."
        ) from None
    except (RecursionError, ValueError):
        raise PkccError(f"{path} is nested too deeply, or holds a number too long", "Fix it.") from None


class _TwiceError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(printable(next(key for key in keys if keys.count(key) > 1)))
    return found


def no_such_profile(name: str, names: list[str]) -> NotFoundError:
    """The error for an unknown name, with the nearest known one."""
    from difflib import get_close_matches

    title = f"There is no {named('profile', name)}"
    lower = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    if near:
        return NotFoundError(title, f"Did you mean {lower[near[0]]!r}? `pkcc-tray list` shows all.")
    hint = "`pkcc-tray list` shows all." if names else "There is none yet: `pkcc-tray add NAME` makes one."
    return NotFoundError(title, hint)
