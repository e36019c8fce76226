"""A press of Tab: what can follow in the line that a shell hands us, within 150 ms.

Only the command that the line names is loaded, with its arguments; before one is named, their names do.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from argcomplete.finders import CompletionFinder
from argcomplete.lexers import split_line

from tray.cli.options import Options
from tray.cli.parsers import full_parser
from tray.cli.verbs import VERBS, find_verb

if TYPE_CHECKING:
    from typing import NoReturn


class _Finder(CompletionFinder):
    """argcomplete's, for thousands of names: it looks for each one in a list of those before."""

    def filter_completions(self, completions: list[str]) -> list[str]:
        """The completions, each once."""
        return list(dict.fromkeys(completions))

    def quote_completions(self, completions: list[str], prequote: str, last_break: int | None) -> list[str]:
        """The completions as the shell takes them for words."""
        quoted = super().quote_completions(completions, prequote, last_break)
        if os.environ.get("_ARGCOMPLETE_SHELL") != "powershell":
            return quoted
        return ["`" + each if each.startswith("@") else each for each in quoted]  # else it is a splatting


def complete() -> NoReturn:
    """Hand the shell what can follow, and end."""
    line = os.environ.get("COMP_LINE", "")
    before = split_line(line, int(os.environ.get("COMP_POINT", len(line))))[3]
    verb = find_verb(Options(before[1:]).words)
    parser = full_parser(VERBS if verb is None else [verb], bare=verb is None)
    _Finder()(parser, always_complete_options=False, exit_method=os._exit)
    sys.exit(1)
