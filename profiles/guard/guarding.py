"""`key print` as Claude Code runs it: look, fetch the key, look again, and hand it out or refuse. Effects."""

from __future__ import annotations

from contextlib import suppress

from profiles.addresses import is_same_address
from profiles.errors import NotFoundError, PkccError, StrangerError, UsageError
from profiles.guard.handouts import GIVEN, REFUSED, Handout, Handouts, now
from profiles.guard.judging import Home, judge
from profiles.guard.sources import SourceReader
from profiles.guard.words import refusal_line
from profiles.records import TYPE_CHECKING
from profiles.rendering import base_url_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.guard.asker import Asker
    from profiles.guard.possible import Refusal
    from profiles.locations import Locations
    from profiles.rendering import Rendered
    from profiles.store import ProfileStore

# Printed in a key's place: a helper that fails leaves the old key in the client's memory, and on the wire.
STAND_IN = "refused-by-pkcc-tray"


class Guard:
    """Decides for one configuration directory. `reader` may be kept: it knows files that did not change."""

    def __init__(self, locations: Locations, store: ProfileStore, reader: SourceReader | None = None) -> None:
        self._locations = locations
        self._store = store
        self._reader = reader or SourceReader()
        self._handouts = Handouts(locations)

    def hand_out(self, name: str, asker: Asker, fetch: Callable[[], str], *, enabled: bool = True) -> str:
        """The key that `fetch` gives, or the stand-in. Raises StrangerError, and what `fetch` raises.

        With `enabled` False (the user's preference) the key goes out all the same, and that is recorded.
        """
        if asker.by_hand:
            return fetch()
        refusal = self.look(name, asker)
        if refusal is not None and enabled:
            return self._refuse(name, asker, refusal)
        key = fetch()
        # A file that changed while a keyring asked its question: right before printing nothing can.
        refusal = self.look(name, asker)
        if refusal is not None and enabled:
            return self._refuse(name, asker, refusal)
        self._record(GIVEN, name, asker, refusal)
        return key

    def look(self, name: str, asker: Asker) -> Refusal | None:
        """The judgement as of now; None when the key may go out."""
        sources = self._reader.read(asker.directory, self._locations.settings_path)
        return judge(name, asker, sources, self._homes(name), self._is_remembered)

    def _refuse(self, name: str, asker: Asker, refusal: Refusal) -> str:
        refusal = refusal._replace(other=self._other_profile(refusal))
        earlier = self._handouts.was_given(asker.session)
        self._record(REFUSED, name, asker, refusal, earlier=earlier)
        if earlier:
            return STAND_IN
        raise StrangerError(refusal_line(name, refusal, self._home_url(name)))

    def _record(
        self, what: str, name: str, asker: Asker, refusal: Refusal | None, *, earlier: bool = False
    ) -> None:
        handout = Handout(now(), name, asker.session, what, home=self._home_url(name), earlier=earlier)
        if refusal is not None:
            handout = handout._replace(
                reason=refusal.what,
                host=refusal.host,
                kind=refusal.kind,
                file=refusal.file,
                name=refusal.name,
                other=refusal.other,
            )
        self._handouts.add(handout)

    def _other_profile(self, refusal: Refusal) -> str:
        """The profile whose gateway that address is; "" for a stranger's."""
        if refusal.what == "address":
            for profile in self._store.names():
                with suppress(PkccError):
                    if is_same_address(refusal.host, base_url_of(self._store.rendered(profile))):
                        return profile
        return ""

    def _home_url(self, name: str) -> str:
        homes = self._homes(name)
        return homes[0].base_url if homes else ""

    def _homes(self, name: str) -> list[Home]:
        try:
            return [_home(self._store.rendered(name))]
        except (NotFoundError, UsageError):
            pass
        found = []
        for profile in self._store.names():
            try:
                rendered = self._store.rendered(profile)
            except PkccError:
                continue
            if rendered.key_ref in (f"keyring:{name}", f"vault:{name}"):
                found.append(_home(rendered))
        return found

    def _is_remembered(self, name: str, value: str) -> bool:
        """Whether the user's settings file said so when the profile was switched to."""
        from profiles.state import load_state, state_files
        from profiles.surroundings import is_as_remembered

        state = load_state(state_files(self._locations), self._locations.settings_path)
        return is_as_remembered(name, value, state.current.surroundings, state.salt)


def _home(rendered: Rendered) -> Home:
    return Home(rendered.name, rendered.dialect, base_url_of(rendered), tuple(rendered.trusted))
