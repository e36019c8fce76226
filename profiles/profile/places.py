"""Where profiles lie: one's own in the configuration, a catalog's below the data directory."""

from __future__ import annotations

import os

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import check_name, is_free_name
from profiles.base.text import os_reason

if TYPE_CHECKING:
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

    def files(self) -> dict[str, str]:
        """The file of each profile, by its name: one's own first, then `acme/work` of each catalog."""
        found = _files_in(self._own)
        for catalog in self._catalog_list():
            theirs = _files_in(self._below(catalog))
            found |= {f"{catalog}/{name}": path for name, path in theirs.items()}
        return found

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
            return sorted(filter(is_free_name, os.listdir(self._catalogs)))
        except OSError:  # nobody has subscribed to one
            return []


def _files_in(directory: str) -> dict[str, str]:
    """Sorted without regard to case."""
    try:
        entries = os.listdir(directory)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PkccError(
            f"{directory} cannot be read: {os_reason(error)}", "Make it readable for your user."
        ) from None
    names = [entry.removesuffix(_SUFFIX) for entry in entries if entry.endswith(_SUFFIX)]
    beside = os.path.join(directory, "")
    ordered = sorted(sorted(filter(is_free_name, names)), key=str.lower)
    return {name: f"{beside}{name}{_SUFFIX}" for name in ordered}
