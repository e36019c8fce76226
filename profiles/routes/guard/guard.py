"""`key print` as Claude Code runs it: look, fetch the key, look again, and hand it out or refuse. Effects."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError, StrangerError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.profile.rendering import base_url_of
from profiles.routes.guard.judge import judge
from profiles.routes.guard.possible import OF_PROJECT
from profiles.routes.guard.record import GIVEN, REFUSED, Handouts
from profiles.routes.guard.sources import SourceReader
from profiles.routes.guard.starting_session import changed_since_start, is_starting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered
    from profiles.profile.store import ProfileStore
    from profiles.routes.guard.asker import Asker
    from profiles.routes.guard.refusal import Refusal

# Printed in a key's place: a helper that fails leaves the old key in the client's memory, and on the wire.
STAND_IN = "refused-by-pkcc-tray"


class Guard:
    """Decides for one configuration directory. `reader` may be kept: it knows files that did not change.

    `is_on` is asked only where a key would be refused: whether the user wants that.
    """

    def __init__(
        self,
        locations: Locations,
        store: ProfileStore,
        is_on: Callable[[], bool],
        reader: SourceReader | None = None,
    ) -> None:
        self._locations = locations
        self._store = store
        self._is_on = is_on
        self._reader = reader or SourceReader()
        self._handouts = Handouts(locations)

    def hand_out(self, name: str, asker: Asker, fetch: Callable[[], str]) -> str:
        """The key that `fetch` gives, or the stand-in. Raises StrangerError, and what `fetch` raises.

        With the guard off the key goes out all the same, and that is recorded.
        """
        if asker.by_hand:
            return fetch()
        homes = self._homes(name)
        starting = is_starting(asker)
        refusal = self._look(name, asker, homes) or self._changing(asker, starting)
        if refusal is not None and self._is_on():
            return self._refuse(name, asker, homes, refusal)
        key = fetch()
        # A file that changed while a keyring asked its question: right before printing nothing can.
        refusal = self._look(name, asker, homes) or self._changing(asker, starting)
        if refusal is not None and self._is_on():
            return self._refuse(name, asker, homes, refusal)
        if asker.client or refusal is not None:  # what `doctor`, `check` and scripts get alarms nobody
            self._record(GIVEN, name, asker, homes, refusal)
        return key

    def look(self, name: str, asker: Asker) -> Refusal | None:
        """The judgement as of now; None when the key may go out."""
        return self._look(name, asker, self._homes(name))

    def _look(self, name: str, asker: Asker, homes: Sequence[Rendered]) -> Refusal | None:
        sources = self._reader.read(asker.directory, self._locations.settings_path)
        homes = [self._as_written(home) if home.config_file else home for home in homes]
        refusal = judge(name, asker, sources, homes, self._is_remembered)
        if refusal is None or refusal.what != "headers" or refusal.kind not in OF_PROJECT:
            return refusal
        homes = [self._as_pinned(home, refusal.file) for home in homes]
        return judge(name, asker, sources, homes, self._is_remembered)

    def _changing(self, asker: Asker, starting: bool) -> Refusal | None:
        """A refusal where a starting session may have read a file that has changed since; else None."""
        path = changed_since_start(asker, self._locations.settings_path) if starting else None
        if path is None or self._handouts.knows(asker.session):
            return None
        from profiles.routes.guard.refusal import STARTING, Refusal

        return Refusal("unknown", "changed while this session was starting", "project", path, STARTING)

    def _refuse(self, name: str, asker: Asker, homes: Sequence[Rendered], refusal: Refusal) -> str:
        from profiles.routes.guard.words import refusal_line

        refusal = refusal._replace(other=self._other_profile(refusal))
        earlier = asker.client and self._handouts.was_given(asker.session)
        self._record(REFUSED, name, asker, homes, refusal, earlier=earlier)
        if earlier:
            return STAND_IN
        raise StrangerError(refusal_line(name, refusal, _home_url(homes)))

    def _record(
        self,
        what: str,
        name: str,
        asker: Asker,
        homes: Sequence[Rendered],
        refusal: Refusal | None,
        *,
        earlier: bool = False,
    ) -> None:
        about = {"profile": name, "session": asker.session, "what": what, "home": _home_url(homes)}
        why: dict[str, str | bool] = {} if refusal is None else refusal._asdict()
        why = {"reason" if field == "what" else field: value for field, value in why.items()}
        self._handouts.add(about | why, earlier=earlier)

    def _other_profile(self, refusal: Refusal) -> str:
        """The profile whose gateway, or provider in a session's environment, that is; "" for a stranger's."""
        from profiles.portkey.addresses import is_same_address
        from profiles.routes.guard.refusal import ENVIRONMENT

        line = [refusal.name, refusal.host] if refusal.kind == ENVIRONMENT else None
        if refusal.what not in ("address", "headers"):
            return ""
        for rendered in self._store.all_rendered():
            if refusal.what == "address":
                found = is_same_address(refusal.host, base_url_of(rendered))
            else:
                found = line in rendered.headers
            if found:
                return rendered.name
        return ""

    def _homes(self, name: str) -> list[Rendered]:
        """The profiles that use the key: the one of that name, or those that name it."""
        try:
            return [self._store.rendered(name)]
        except (NotFoundError, UsageError):
            pass
        references = (f"keyring:{name}", f"vault:{name}")
        return [rendered for rendered in self._store.all_rendered() if rendered.key_ref in references]

    def _as_written(self, home: Rendered) -> Rendered:
        """The rendering, with the header lines of the last switch too: a config file may have changed."""
        return _with_lines_of(home, self._locations)

    def _as_pinned(self, home: Rendered, path: str) -> Rendered:
        """The rendering, with the header lines written into that project: the profile may have changed."""
        own = os.path.join(self._locations.state_dir, "projects")
        with suppress(PkccError):  # then the lines are a stranger's
            return _with_lines_of(home, self._locations._replace(settings_path=path, state_dir=own))
        return home

    def _is_remembered(self, name: str, value: str) -> bool:
        """Whether the user's settings file said so when the profile was switched to."""
        from profiles.switching.memory.state_files import load_state, state_files
        from profiles.switching.reading.surroundings import is_as_remembered

        state = load_state(state_files(self._locations), self._locations.settings_path)
        return is_as_remembered(name, value, state.current.surroundings, state.salt)


def _with_lines_of(home: Rendered, locations: Locations) -> Rendered:
    from profiles.switching.memory.state_files import load_state, state_files

    written = load_state(state_files(locations), locations.settings_path).current.rendered
    if written is None or written.name != home.name:
        return home
    return home._replace(headers=[*home.headers, *written.headers])


def _home_url(homes: Sequence[Rendered]) -> str:
    return base_url_of(homes[0]) if homes else ""
