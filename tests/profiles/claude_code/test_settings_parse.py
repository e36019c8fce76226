"""If these fail, a settings file is misread: refused when Claude Code takes it, or taken when it does not."""

from __future__ import annotations

import json

import pytest

from profiles.base.errors import PkccError
from profiles.claude_code.settings.parse import actual_values, parse_settings, plain


@pytest.mark.parametrize(
    ("data", "absent", "blank"),
    [(None, True, True), (b"", False, True), (b" \r\n", False, True), (b"{}", False, False)],
)
def test_a_missing_or_empty_file_is_edited_as_an_empty_object(
    data: bytes | None, absent: bool, blank: bool
) -> None:
    found = parse_settings(data, "p")
    assert (found.absent, found.blank) == (absent, blank)
    assert json.loads(found.text) == {}
    assert found.original.encode() == (data or b"")


def test_a_byte_order_mark_is_put_back() -> None:
    found = parse_settings(b'\xef\xbb\xbf{"a": 1}', "p")
    assert found.bom
    assert found.encode(found.text) == b'\xef\xbb\xbf{"a": 1}'
    assert parse_settings(b"\xef\xbb\xbf", "p").blank


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b'{\n  "a": 1,\n}', "line 3, column 1"),
        (b"{\r\n  // x\r\n}", "line 2, column 3"),
        (b'\xef\xbb\xbf{"a": }', "line 1, column 7"),
        (b'{"a": "\xc3\xa9", }', "line 1, column 12"),
        (b'{\n"a": "\xff"}', "line 2"),
        (b'{"a": "\xed\xa0\x80"}', "line 1"),
        (b"[]", "line 1, column 1"),
        (b'{"env": []}', "`env` is not an object"),
        (b'{"env": null}', "`env` is not an object"),
        (b'{"env": "x"}', "`env` is not an object"),
    ],
)
def test_a_file_that_cannot_be_edited_is_refused_with_its_name_and_the_place(data: bytes, place: str) -> None:
    with pytest.raises(PkccError) as caught:
        parse_settings(data, "/home/me/settings.json")
    assert caught.value.title.startswith("/home/me/settings.json")
    assert place in caught.value.title
    assert "hanged" in caught.value.hint


def test_a_refusal_shows_nothing_of_the_file() -> None:
    for data in (
        b'{"k": "s3cret\n"}',
        b'{"k": "s3cret',
        b'{"k": s3cret}',
        b'{"env": ["s3cret"]}',
        b'{"k": "\\s3cret"}',
    ):
        with pytest.raises(PkccError) as caught:
            parse_settings(data, "p")
        assert "s3cret" not in caught.value.title + caught.value.hint


def test_values_are_what_the_client_sees() -> None:
    text = r"""{
      "env": {
        "A": "x", "NUMBER": 1, "TRUE": true, "NULL": null, "BLANK": "", "LIST": ["x"],
        "TWICE": "first", "TWICE": "second", "GONE": "first", "GONE": "",
        "ANTHROPIC_CUSTOM_HEADERS": "X-A: 1\n\nno colon\nx-a: 2\nEmpty:\n: nameless\nB:a:b"
      },
      "apiKeyHelper": "help", "model": "m", "theme": "t"
    }"""
    assert actual_values(parse_settings(text.encode(), "p")) == {
        "env.A": "x",
        "env.NUMBER": "1",
        "env.TRUE": "true",
        "env.NULL": "null",
        "env.LIST": "x",
        "env.TWICE": "second",
        "header.x-a": "2",
        "header.b": "a:b",
        "apiKeyHelper": "help",
        "model": "m",
    }


def test_members_are_found_by_slot_and_the_last_of_equal_ones_counts() -> None:
    found = parse_settings(rb'{"env": {"A": "1"}, "\u0065nv": {"A": "\u0032", "B": 1e3}, "k": {"A": 5}}', "p")
    member = found.member("env.A")
    assert member is not None
    assert (member.value, found.raw(member)) == ("2", r'"\u0032"')
    assert found.member("env.K") is None
    assert found.member("k") is not None
    assert parse_settings(b"{}", "p").member("env.A") is None


def test_a_large_number_keeps_its_text() -> None:
    assert (
        plain(parse_settings(b'{"n": 123456789012345678901}', "p").root.members[0].value)
        == "1" + "23456789012345678901"
    )
