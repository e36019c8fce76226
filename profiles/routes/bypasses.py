"""What has sessions go another way than the settings say, though no route stands in it."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import CLAUDE_DIR_VARIABLE, claude_directory
from profiles.claude_code.routing_names import CLIENT_DATA, NO_HELPER
from profiles.claude_code.variable_values import BYPASSES, BYPASSES_IN_SETTINGS, bypasses, is_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.routes.sources import Source

_ANSWERED = (CLIENT_DATA, NO_HELPER)  # a blank value in the settings beats the shell's


class Bypass(NamedTuple):
    """A settings file, and the variable in it."""

    path: str
    kind: str
    name: str

    @property
    def words(self) -> str:
        """A sentence: which file, and what happens."""
        return f"{self.path} sets {self.name}: {BYPASSES[self.name]}"


def bypasses_by_shell(environ: Mapping[str, str], sources: Sequence[Source]) -> list[str]:
    """The variables of the shell's by which sessions do not follow the settings, and that no file answers."""
    files = [source for source in sources if source.kind in ("managed", "user")]
    return [
        name
        for name in bypasses(environ)
        if name not in _ANSWERED or not any(source.values.get(f"env.{name}") == "" for source in files)
    ]


def bypasses_by_settings(sources: Sequence[Source], claude_dir: str) -> list[Bypass]:
    """The variables in the user's and the administrator's files by which sessions do not follow them.

    `claude_dir`: the client's directory in use, which they may name as well as not.
    """
    return [
        Bypass(source.path, source.kind, name)
        for source in sources
        if source.kind in ("managed", "user")
        for name in BYPASSES_IN_SETTINGS
        if _bypasses(name, source.values.get(f"env.{name}"), claude_dir)
    ]


def _bypasses(name: str, value: str | None, claude_dir: str) -> bool:
    if value is None:
        return False
    if name == CLAUDE_DIR_VARIABLE:
        return os.path.realpath(claude_directory(value)) != os.path.realpath(claude_dir)
    return bool(value) if name == CLIENT_DATA else is_on(value)
