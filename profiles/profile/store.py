"""Profiles on disk, one JSON file each."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import catalog_of, check_profile_name
from profiles.base.text import named
from profiles.files.json_documents import parse_json
from profiles.files.read import read_bytes
from profiles.files.refusals import writing_failed
from profiles.policy.in_force import policy_in_force
from profiles.profile.places import Places
from profiles.profile.rendering import Rendered
from profiles.profile.rendering_cache import RenderingCache
from profiles.profile.under_policy import forced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.base.locations import Locations
    from profiles.policy.values import Policy
    from profiles.profile.schema.model import Profile


class ProfileStore:
    """The profiles of one configuration directory."""

    def __init__(self, locations: Locations) -> None:
        self._places = Places(locations)
        self._cache = RenderingCache(os.path.join(locations.state_dir, "rendered"))
        self._lock_path = os.path.join(locations.state_dir, "profiles.lock")

    def path_of(self, name: str) -> str:
        """Where that profile lies, or would."""
        return self._places.path_of(name)

    def names(self) -> list[str]:
        """All names, sorted without regard to case: one's own first, then `acme/work` of each catalog."""
        return list(self.files())

    def files(self) -> dict[str, str]:
        """Where each lies, by its name and in that order."""
        return self._places.files()

    def meant(self, name: str) -> str:
        """The whole name: for `work`, which is none of one's own, that of the only catalog that has it.

        Raises ConflictError where two have it. What no catalog has is returned as it is.
        """
        return name if "/" in name or os.path.lexists(self.path_of(name)) else self._places.meant(name)

    def load(self, name: str) -> Profile:
        """The profile, validated. Raises NotFoundError, or PkccError that names file and field."""
        return self._parse(*self._read(name))

    def rendered(self, name: str, policy: Policy | None = None) -> Rendered:
        """What the profile writes, from the cache when the file's bytes were validated before.

        `policy`: the one in force, from who has looked at it already for many.
        """
        name, data = self._read(name)
        cached = self._cache.get(name, data)
        return forced(cached or self._cache.fill(name, data, self._parse(name, data)), policy)

    def all_rendered(self) -> list[Rendered]:
        """What each profile writes; those that cannot be read are left out."""
        found, policy = [], policy_in_force()
        for name in self.names():
            with suppress(PkccError):
                found.append(self.rendered(name, policy))
        return found

    def is_rendered(self, name: str) -> bool:
        """Whether `rendered` would find the profile in the cache, and so write nothing."""
        data = read_bytes(self.path_of(name))
        return data is not None and self._cache.get(name, data) is not None

    def save(self, profile: Profile, *, replace: bool = False) -> None:
        """Write a profile. Raises ConflictError when the name is taken (in any case) and not `replace`."""
        self.check_own(profile.name)
        with self._locked():
            self.check_free(profile.name, allowed=profile.name if replace else None)
            from profiles.files.hand_edited import write_hand_edited
            from profiles.profile.encode import encode_profile

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
        self.check_own(name)
        with self._locked(), self._reporting(name):
            if link and not os.path.lexists(self.path_of(name)):
                os.symlink(link, self.path_of(name))
            from profiles.files.hand_edited import write_hand_edited

            write_hand_edited(self.path_of(name), data, alone=True)

    def move_link(self, source: str, name: str) -> None:
        """Where `source` is a link, make one of that name to the same file, which is then that profile's."""
        with self._locked(), self._reporting(name):
            if os.path.islink(self.path_of(source)) and not os.path.lexists(self.path_of(name)):
                os.symlink(os.readlink(self.path_of(source)), self.path_of(name))

    def drop(self, name: str) -> None:
        """Remove a profile's file, where there is one."""
        self.check_own(name)
        with self._locked():
            if os.path.lexists(self.path_of(name)):
                self._unlink(name)

    def respell(self, source: str, name: str) -> None:
        """Give a file a name that differs only in case: on some systems both are one file."""
        self.check_own(name)
        with self._locked(), self._reporting(source):
            if os.path.lexists(self.path_of(source)):
                os.rename(self.path_of(source), self.path_of(name))
        self._cache.drop(source)

    def is_valid(self, name: str) -> bool:
        """Whether the file holds a profile, and so no secret."""
        with suppress(PkccError):
            return self.is_rendered(name) or self.load(name) is not None
        return False

    def text_of(self, name: str) -> str:
        """The file's text as it is, valid or not. Raises NotFoundError."""
        return self._read(name)[1].decode("utf-8", "replace")

    # Files -------------------------------------------------------------------------------------------

    def _unlink(self, name: str) -> None:
        with self._reporting(name):
            os.unlink(self.path_of(name))
        self._cache.drop(name)

    @contextmanager
    def _reporting(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise writing_failed(self.path_of(name), error) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from profiles.files.locks import locked

        with locked(self._lock_path):
            yield

    def _read(self, name: str) -> tuple[str, bytes]:
        """The whole name and the file's bytes."""
        data = read_bytes(self.path_of(name))
        if data is None and (meant := self.meant(name)) != name:
            name, data = meant, read_bytes(self.path_of(meant))
        if data is None:
            from profiles.files.hand_edited import check_link

            check_link(self.path_of(name))
            raise no_such_profile(name, self.names())
        return name, data

    def check_own(self, name: str) -> None:
        """Raises ConflictError for a catalog's profile, such as `acme/work`: it is never changed in place."""
        if catalog := catalog_of(check_profile_name(name)):
            raise ConflictError(
                f"{name} comes from the catalog {catalog} and is not changed here",
                f"`pkcc-tray catalog override {name} FIELD VALUE` changes a field for you; "
                f"`pkcc-tray copy {name} NEW` makes a profile of your own.",
            )

    def check_free(self, name: str, allowed: str | None = None) -> None:
        """Raises ConflictError when a profile has that name in any case, `allowed` not counted."""
        for taken in self.names():
            if taken.lower() == name.lower() and taken != allowed and os.path.exists(self.path_of(taken)):
                raise ConflictError(
                    f"There is a profile {taken!r} already",
                    f"Choose another name, or change that one with `pkcc-tray edit {taken}`.",
                )

    def _parse(self, name: str, data: bytes) -> Profile:
        from profiles.profile.schema.parse import FieldError, parse_profile

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


def no_such_profile(name: str, names: list[str]) -> NotFoundError:
    """The error for an unknown name, with the nearest known one."""
    from difflib import get_close_matches

    title = f"There is no {named('profile', name)}"
    lower = {known.lower(): known for known in names}
    catalog = catalog_of(name)
    if catalog and not any(catalog_of(known).lower() == catalog.lower() for known in names):
        return NotFoundError(
            title,
            "Join its catalog first: `pkcc-tray join SOURCE`; its publisher has the source.",
        )
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    if near:
        return NotFoundError(title, f"Did you mean {lower[near[0]]!r}? `pkcc-tray list` shows all.")
    hint = "`pkcc-tray list` shows all." if names else "There is none yet: `pkcc-tray add NAME` makes one."
    return NotFoundError(title, hint)
