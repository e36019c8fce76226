"""Colours can be read on a black and on a white terminal; who wants none gets none."""

from __future__ import annotations

import pytest
from rich.color import Color
from support.home.user_home import UserHome

from tray.terminal.colours import ACTION, ERROR, FAINT, OK, WARNING


def _luminance(colour: int) -> float:
    parts = [part / 255 for part in Color.from_ansi(colour).get_truecolor()]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [ERROR, WARNING, OK, ACTION, FAINT])
def test_each_is_readable_on_black_and_on_white(colour: int) -> None:
    """WCAG's contrast: 3 for large text, and never less than 3.8 here."""
    own = _luminance(colour)
    assert (1.05) / (own + 0.05) >= 3.8
    assert (own + 0.05) / 0.05 >= 3.8


def test_a_pipe_has_no_colour_unless_it_is_forced(home: UserHome) -> None:
    home.add("work")
    assert "\x1b[" not in home.spawn("list").out
    forced = home.spawn("list", env={**home.environ, "CLICOLOR_FORCE": "1"})
    assert "\x1b[" in forced.out
    both = home.spawn("list", env={**home.environ, "CLICOLOR_FORCE": "1", "NO_COLOR": "1"})
    assert "38;5" not in both.out
    assert "\x1b[" not in home.spawn("list", env={**home.environ, "CLICOLOR_FORCE": "0"}).out
