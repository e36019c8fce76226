"""The rendering of each profile that was validated before, so that a switch does not load pydantic (40 ms).

It is kept under the hash of the very bytes that were validated: a file edited by hand has another hash and is
validated again.
"""

from __future__ import annotations

import os
from contextlib import suppress

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.json_documents import compact, read_unversioned
from profiles.files.read import read_bytes
from profiles.profile.rendering import Rendered, from_plain, to_plain

if TYPE_CHECKING:
    from typing import TypedDict

    from profiles.profile.schema.model import Profile

    class _Cached(TypedDict):
        version: str
        profile: str
        config_path: str | None
        config: str | None
        rendered: dict[str, object]


_VERSION = f"{__version__}/4"  # raise the number when rendering changes between releases


class RenderingCache:
    """The renderings in one directory, a file a profile."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def get(self, name: str, data: bytes) -> Rendered | None:
        """The rendering of a profile whose file holds `data`; None where it was not validated before."""

        def rendered(cache: _Cached) -> Rendered | None:
            if cache["version"] != _VERSION or cache["profile"] != digest(data):
                return None
            if cache["config_path"] is not None:
                config = read_bytes(cache["config_path"])
                if config is None or cache["config"] != digest(config):
                    return None
            return from_plain(cache["rendered"])

        with suppress(PkccError):
            return read_unversioned(self._path(name), rendered)
        return None

    def fill(self, name: str, data: bytes, profile: Profile) -> Rendered:
        """What the profile that `data` was validated to writes. Raises PkccError for a config of no use."""
        from profiles.files.atomic_replace import write_private
        from profiles.profile.config.file import config_path, parse_config, read_config_bytes
        from profiles.profile.render import render

        path = config_path(profile)
        raw_config = None if path is None else read_config_bytes(path)
        config = None if path is None or raw_config is None else parse_config(path, raw_config)
        rendered = render(profile, config)
        cache = {
            "version": _VERSION,
            "profile": digest(data),
            "config_path": path,
            "config": None if raw_config is None else digest(raw_config),
            "rendered": to_plain(rendered),
        }
        with suppress(PkccError):  # a cache that cannot be written costs time, nothing else
            write_private(self._path(name), compact(cache))
        return rendered

    def drop(self, name: str) -> None:
        """Forget a profile's rendering, where there is one."""
        with suppress(OSError):
            os.unlink(self._path(name))

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, f"{name}.json")
