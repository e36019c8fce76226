"""A press of Tab: what can follow in the line that a shell hands us, within 150 ms.

Only the command that the line names is loaded, with its arguments; before one is named, their names do.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from argcomplete.completers import FilesCompleter
from argcomplete.finders import CompletionFinder
from argcomplete.lexers import split_line

from tray.cli.options import Options
from tray.cli.parsers import full_parser
from tray.cli.verbs import VERBS, find_verb

if TYPE_CHECKING:
    from typing import NoReturn

_OF_FILES = ("FILE", "DIR", "DIR|FILE", "GLOB", "COMMAND")  # how the help calls what names one


class _Files(FilesCompleter):
    """Files for an argument that names one; for another of which nothing is known, nothing."""

    def __call__(self, prefix: str, **about: object) -> list[str]:
        named = getattr(about["action"], "metavar", None)
        return list(super().__call__(prefix)) if named in _OF_FILES else []


class _Finder(CompletionFinder):
    """argcomplete's, in time for thousands of words."""

    def filter_completions(self, completions: list[str]) -> list[str]:
        """The completions, each once: theirs looks for each one in a list of those before."""
        return list(dict.fromkeys(completions))

    def quote_completions(self, completions: list[str], prequote: str, last_break: int | None) -> list[str]:
        """The completions as the shell takes them for words: quoted all at once, where there are several."""
        if last_break is not None and completions and completions[0][last_break] == "@":
            last_break -= 1  # bash begins a word with that sign, and not behind it
        if len(completions) > 1:
            cut = 0 if prequote or last_break is None else last_break + 1
            self.append_space = False  # that is for a single one
            joined = super().quote_completions(["\0".join(completions)], prequote, None)[0]
            quoted = joined.split("\0")
            words = self._display_completions
            words |= {new: words.get(old, "") for old, new in zip(completions, quoted, strict=True)}
            quoted = [each[cut:] for each in quoted]
        else:
            quoted = super().quote_completions(completions, prequote, last_break)
        if os.environ.get("_ARGCOMPLETE_SHELL") != "powershell":
            return quoted
        return ["`" + each if each.startswith("@") else each for each in quoted]  # else it is a splatting


def complete() -> NoReturn:
    """Hand the shell what can follow, and end."""
    line = os.environ.get("COMP_LINE", "")
    before = split_line(line, int(os.environ.get("COMP_POINT", len(line))))[3]
    verb = find_verb(Options(before[1:]).words)
    own = "" if verb is None else verb.words
    meant = [each for each in VERBS if f"{each.words} ".startswith(f"{own} ")]  # `statusline` and its own
    parser = full_parser(VERBS if verb is None else meant, bare=verb is None)
    _Finder(default_completer=_Files())(parser, always_complete_options=False, exit_method=os._exit)
    sys.exit(1)
