"""What colours mean at a terminal: one table, each readable on black and on white (a test measures it).

They are fixed colours of the 256: a terminal's own first sixteen are often unreadable on one of the two. No
meaning is shown by its colour alone. NO_COLOR and CLICOLOR_FORCE are respected where something is drawn.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# As numbers among a terminal's 256 colours.
ERROR, WARNING, OK, ACTION, FAINT = 160, 130, 28, 31, 243
# What begins and ends text that is bold, or dim; what ends a colour; what ends all of it.
BOLD, DIM, NOT_BOLD = "\x1b[1m", "\x1b[2m", "\x1b[22m"
NO_COLOUR, PLAIN = "\x1b[39m", "\x1b[0m"
_NAMES = {"error": ERROR, "warning": WARNING, "ok": OK, "action": ACTION, "faint": FAINT}


def escape_code(colour: int) -> str:
    """What begins text of that colour."""
    return f"\x1b[38;5;{colour}m"


def dressed(text: str, style: str, *, coloured: bool) -> str:
    """The text in its style, such as `bold error`; where no colour is wanted, bold at most."""
    codes = ""
    for word in style.split():
        if word == "bold":
            codes += BOLD
        elif coloured:
            codes += escape_code(_NAMES[word])
    return f"{codes}{text}{PLAIN}" if codes and text else text


def is_forced(environ: Mapping[str, str]) -> bool:
    """Whether colours are wanted where no terminal is: CLICOLOR_FORCE is set, and not 0."""
    return environ.get("CLICOLOR_FORCE", "0") not in ("", "0")
