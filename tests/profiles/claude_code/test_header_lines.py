"""If these fail, a header line of the user's is lost, respelled or taken for ours."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.claude_code.header_lines import (
    foreign_lines,
    from_template,
    merge,
    split_lines,
    to_template,
    which_are_ours,
)

PIECE = st.sampled_from(
    [
        "X-A: 1",
        "x-portkey-a: 1",
        "x-api-key:",
        r"\u0058",
        ":",
        r"\\n",
        r"\\",
        r"\n",
        r"\r\n",
        r"\r",
        r"\u000a",
        r"\u000D",
        r"\"",
        "é",
        "",
    ]
)
RAW = st.lists(PIECE, max_size=8).map(lambda parts: '"' + "".join(parts) + '"')
WRITTEN = st.dictionaries(st.sampled_from(["x-a", "x", ""]), st.sampled_from(["", "1"]), max_size=2)


@settings(max_examples=500, deadline=None)
@given(RAW)
def test_lines_are_those_the_client_sees_and_joined_again_the_very_text(raw: str) -> None:
    lines = split_lines(raw)
    if lines:
        assert '"' + "".join(line.raw + line.end for line in lines) + '"' == raw
        decoded = [json.loads(f'"{line.raw}"') for line in lines]
        seen = json.loads(raw).split("\n")
        assert [text.rstrip("\r") for text in decoded] == [text.rstrip("\r") for text in seen]
    else:
        assert raw == '""'


@settings(max_examples=500, deadline=None)
@given(RAW, WRITTEN)
def test_a_template_holds_no_line_of_the_users_and_gives_all_back(raw: str, written: dict[str, str]) -> None:
    lines = split_lines(raw)
    foreign = foreign_lines(lines, written)
    template = to_template(lines, written)
    assert from_template(template, foreign) == raw
    assert template.count("\1") == len(foreign)
    ours = which_are_ours(lines, written)
    assert [line.raw for line, mine in zip(lines, ours, strict=True) if not mine] == foreign
    always = sum(line.name.startswith("x-portkey-") or line[2:] == ("x-api-key", "") for line in lines)
    assert sum(ours) <= len(written) + always


@settings(max_examples=500, deadline=None)
@given(RAW, st.lists(st.sampled_from(["X-New: 1", r"X-M\u00fc: 2"]), max_size=3))
def test_lines_that_came_or_went_meanwhile_are_kept_or_stay_away(raw: str, now: list[str]) -> None:
    text = from_template(to_template(split_lines(raw), {}), now)
    json.loads(text)
    assert [line for line in foreign_lines(split_lines(text), {}) if line] == now


@pytest.mark.parametrize(
    ("raw", "ours"),
    [
        ('"X-Portkey-A: 1"', [True]),
        (r'" \u0078-portkey-a :1"', [True]),
        ('"x-portkey-a"', [True]),
        ('"my-x-portkey-a: 1"', [False]),
        ('"X-Corp: 1"', [True]),
        ('"X-Corp: 2"', [False]),
        (r'"X-Corp: 1\nX-Corp: 1"', [False, True]),
        (r'"X-Corp: 1\nX-Corp: 2"', [True, False]),
        (r'"X-Token: theirs"', [False]),
        (r'"x-token: users\nX-Token: ours"', [False, True]),
        ("5", []),
        ("null", []),
        ('""', []),
    ],
)
def test_ours_are_portkeys_lines_and_the_last_of_those_the_profile_added(raw: str, ours: list[bool]) -> None:
    assert which_are_ours(split_lines(raw), {"x-corp": "1", "x-token": "ours"}) == ours


def test_the_users_raw_lines_go_first_and_ours_are_spelled_as_json() -> None:
    assert (
        merge([r"X-M\u00fc: \/"], 'x-portkey-a: "é"\nb: 1')
        == r'"X-M\u00fc: \/\nx-portkey-a: \"\u00e9\"\nb: 1"'
    )
    assert merge([], "a: 1") == '"a: 1"'
    assert merge(["a: 1"], "") == '"a: 1"'
