"""What other settings files say, for the plan of an edit."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class OtherFiles(NamedTuple):
    """What the less specific settings files say, for the plan of a file that beats them: a project's.

    `beaten`: slots that they set and that must not count. `present`: slots that they have, so that no running
    session needs a blank here. `lines`: raw header lines of theirs, which the header string of this file
    would hide and so repeats; `mark(text)` is the digest by which one is recognised. `closed`: slots in which
    only the first edit finds values of the user's: what is typed there later is replaced permanently.
    `elsewhere(name)`: what a variable is where this file does not set it. `lines_for`: the address that
    `lines` belong to; `now` and `coming` those that requests go to before and after, where this file alone
    does not say. `is_key(text)`: whether that is the key of the profile that is coming. `our_line`: a
    status line that calls a pkcc-tray was written here, and is not the user's own.
    """

    beaten: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    lines: list[str] = []  # noqa: RUF012 - never changed in place
    mark: Callable[[str], str] = str
    closed: frozenset[str] = frozenset()
    elsewhere: Callable[[str], str | None] = lambda _name: None
    lines_for: str = ""
    now: str = ""
    coming: str = ""
    is_key: Callable[[str], bool] = lambda _text: False
    our_line: bool = False


NO_OTHER_FILES = OtherFiles()
