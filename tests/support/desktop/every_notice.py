"""Every notice that the tray can show, from what settings, projects and errors it may meet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from profiles.base.errors import NotUnlockedError, PkccError, SecretUnavailableError
from profiles.claude_code.settings.parse import parse_settings
from profiles.profile.rendering import Rendered
from profiles.switching.memory.state import Current, State
from profiles.switching.reading.drift import Change
from profiles.switching.reading.reading import Reading
from tray.desktop.late_changes import Late
from tray.notices.notice import Notice
from tray.runtime.menu import notice_words as words
from tray.runtime.menu.notice_words import (
    drift_notice,
    problem_notice,
    project_notices,
    restored_notice,
    summary_notice,
    switched_notice,
)
from tray.runtime.menu.tray_state import ProfileRow, ProjectRow, TrayState
from tray.runtime.watch.budget.figures import Left
from tray.runtime.watch.budget.words import budget_notice, offer_notice, refused_notice
from tray.runtime.watch.health import words as health
from tray.runtime.watch.health.reach import Look, Reach
from tray.runtime.watch.retiring import retiring_notice

SALT = "00" * 16
SECRET = "pk-CANARY0815ofTheKey"
RENDERED = Rendered(
    "work",
    "messages",
    {"ANTHROPIC_BASE_URL": "https://api.portkey.ai"},
    [["x-portkey-provider", "@work"]],
    helper=True,
    key_ref="keyring:work",
)
COMMAND = "/usr/bin/pkcc-tray key print work"
ROWS = (ProfileRow("work", "", "@work"), ProfileRow("play", "Playing around", "@play"))


def state_of(active: str | None = "work", rendered: Rendered = RENDERED, **digests: str) -> State:
    if active is None:
        return State("/settings.json", SALT)
    return State("/settings.json", SALT, Current(active, rendered, COMMAND, digests))


def reading_of(settings: object, state: State | None = None) -> Reading:
    """What is read from a file that says that."""
    data = None if settings is None else json.dumps(settings).encode()
    try:
        return Reading.of(parse_settings(data, "/settings.json"), state or state_of())
    except PkccError as error:
        return Reading(state or state_of(), "unparsable", {}, [], error)


def settings_of(**env: Any) -> dict[str, Any]:
    """Settings as the profile writes them, with some variables in another way; None: without it."""
    usual = {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @work",
    }
    said = {name: value for name, value in (usual | env).items() if value is not None}
    return {"env": said, "apiKeyHelper": COMMAND}


ALARMS = {
    "another address": (
        settings_of(ANTHROPIC_BASE_URL="https://thief.example"),
        ("Your key would go elsewhere", "api.portkey.ai was changed to thief.example, not by pkcc-tray."),
        ("Your key would go to thief.example", "api.portkey.ai"),
    ),
    "another address beside it": (
        settings_of(ANTHROPIC_VERTEX_BASE_URL="https://thief.example"),
        (
            "Your key would go elsewhere",
            "ANTHROPIC_VERTEX_BASE_URL was changed: your key would go to https://thief.example.",
        ),
        ("Your key would go to thief.example", ""),
    ),
    "no address": (
        settings_of(ANTHROPIC_BASE_URL=None),
        (
            "Your key would go elsewhere",
            "ANTHROPIC_BASE_URL was removed: your key would go to Anthropic's own address.",
        ),
        ("Your key would go to Anthropic's own address", "api.portkey.ai"),
    ),
    "another helper": (
        {**settings_of(), "apiKeyHelper": "/tmp/thief --to https://thief.example"},
        ("The key helper was changed", "Claude Code would run another program for its key."),
        ("The key helper was changed", ""),
    ),
    "another provider": (
        settings_of(CLAUDE_CODE_USE_FOUNDRY="1", ANTHROPIC_FOUNDRY_BASE_URL=None),
        (
            "Your key would go elsewhere",
            "CLAUDE_CODE_USE_FOUNDRY was switched on: your key would go to another address.",
        ),
        ("Your key would go to another address", ""),
    ),
    "another host behind the gateway": (
        settings_of(
            ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @work\nx-portkey-custom-host: https://thief.example"
        ),
        (
            "Your key would go elsewhere",
            "x-portkey-custom-host was changed: your key would go to https://thief.example.",
        ),
        ("Your key would go to thief.example", ""),
    ),
}


PATH = "/home/me/.claude/a directory/settings.json"
ERRORS = (
    PkccError(
        f"{PATH} cannot be written: it belongs to root", "`sudo chown me settings.json` gives it back."
    ),
    PkccError(f"Nothing here opens {PATH}", "Open it by hand."),
    PkccError("The keyring does not answer", "Start it. `pkcc-tray doctor` says more."),
    PkccError("There is no profile 'x'", "`pkcc-tray list` names them."),
    PkccError("x" * 500, "y" * 500),
    NotUnlockedError("The keyring is locked", "Unlock it."),
    SecretUnavailableError("The keyring is not there", "Run `pkcc-tray key vault init`."),
)


def every_notice() -> Iterator[Notice]:
    readings = [reading_of(settings) for settings, _, _ in ALARMS.values()]
    readings += [
        reading_of(None),
        reading_of(settings_of(ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @" + "o" * 300)),
        Reading(
            state_of(), "ok", {}, [Change(f"header.x-{n}", "added", "", "v" * 99, False) for n in range(9)]
        ),
    ]
    for reading in readings:
        yield drift_notice(reading, guarded=False)
        yield restored_notice(reading)
    for error, failed in product(ERRORS, ("", "Not switched", "Not switched", "Not restored", "Not undone")):
        yield problem_notice(error, failed, "profile:work")
    note = f"{PATH} was written in place: it is mounted. `pkcc-tray doctor` says more."
    for notice in (words.off_notice, lambda notes: words.kept_notice("Work", notes)):
        yield notice((note, note, note))
    yield from filter(None, [switched_notice("L" * 99, (note, note), models_pinned=True)])
    yield words.put_back_notice("Work", 2, (note,))
    rows = [
        ProjectRow(f"{PATH}/web", "", "changed", "ANTHROPIC_BASE_URL was changed: your key would go to x"),
        ProjectRow(f"{PATH}/shop", "", "changed"),
        ProjectRow(f"{PATH}/api", "", "unparsable", problem=f"{PATH} is no JSON"),
    ]
    for chosen in (rows, rows[1:], rows[:1]):
        yield from project_notices(chosen, [f"{PATH}/joined", PATH])
    for by_hand, keyring in product((True, False), repeat=2):
        yield words.welcome_notice(by_hand=by_hand, keyring=keyring)
    yield words.keyless_notice("acme", "Acme (client)")
    yield words.broken_notice(PATH, "Line 7: a comma is missing before it")
    yield words.broken_notice(f"/x/{'n' * 90}.json", "")
    yield words.no_icon_notice("GNOME shows no tray icons by itself.", "Install its extension.")
    yield words.update_notice("2026.11.29.1234567890", "0.9.0")
    yield words.late_notice(Late(f"Changes in {PATH} are noticed up to 2 s late: no space", "sudo sysctl x"))
    yield summary_notice(TrayState("drift", "work", ROWS, message=PATH))
    reach = Reach(
        "unreachable", "gw.example.com refuses the connection: nothing listens there", "Is it right?"
    )
    look = Look("work", reach, "home", "home")
    said = switched_notice("Home", (note,), models_pinned=True)
    yield health.unreachable_notice(look, "Work", "H" * 99, offered=True)
    yield health.unreachable_notice(look._replace(other=""), "Work", "Home", offered=False)
    yield health.switched_over_notice(look, "W" * 99, "Home", "Work", said)
    yield health.back_notice("Work", said)
    yield health.offer_back_notice("work", "W" * 99)
    left = Left("provider @a", "cost", 500.0, 410.0, 400.0, "monthly", "", "active", "")
    yield budget_notice(left)
    yield budget_notice(left._replace(status="exhausted"))
    yield refused_notice("The key's budget is used up (412)", "Raise it. `pkcc-tray budget` says more.")
    yield offer_notice()
    for days in (-1, 0, 1, 7):
        yield retiring_notice(RENDERED, "claude-sonnet-4-5", days)
