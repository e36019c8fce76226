"""The profiles as the menu lists them, each read again only when its file has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.read import file_mark
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.profile.catalog_terms import withdrawn_among
from profiles.profile.config.names import kept_names, path_of, short_hint
from profiles.profile.together.order import read_order
from profiles.profile.under_policy import why_refused
from tray.actions.describing.delivery import IN_FILE
from tray.runtime.menu.tray_state import ProfileRow

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.profile.store import ProfileStore
    from profiles.secrets.store import SecretStore


class ProfileRows:
    """Remembers the rows of unchanged files: a thousand profiles are looked at in a few milliseconds."""

    def __init__(self, store: ProfileStore, locations: Locations, secrets: SecretStore) -> None:
        self._store = store
        self._secrets = secrets
        self._keys_mark: tuple[int, frozenset[str]] | None = None
        self._missing: frozenset[str] = frozenset()  # references to keys that are not there
        self._locations = locations
        self._names_mark: tuple[int, int, int] | None = None
        self._policy = NOTHING_FORCED  # by which the rows were judged
        self._config_names: dict[str, str] = {}
        self._known: dict[str, tuple[tuple[int, int, int] | None, ProfileRow, str]] = {}
        self.keys_path = secrets.index_path

    def read(self) -> tuple[ProfileRow, ...]:
        """All of them, in the person's own order; a broken one says what is wrong with it.

        Raises PkccError when the directory cannot be read.
        """
        self._read_config_names()
        if (policy := policy_in_force()) != self._policy:
            self._policy, self._known = policy, {}
        known, self._known = self._known, {}
        order = read_order(self._locations)
        files = self._store.files()
        for name in order.arranged(list(files)):
            mark = file_mark(files[name])
            kept = known.get(name)
            if kept is None or kept[0] is None or kept[0] != mark:
                row, reference = self._row(name)
                # What is wrong may be in another file that it names, and fixed there.
                kept = None if row.problem else mark, row, reference
            self._known[name] = kept
        self._look_at_keys()
        favourites = frozenset(order.favourites)
        gone = withdrawn_among(self._locations, self._known)
        for name, (mark, row, reference) in self._known.items():
            favourite, keyless, withdrawn = name in favourites, reference in self._missing, name in gone
            # Where nothing differs it stays the same row, and so does all that is made of it.
            if (favourite, keyless, withdrawn) != (row.favourite, row.keyless, row.withdrawn):
                row = row._replace(favourite=favourite, keyless=keyless, withdrawn=withdrawn)
                self._known[name] = mark, row, reference
        return tuple(row for _, row, _ in self._known.values())

    def _look_at_keys(self) -> None:
        """Which keys are missing, as far as that is known without a question to the user."""
        references = frozenset(reference for _, _, reference in self._known.values())
        mark = self._secrets.changes(), references
        if mark == self._keys_mark:
            return
        there = self._secrets.indexed()
        stored = [each for each in references if each.startswith(("keyring:", "vault:"))]
        unknown = [each for each in stored if each.partition(":")[2] not in there]
        self._missing = frozenset(each for each in unknown if self._secrets.present(each) is False)
        self._keys_mark = mark

    def _read_config_names(self) -> None:
        mark = file_mark(path_of(self._locations))
        if mark != self._names_mark:
            self._names_mark, self._config_names = mark, kept_names(self._locations)
            self._known = {}

    def _row(self, name: str) -> tuple[ProfileRow, str]:
        """The row, and the reference to its key, "" where that is not known."""
        try:
            rendered = self._store.rendered(name, self._policy)
        except PkccError as error:
            return ProfileRow(name, "", "", error.title), ""
        hint = short_hint(rendered, self._config_names)
        hint = hint if rendered.helper else f"{hint}, {IN_FILE}"
        refused = bool(why_refused(self._policy, rendered))
        return ProfileRow(name, rendered.label, hint, refused=refused), rendered.key_ref
