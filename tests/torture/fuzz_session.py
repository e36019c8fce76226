"""What a session hands to its status line, and people's own status lines, nearly right: clean, and kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.gateway.account_client import locations
from support.home.user_home import KEY
from torture.mutation import mutated

from profiles.base.errors import PkccError
from profiles.base.programs.command_line import for_sh
from profiles.claude_code.settings.parse import parse_settings
from profiles.claude_code.status_input import BESIDE, SAYS, telling_variables
from profiles.portkey.editions import host_in
from profiles.switching.edit.new_text import Filled
from profiles.switching.edit.other_files import OtherFiles
from profiles.switching.edit.plan import plan_edit
from profiles.switching.edit.standing import Standing
from profiles.switching.edit.status_line import is_there, own_command_line, status_line
from profiles.switching.memory.state import Memory
from tray.actions.more.this_session import Live
from tray.app import App
from tray.terminal.words.status.status_line import line_for

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

_GIVEN = json.dumps(
    {"model": {"id": "@a/claude-opus-5-5[1m]", "display_name": "Opus"}, "workspace": {"project_dir": "/x"}}
).encode()
_ADDRESS = f"https://me:{KEY}@api.portkey.ai/v1?k={KEY}".encode()
_HEADERS = (
    f'x-portkey-config: {{"api_key": "{KEY}"}}\nx-portkey-api-key: {KEY}\nx-portkey-provider: @a'.encode()
)
_SETTINGS = (
    b'{"statusLine": {"type": "command", "command": "~/x \\"a\\" \'b\' \\u0041", "padding": 1}, "env": {}}',
    b'{\n "statusLine" : {"refreshInterval":1,"command":"date","type":"command"}\n}',
)


def session_readers(rng: random.Random, directory: Path) -> list[tuple[str, Callable[[], None]]]:
    """What is to be called again and again, each with its name in the report."""
    app = App(locations(directory), {}, interactive=False, directory=str(directory))
    return [
        ("a session's status line", lambda: _line(rng, app)),
        ("status lines of people's own", lambda: _own(rng)),
    ]


def _line(rng: random.Random, app: App) -> None:
    seeds = (_GIVEN, _ADDRESS, _HEADERS)
    given, address, headers = (mutated(rng, seed, seeds).decode("utf-8", "replace") for seed in seeds)
    whole = _ADDRESS if rng.random() < 0.5 else None
    environ = {
        "ANTHROPIC_BASE_URL": whole.decode() if whole else address,
        "ANTHROPIC_CUSTOM_HEADERS": _HEADERS.decode() if not whole else headers,
        "COLUMNS": rng.choice(["", "0", "40", "x", "9" * 9]),
        "NO_COLOR": "1",
    }
    shown = line_for(
        app, telling_variables(environ), given, rng.choice(["", "work", "../x"]), lambda _: Live()
    )
    if not shown.rstrip("\n").isprintable() or shown.count("\n") > 1:
        raise AssertionError(f"not on one line: {shown!r}")
    if KEY.lower() in shown.lower() and KEY.lower() not in host_in(environ["ANTHROPIC_BASE_URL"]).lower():
        raise AssertionError(f"a key is shown: {shown!r}")


def _own(rng: random.Random) -> None:
    data = mutated(rng, rng.choice(_SETTINGS), _SETTINGS)
    try:
        settings = parse_settings(data, "F")
    except PkccError:
        return
    if is_there(settings):
        return
    theirs = own_command_line(settings)
    line = status_line(
        settings,
        lambda own: for_sh(["/x/pkcc-tray", "statusline", SAYS, "a", *([BESIDE, own] if own else [])]),
    )
    ours, nothing = Filled({}, "", None, status_line=line), Memory()
    on = plan_edit(Standing(settings, None, nothing), nothing, ours, keep_blanks=False)
    there = parse_settings(settings.encode(on.text or ""), "F")
    if not is_there(there) or own_command_line(there) != theirs:
        raise AssertionError(f"not found again: {on.text!r}")
    around = OtherFiles(our_line=True)
    off = plan_edit(Standing(there, None, on.memory), on.memory, None, keep_blanks=False, around=around)
    if settings.encode(off.text or "") != data:
        raise AssertionError(f"{data!r} became {off.text!r}")
