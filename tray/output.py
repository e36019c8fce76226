"""All printing: human text or one JSON envelope on standard output, errors and notes on standard error."""

from __future__ import annotations

import sys

from profiles.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from profiles.errors import PkccError
    from tray.results import Result

ENVELOPE = "pkcc-tray/1"  # the version of the JSON envelope: docs/json.md
_PRETTY = ("list", "status", "diff", "sessions", "history", "keys")


def show(result: Result, *, as_json: bool, command: str) -> None:
    """Print a command's result."""
    _be_lenient()
    if as_json:
        _print_json(
            {"ok": result.exit_code == 0, "command": command, "data": _json_data(result)}, result.notes
        )
        return
    if result.raw is not None:
        sys.stdout.write(result.raw)
    elif sys.stdout.isatty() and result.view in _PRETTY:
        from tray.terminal import draw

        draw(result)
    else:
        from tray.wording import lines

        sys.stdout.writelines(f"{line}\n" for line in lines(result))
    sys.stdout.flush()
    for note in result.notes:
        sys.stderr.write(f"Note: {note}\n")


def _json_data(result: Result) -> dict[str, Any]:
    return result.data if result.raw is None or result.data else {"text": result.raw}


def show_error(error: PkccError, *, as_json: bool, command: str, debug: bool) -> None:
    """Print what is wrong and what to do; the traceback only when asked for, without local values."""
    _be_lenient()
    if debug:
        import traceback

        traceback.print_exception(error)
    if as_json:
        problem = {"title": error.title, "hint": error.hint, "exit_code": error.exit_code}
        _print_json({"ok": False, "command": command, "error": problem}, ())
        return
    sys.stdout.flush()
    sys.stderr.write(f"Error: {error.title}\n")
    if error.hint:
        sys.stderr.write(f"  {error.hint}\n")


def show_interrupted() -> None:
    """Print that Ctrl-C was heard."""
    sys.stderr.write("\nStopped.\n")


def _print_json(envelope: dict[str, Any], notes: tuple[str, ...]) -> None:
    import json

    if notes:
        envelope["notes"] = list(notes)
    sys.stdout.write(json.dumps({"schema": ENVELOPE, **envelope}, indent=2) + "\n")
    sys.stdout.flush()


def _be_lenient() -> None:
    # A terminal of another encoding shows a replacement for what it does not have, and never a traceback.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
