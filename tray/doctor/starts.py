"""The ways in which Claude Code is started here with variables of its own: in start files, by a wrapper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.programs.paths import which
from profiles.base.secret_markers import fill
from profiles.claude_code.beside.start_files import start_files
from profiles.files.read import read_bytes, read_start
from profiles.importing.exports import Start, read_exports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context

_SCRIPT = re.compile(rb"#![^\n]*\b(?:ba|da|k|z)?sh\b")
_LARGEST = 64 * 1024  # bytes of a wrapper: a larger script is no mere one
_MOST = 200


class Started(NamedTuple):
    """A start of Claude Code, and the file that has it. Its values are as the shell would have them."""

    path: str
    start: Start


def all_starts(context: Context) -> list[Started]:
    """What stands in the shells' start files, and in a script that is the `claude` of this PATH."""
    found = [Started(path, start) for path, start in _in_start_files(context)]
    found += [Started(path, start) for path, start in _in_a_wrapper(context)]
    return [
        each._replace(start=each.start._replace(
            values={name: _expanded(text, context) for name, text in each.start.values.items()}
        ))
        for each in found[:_MOST]
    ]  # fmt: skip


def _in_start_files(context: Context) -> Iterator[tuple[str, Start]]:
    for kind, path in start_files(context.environ, context.home) if context.home else ():
        try:
            data = read_bytes(path)
            starts = read_exports(data or b"", path, kind).starts
        except PkccError:
            continue  # one that cannot be read starts nothing
        yield from ((path, start) for start in starts)


def _in_a_wrapper(context: Context) -> Iterator[tuple[str, Start]]:
    path = which("claude", context.environ)
    try:
        if path is None or not _SCRIPT.match(read_start(path, _LARGEST)):
            return
        exports = read_exports(read_bytes(path, most=_LARGEST) or b"", path, "shell")
    except PkccError:
        return
    if not exports.starts and exports.values:  # by which path it starts the client is not to be seen
        yield path, Start("", "command", exports.values)
    for start in exports.starts:
        yield path, start._replace(values={**exports.values, **start.values})


def _expanded(text: str, context: Context) -> str:
    known = dict.fromkeys(("~", "$HOME", "${HOME}"), context.home)
    return fill(text, lambda source: known.get(source, "…"))
