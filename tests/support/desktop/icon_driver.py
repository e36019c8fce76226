"""A process that shows the icon: states come in on stdin, one JSON object a line; what is clicked goes out.

Lines in: {"condition": …, "active": …, "profiles": [[name, label, hint], …], …} as `TrayState`.
Lines out: {"chosen": key}, {"activated": true}, {"hosted": bool} after each line in.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from tray.icon.base import Face, IconUnavailableError
from tray.icon.status_notifier import StatusNotifierIcon
from tray.runtime.menu.change_words import Changed
from tray.runtime.menu.face import face_of
from tray.runtime.menu.menu import build_menu
from tray.runtime.menu.tray_state import Health, ProfileRow, TrayState


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def state_from(told: dict[str, Any]) -> TrayState:
    """The state of its JSON."""
    told = dict(told)
    told["profiles"] = tuple(ProfileRow(*row) for row in told.get("profiles", ()))
    for name in ("recent", "drift"):
        told[name] = tuple(told.get(name, ()))
    for name, kind in (("health", Health), ("changed", Changed)):
        if name in told:
            told[name] = kind(*told[name])
    return TrayState(**told)


def main() -> None:
    icon = StatusNotifierIcon(lambda key: tell(chosen=key), lambda: tell(activated=True))

    def read() -> None:
        for line in sys.stdin:
            state = state_from(json.loads(line))
            title = f"Claude Code: {state.active or 'off'}"
            icon.update(
                Face(face_of(state).condition, title, state.message or state.condition), build_menu(state)
            )
            tell(hosted=icon.hosted())
        icon.stop()

    threading.Thread(target=read, daemon=True).start()
    try:
        icon.run()
    except IconUnavailableError as error:
        tell(unavailable=error.title)


if __name__ == "__main__":
    main()
