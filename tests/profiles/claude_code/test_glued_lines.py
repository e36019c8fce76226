r"""Header lines that a literal `\n` made one: else the key goes out with a route in it, and none is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import PkccError
from profiles.claude_code.glued_lines import meant_lines, unglued

KEY, ROUTE, OWN = "x-portkey-api-key: pk-1", "x-portkey-provider: @a", "X-Corp: 1"


@pytest.mark.parametrize("end", [r"\n", r"\r\n", r"\\n", r" \n ", "`n", "`r`n", r"\n\n"])
@pytest.mark.parametrize(
    "lines", [[KEY, ROUTE], [ROUTE, OWN], [OWN, ROUTE], [OWN, "X-Team: b"], [KEY, "B: 2", ROUTE]]
)
def test_a_line_end_as_text_parts_lines(end: str, lines: list[str]) -> None:
    assert meant_lines(end.join(lines)) == lines
    assert meant_lines(end.join([*lines, ""])) == lines


@pytest.mark.parametrize("end", [",", ", ", "; ", " "])
def test_a_comma_or_blank_parts_lines_of_portkey_s(end: str) -> None:
    assert meant_lines(end.join([KEY, ROUTE])) == [KEY, ROUTE]
    assert meant_lines(end.join([OWN, ROUTE])) == [end.join([OWN, ROUTE])]  # may be a value


@pytest.mark.parametrize(
    "line",
    [
        KEY,
        r"X-Path: C:\new\n.txt",
        r"X-Path: C:\name: x",
        r"X-End: a\n",
        "X-List: a, b; c",
        r'x-portkey-metadata: {"a": "b\nx-portkey-provider: @a"}',
        'x-portkey-metadata: {"a": "see x-portkey-provider: @a"}',
        "x-portkey-forward-headers: x-portkey-a, authorization",
        "",
    ],
)
def test_what_may_be_meant_as_it_is_stays(line: str) -> None:
    assert meant_lines(line) == ([line] if line else [])


@given(st.text("x-portkey:{}\\n`,; ab", max_size=30))
def test_no_text_is_lost(line: str) -> None:
    kept = "".join(meant_lines(line))
    assert [char for char in kept if char not in "\\nr`,; "] == [
        char for char in line if char not in "\\nr`,; "
    ]


def test_values_by_slot_are_those_that_were_meant() -> None:
    values = {"env.A": r"x\nx-portkey-b: c", "header.x-portkey-api-key": r"pk-1\nx-portkey-provider: @a"}
    found, (note,) = unglued(values)
    assert found == {
        "env.A": values["env.A"],
        "header.x-portkey-api-key": "pk-1",
        "header.x-portkey-provider": "@a",
    }
    assert note.startswith("x-portkey-api-key and x-portkey-provider stood in one line")
    assert unglued({"header.x-corp": "1"}) == ({"header.x-corp": "1"}, [])


@pytest.mark.parametrize(
    "values",
    [
        {"header.x-portkey-api-key": r"pk-1\nx-portkey-provider: @a", "header.x-portkey-provider": "@b"},
        {"header.x-portkey-api-key": r"pk-1\nand more"},
    ],
)
def test_what_cannot_be_told_is_refused(values: dict[str, str]) -> None:
    """Else a key is stored with other text in it, or one of two routes is taken unsaid."""
    with pytest.raises(PkccError, match=r"\\n") as caught:
        unglued(values)
    assert "pk-1" not in caught.value.title
