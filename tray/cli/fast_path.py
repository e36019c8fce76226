"""`key print NAME` and `switch NAME` by a running tray, and `key print NAME` alone: before much is loaded.

Claude Code waits for the one and a person for the other. Only their plainest forms are taken here; whatever
is not as expected goes the usual way, which does the same and can tell what is wrong.
"""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.locations import find_locations, working_directory
from tray.ipc.client import Answer, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.secret import Secret
    from profiles.routes.guard.asker import Asker
    from tray.app import Terminal


def run(argv: Sequence[str]) -> int | None:
    """The exit code, or None when nothing was done or printed and the usual way is to be gone."""
    words = list(argv)
    config_dir = None
    if words[:1] == ["--config-dir"] and len(words) > 1:  # as our own helper command has it
        config_dir = words[1]
        del words[:2]
    if words[:1] == ["statusline"] and words[1:2] not in (["on"], ["off"], ["status"]):
        from tray.cli.status_line import run as show_line

        return show_line(words[1:], config_dir)
    *verb, name = words or [""]
    asker = None
    if verb not in (["key", "print"], ["switch"]) or name.startswith("-"):
        return None
    try:
        fields = {"name": name}
        if verb == ["key", "print"]:
            from profiles.routes.guard.asker import find_asker, to_fields

            asker = find_asker(os.environ, working_directory())
            fields |= to_fields(asker)
        locations = find_locations(os.environ, config_dir)
        if verb == ["switch"]:
            from profiles.claude_code.own_command import circumstances

            fields |= {"as": circumstances(locations, os.environ), "in": working_directory()}
        answer = ask(locations, os.environ, verb[0], fields, tell_of_question)
        if answer is not None:
            return _print(answer)
    except (PkccError, OSError):
        return None
    except KeyboardInterrupt:
        return _interrupted()
    return None if asker is None else _print_alone(config_dir, asker, name)


def _print_alone(config_dir: str | None, asker: Asker, name: str) -> int | None:
    """What `cli` does for `key print`, without what only other commands need."""
    from tray.actions.keys.hand_out import hand_out_key
    from tray.app import App

    try:
        app = App.start(os.environ, config_dir, None, wants_json=False, asker=asker, terminal=terminal())
        return _print(Answer(hand_out_key(app, name) + "\n", ()))
    except PkccError as error:  # not tried again: a keyring would ask its user once more
        return _print(Answer("", (), error))
    except KeyboardInterrupt:
        return _interrupted()
    except Exception:  # noqa: BLE001 - the usual way meets it too, and has words for it
        return None


def terminal() -> Terminal:
    """The terminal that this process has."""
    from tray.app import Terminal

    return Terminal(_ask_hidden, tell_of_question)


def _ask_hidden(prompt: str) -> Secret:
    from profiles.base.secret import Secret
    from tray.terminal.prompts import ask_hidden

    return Secret(ask_hidden(prompt))


def _interrupted() -> int:
    from tray.terminal import output

    output.show_interrupted()
    return 130


def tell_of_question() -> None:
    """Say, where somebody sits at a terminal, that a keyring has a question for them."""
    from tray.terminal.output import show_progress

    show_progress("Waiting for you to unlock the keyring …")


def _print(answer: Answer) -> int:
    if answer.error is not None:
        from tray.terminal import output

        output.show_error(answer.error, as_json=False, command="", debug=False)
        return answer.error.exit_code
    if answer.text.isascii() and not answer.notes:
        sys.stdout.write(answer.text)
        sys.stdout.flush()
        return 0
    from tray.terminal import output
    from tray.terminal.results import Report

    output.show(Report({}, notes=answer.notes, raw=answer.text), as_json=False, command="")
    return 0
