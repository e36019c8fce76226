"""All printing: human text or one JSON envelope on standard output, errors and notes on standard error."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable
from tray.terminal.wrapping import fitted

if TYPE_CHECKING:
    from typing import Any

    from profiles.base.errors import PkccError
    from tray.terminal.results import Report

ENVELOPE = "pkcc-tray/1"  # the version of the JSON envelope: docs/json.md


def show(report: Report, *, as_json: bool, command: str) -> None:
    """Print a command's report."""
    _be_lenient()
    if as_json:
        _print_json(command, report.exit_code == 0, "data", report.data, report.notes)
        return
    if report.raw is not None:
        sys.stdout.write(report.raw)
    elif report.draw and _is_drawn():
        from tray.terminal.looks.answers import draw

        draw(report)
    else:
        sys.stdout.writelines(f"{fitted(line, sys.stdout)}\n" for line in report.lines())
    sys.stdout.flush()
    with suppress(OSError):  # a note that nobody reads is no failure
        for note in report.notes:
            _tell(f"Note: {_on_one_line(note)}")


def _is_drawn() -> bool:
    if sys.stdout.isatty():
        return True
    from tray.terminal.colours import is_forced

    return is_forced(os.environ)


def show_error(
    error: PkccError, *, as_json: bool, command: str, debug: bool, cause: Exception | None = None
) -> None:
    """Print what is wrong and what to do; the traceback only when asked for, without any value."""
    _be_lenient()
    if debug:
        _print_traceback(cause or error)
    if as_json:
        problem = {"title": error.title, "hint": error.hint, "exit_code": error.exit_code}
        _print_json(command, False, "error", problem, ())
        return
    sys.stdout.flush()
    if error.exit_code == 7:  # the guard's, one whole line: Claude Code shows the first ones only
        sys.stderr.write(f"{_on_one_line(error.title)}\n")
        return
    _tell(f"Error: {_on_one_line(error.title)}")
    if error.hint:
        _tell(f"  {_on_one_line(error.hint)}")


def unforeseen(error: Exception) -> PkccError:
    """What is shown for an error that nobody foresaw: none of its text, which may hold anything."""
    from profiles.base.errors import PkccError

    if isinstance(error, MemoryError) or str(error) == "can't start new thread":
        return PkccError(
            "The system has no memory or no process left for this",
            "End some programs or raise your limits (`ulimit -a`), then run the command again.",
        )
    if isinstance(error, OSError) and error.strerror:
        return PkccError(f"The system refused something: {error.strerror.lower()}", _REPORT)
    return PkccError(f"Something went wrong inside pkcc-tray ({type(error).__name__})", _REPORT)


def undelivered(error: OSError) -> PkccError:
    """The error for a command that did its work, but whose output could not be written."""
    from profiles.base.errors import PkccError
    from profiles.base.text import os_reason

    title = f"The command did its work, but its output could not be written: {os_reason(error)}"
    return PkccError(title, "Free some space where it was to go, or print it elsewhere.")


def let_go() -> None:
    """Let what cannot be written go nowhere.

    The interpreter would report it at its end, and put its own exit code in the place of the command's.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


_REPORT = "Run the command again with --debug, and please report what it prints."


def _print_traceback(error: BaseException) -> None:
    from tray.desktop.threads.faults import traceback_lines

    sys.stderr.writelines(traceback_lines(error))


def show_progress(line: str) -> None:
    """Print what a command that goes on has to say, where somebody sits at a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        _tell(_on_one_line(line))
        sys.stderr.flush()


def show_at_once(line: str) -> None:
    """Print a line on standard output now, of a command that goes on."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show_interrupted() -> None:
    """Print that Ctrl-C was heard."""
    sys.stderr.write("\nStopped.\n")


def _print_json(command: str, ok: bool, part: str, content: dict[str, Any], notes: tuple[str, ...]) -> None:
    import json

    envelope = {"schema": ENVELOPE, "ok": ok, "command": command, part: content, "notes": list(notes)}
    sys.stdout.write(json.dumps(envelope, indent=2) + "\n")
    sys.stdout.flush()


def _tell(line: str) -> None:
    sys.stderr.write(f"{fitted(line, sys.stderr)}\n")


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else printable(text, 10_000)


_PLAIN = {"→": "->", "…": "...", "•": "*", "●": "*", "○": "o", "▲": "!", "✖": "x", "·": "-", "█": "#"}
_PLAIN |= {"│": "|", "├": "+", "└": "+", "─": "-"}  # a tree


def _be_lenient() -> None:
    # A terminal of another encoding shows something like what it does not have, and never a traceback.
    codecs.register_error("pkcc-plain", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="pkcc-plain")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end
