"""What the running tray answers to commands, by the very functions that the commands run alone."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from profiles import __version__
from profiles.base.errors import SecretUnavailableError
from profiles.base.secret_references.managers import is_whole
from profiles.files.preferences import preferences_path
from profiles.policy.in_force import policy_in_force
from profiles.policy.preferences import preferences_in_force
from profiles.routes.guard.asker import from_fields
from profiles.routes.guard.sources import SourceReader
from profiles.switching.targets import others
from tray.actions.catalogs.after_change import writing_owed_after
from tray.actions.keys.sessions_without_key import note_refusal
from tray.actions.more.this_session import Live
from tray.ipc.server import DeclinedError
from tray.terminal.results import report, to_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.actions.switching.switched import Switched
    from tray.app import App
    from tray.desktop.late_changes import Late
    from tray.runtime.key_cache import KeyCache
    from tray.runtime.menu.tray_state import TrayState

    Done = tuple[Switched, tuple[str, ...]]


class Answering:
    """The handler for `ipc.Server`: call it with a request, get the answer's fields.

    `change` runs what changes files, where such things are done, and returns what that returns; it raises
    TimeoutError when it cannot now. Everything else here only reads, and is done in the connection's thread,
    so that Claude Code never waits for a change. `on_show` brings up the menu, `on_quit` ends the tray,
    `on_given` hears that a key could be read, `on_session` that a session asked for something; each must
    return at once. `late` says whether changes are noticed late, `live` what is known of the active
    profile's gateway.
    """

    def __init__(
        self,
        app: App,
        keys: KeyCache,
        *,
        change: Callable[[Callable[[], Done]], Done],
        on_show: Callable[[], None],
        on_quit: Callable[[], None],
        on_given: Callable[[], None] = lambda: None,
        on_session: Callable[[], None] = lambda: None,
        late: Callable[[], Late | None] = lambda: None,
        live: Callable[[str], Live] = lambda _: Live(),
    ) -> None:
        self._app = app
        self._keys = keys
        self._change = change
        self._on_given = on_given
        self._on_session = on_session
        self._late = late
        self._live = live
        self._sources = SourceReader()
        self._answers: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
            "hello": lambda _: {"text": __version__},
            "show": lambda _: self._told(on_show),
            "quit": lambda _: self._told(on_quit),
            "switch": self._switch,
            "status": self._status,
            "key": self._key,
            "line": self._line,
        }

    def __call__(self, request: dict[str, str]) -> dict[str, Any]:
        """The answer. Raises DeclinedError for what the command must do itself, PkccError as it would."""
        answer = self._answers.get(request["do"])
        if answer is None:
            raise DeclinedError("unknown")
        return answer(request)

    def _told(self, listener: Callable[[], None]) -> dict[str, Any]:
        listener()
        return {}

    def _switch(self, request: dict[str, str]) -> dict[str, Any]:
        from tray.actions.switching.switch import ask_first, switch
        from tray.terminal.words.switching.switching import switched_lines

        self._check_circumstances(request)
        if others(self._app.locations):
            raise DeclinedError("targets")  # an answer has no room for those that fail
        self._keys.ask_again()  # a person typed it
        app = self._app.standing_in(request.get("in", self._app.directory))
        name = _name(request)
        if "/" in name and not os.path.lexists(app.store.path_of(name)):
            raise DeclinedError("catalog")  # the command fetches an administrator's
        if policy_in_force().required_metadata:
            raise DeclinedError("metadata")  # the command asks for it at its terminal
        ask_first(app, name)

        def change() -> Done:
            with writing_owed_after(app):
                return switch(app, name, dry_run=False)

        try:
            done, notes = self._change(change)
        except TimeoutError:
            raise DeclinedError("busy") from None
        lines = report(done, switched_lines).lines()
        return {"text": "".join(f"{line}\n" for line in lines), "notes": notes}

    def _status(self, request: dict[str, str]) -> dict[str, Any]:
        from tray.actions.switching.status import settings_status

        self._check_circumstances(request)
        found, notes = settings_status(self._app)
        if late := self._late():
            notes = (*notes, f"{late.what}. {late.advice}")
        return {"text": json.dumps({"data": to_data(found), "notes": notes})}

    def _key(self, request: dict[str, str]) -> dict[str, Any]:
        from tray.actions.keys.hand_out import guard_of, key_reference

        preferences = preferences_in_force(preferences_path(self._app.locations))
        if not preferences.key_print_through_tray:
            raise DeclinedError("switched off")
        asker = from_fields(request)
        if asker is None:
            raise DeclinedError("no asker")
        if asker.client:
            self._on_session()
        name = _name(request)
        reference = key_reference(self._app, name)
        ours = reference.startswith(("keyring:", "vault:"))
        if not ours and not is_whole(reference):
            # Elsewhere it depends on the asker's own environment and directory.
            raise DeclinedError("elsewhere")
        if asker.by_hand:
            self._keys.ask_again()
        guard = guard_of(self._app, self._sources)
        try:
            key = guard.hand_out(name, asker, lambda: self._fetched(reference))
        except SecretUnavailableError:
            if not ours:
                raise DeclinedError("elsewhere") from None  # where the asker may be signed in
            if not asker.by_hand:
                note_refusal(self._app.locations)
            raise
        return {"text": key + "\n"}

    def _fetched(self, reference: str) -> str:
        key = self._keys.get(reference).reveal()
        self._on_given()
        return key

    def _line(self, request: dict[str, str]) -> dict[str, Any]:
        from tray.terminal.words.status.status_line import line_for

        self._on_session()
        given, says = request.get("given", ""), request.get("says", "")
        return {"text": line_for(self._app, request, given, says, self._live)}

    def _check_circumstances(self, request: dict[str, str]) -> None:
        if request.get("as") != self._app.circumstances():
            raise DeclinedError("started otherwise")


def live_of(state: TrayState, profile: str) -> Live:
    """What of the tray's state belongs into the status line of that profile's sessions."""
    if profile != state.active:
        return Live()
    kind = "" if state.health is None else state.health.kind
    trouble = {"unreachable": "gateway unreachable", "offline": "no network"}.get(kind, "")
    return Live(trouble, state.budget)


def key_cache_minutes(app: App) -> int:
    """For how long a key may be kept, by the preferences now; 0 while the preferences cannot be read."""
    from profiles.base.errors import PkccError

    try:
        return preferences_in_force(preferences_path(app.locations)).key_cache_minutes
    except PkccError:
        return 0


def _name(request: dict[str, str]) -> str:
    if "name" not in request:
        raise DeclinedError("no name")
    return request["name"]
