"""If these fail, one odd line in a start file makes `import` and `doctor` hang."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.importing.exports import KINDS, read_exports

if TYPE_CHECKING:
    from types import FrameType

PIECES = (
    *"aAx =+\n;&|(){}[]<>'\"`\\#$%^!~,\u00e9",
    "$A", "$(", "${", "$'", "@'\n", "\n'@", "<#", "#>", "<<E", "claude", "export A=1", "alias a='claude'",
    "unset A", "set -a", "set -gx A 1", "set -e A", "set A=1", "setx A 1", "env A=1 claude",
    "function a", "function a {", "a() {", "a() (", "end", "begin", "if", "then", "else", "fi",
    "case x in", "esac", "for", "do", "done", "finally {", "$env:A = 1", "$env:A = ", "$env.A = 1",
    "$env.A = r#'", "[Environment]::SetEnvironmentVariable('A', ",
)  # fmt: skip
CALLS_PER_CHARACTER = 300


class HangsError(Exception):
    """The reader has called far more than the text's length explains."""


def read_in_bounds(text: str, kind: str) -> None:
    """Read the text as that kind; raises HangsError where that takes too many calls."""
    read_exports(b"", "FILE", kind)  # imports the reader
    left = CALLS_PER_CHARACTER * (len(text) + 20)

    def count(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise HangsError(text)

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_exports(text.encode(), "FILE", kind)
    finally:
        sys.setprofile(before)


@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("function work { & claude\n")
@example("$env:A = 'x'\nfunction a {\nfunction b { claude }\n")
def test_every_text_is_read_to_its_end(kind: str, text: str) -> None:
    """A PowerShell function without its `}` was read again and again, until the memory was full."""
    read_in_bounds(text, kind)
