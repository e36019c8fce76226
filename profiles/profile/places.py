"""Where profiles lie: one's own in the configuration, a catalog's below the data directory."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import check_name
from profiles.base.text import os_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations

_SUFFIX = ".json"


class Places:
    """The directories of one user's profiles. Nothing here reads a profile."""

    def __init__(self, locations: Locations) -> None:
        self._own = locations.profiles_dir
        self._catalogs = locations.catalogs_dir

    def path_of(self, name: str) -> str:
        """The file of `work`, or of a catalog's `acme/work`."""
        catalog, slash, plain = name.partition("/")
        if not slash:
            return os.path.join(self._own, check_name(name) + _SUFFIX)
        return os.path.join(self._below(check_name(catalog)), check_name(plain) + _SUFFIX)

    def own_names(self) -> list[str]:
        """One's own profiles."""
        return _names_in(self._own)

    def catalog_names(self) -> list[str]:
        """The catalogs' profiles, such as `acme/work`."""
        return [
            f"{catalog}/{name}"
            for catalog in self._catalog_list()
            for name in _names_in(self._below(catalog))
        ]

    def meant(self, name: str) -> str:
        """`acme/work` for `work`, where that catalog alone has one; the name itself where none has.

        Raises ConflictError where several have it.
        """
        check_name(name)
        found = [
            f"{catalog}/{name}"
            for catalog in self._catalog_list()
            if os.path.exists(os.path.join(self._below(catalog), name + _SUFFIX))
        ]
        if len(found) > 1:
            raise ConflictError(f"{name!r} is in {len(found)} catalogs: {', '.join(found)}", "Name one.")
        return found[0] if found else name

    def _below(self, catalog: str) -> str:
        return os.path.join(self._catalogs, catalog, "profiles")

    def _catalog_list(self) -> list[str]:
        try:
            return sorted(_names(os.listdir(self._catalogs)))
        except OSError:  # nobody has subscribed to one
            return []


def _names_in(directory: str) -> list[str]:
    try:
        entries = os.listdir(directory)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PkccError(
            f"{directory} cannot be read: {os_reason(error)}", "Make it readable for your user."
        ) from None
    names = _names(entry.removesuffix(_SUFFIX) for entry in entries if entry.endswith(_SUFFIX))
    return sorted(names, key=lambda name: (name.lower(), name))


def _names(entries: list[str] | Iterator[str]) -> Iterator[str]:
    for entry in entries:
        with suppress(UsageError):
            yield check_name(entry)
