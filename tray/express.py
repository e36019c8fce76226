"""`key print NAME` and `switch NAME` when a tray runs: asked, printed, done, before anything else is loaded.

Claude Code waits for the one and a person for the other. Only their plainest forms are taken here; whatever
is not as expected goes the usual way, which does the same and can tell what is wrong.
"""

from __future__ import annotations

import os
import sys

from profiles.errors import PkccError
from profiles.guard.asker import find_asker, to_fields
from profiles.locations import find_locations, working_directory
from profiles.records import TYPE_CHECKING
from tray.ipc_client import ask_with

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tray.ipc_client import Answer


def run(argv: Sequence[str]) -> int | None:
    """The exit code, or None when nothing was done or printed and the usual way is to be gone."""
    words = list(argv)
    config_dir = None
    if words[:1] == ["--config-dir"] and len(words) > 1:  # as our own helper command has it
        config_dir = words[1]
        del words[:2]
    *verb, name = words or [""]
    if verb not in (["key", "print"], ["switch"]) or name.startswith("-"):
        return None
    try:
        fields = {"name": name}
        if verb == ["key", "print"]:
            fields |= to_fields(find_asker(os.environ, working_directory()))
        locations = find_locations(os.environ, config_dir)
        if verb == ["switch"]:
            from tray.app import App

            app = App(locations, os.environ, interactive=False, directory=working_directory())
            fields |= {"as": app.circumstances(), "in": app.directory}
        answer = ask_with(_tell_of_question, locations, os.environ, verb[0], fields)
        if answer is not None:
            return _print(answer)
    except (PkccError, OSError):
        pass
    except KeyboardInterrupt:
        from tray import output

        output.show_interrupted()
        return 130
    return None


def _tell_of_question() -> None:
    from tray.output import show_waiting

    show_waiting()


def _print(answer: Answer) -> int:
    if answer.error is not None:
        from tray import output

        output.show_error(answer.error, as_json=False, command="", debug=False)
        return answer.error.exit_code
    if answer.text.isascii() and not answer.notes:
        sys.stdout.write(answer.text)
        sys.stdout.flush()
        return 0
    from tray import output
    from tray.results import Result

    output.show(Result("", {}, answer.notes, raw=answer.text), as_json=False, command="")
    return 0
