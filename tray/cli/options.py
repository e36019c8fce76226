"""The options that every command has: `--json`, `--debug`, `--config-dir`, `--settings`."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Options:
    """The options that every command has, taken out of the command line wherever they stand."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.json = self.debug = False
        self.config_dir: str | None = None
        self.settings_path: str | None = None
        self.command = ""
        self.problem: UsageError | None = None
        self.words: list[str] = []
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.words += [word, *rest]
                break
            self._take(word, rest)

    def _take(self, word: str, rest: list[str]) -> None:
        name, equals, value = word.partition("=")
        if word == "--json":
            self.json = True
        elif word == "--debug":
            self.debug = True
        elif name in ("--config-dir", "--settings"):
            path = value if equals else rest.pop(0) if rest else ""
            if not path:
                self.problem = UsageError(f"{name} needs a path", "See `pkcc-tray --help`.")
            elif name == "--settings":
                self.settings_path = path
            else:
                self.config_dir = path
        else:
            self.words.append(word)
