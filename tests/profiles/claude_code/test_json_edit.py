"""If these fail, a switch damages what it does not own in a user's settings file."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.claude_code.settings.json_edit import (
    Splice,
    apply_splices,
    edit_object,
    indent_unit,
    invert_splices,
    newline_of,
)
from profiles.claude_code.settings.json_text import JsonObject, JsonTextError, parse_document, parse_object

# 20,000 examples each passed once; these keep the file fast.
MANY = settings(max_examples=500, deadline=None)

SPACE = st.sampled_from(["", " ", "\n", "\r\n", "\t", "\n  ", "\r\n\t", "  \n\n    ", "\r"])
NUMBER = st.sampled_from(
    ["0", "-0", "1e3", "1E+3", "1.0", "-2.50", "1e999", "123456789012345678901234567890"]
)
CHAR = st.sampled_from(
    ["a", "Z", "é", "😀", "{", "}", "[", "]", ",", ":", "/", r"\"", r"\\", r"\/", r"\n", r"\u00e9", r"\ud800"]
)
STRING = st.lists(CHAR, max_size=5).map(lambda chars: '"' + "".join(chars) + '"')
# Few keys, in several spellings, so that duplicates and hits are common.
KEY = st.sampled_from(['"A"', r'"\u0041"', '"B"', '"env"', '""', '"é"', r'"\u00e9"', r'"x\"y"', '"C C"'])
SCALAR = st.one_of(NUMBER, STRING, st.sampled_from(["true", "false", "null"]))


def _joined(opening: str, closing: str, parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def build(drawn: tuple[list[str], str]) -> str:
        return opening + (",".join(drawn[0]) if drawn[0] else drawn[1]) + closing

    return st.tuples(st.lists(parts, max_size=4), SPACE).map(build)


def _members(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(SPACE, KEY, SPACE, SPACE, value, SPACE).map(
        "{0[0]}{0[1]}{0[2]}:{0[3]}{0[4]}{0[5]}".format
    )


def _items(value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(SPACE, value, SPACE).map("".join)


VALUE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(_joined("[", "]", _items(inner)), _joined("{", "}", _members(inner))),
    max_leaves=6,
)
OBJECT = _joined("{", "}", _members(VALUE))
DOCUMENT = st.tuples(SPACE, OBJECT, SPACE).map("".join)
NEW_KEYS = ("A", "B", "env", "", "é", 'x"y', "NEW", "NEU ü")
CHANGES = st.dictionaries(
    st.sampled_from(NEW_KEYS), st.one_of(st.none(), STRING, NUMBER, st.just('{\n"k": [1]}')), max_size=5
)


def pairs(text: str) -> list[tuple[str, Any]]:
    """The members of the outer object, duplicates among them, numbers as text."""
    found: list[Any] = []

    def keep(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found[:] = items  # the outer object closes last
        return dict(items)

    json.loads(text, object_pairs_hook=keep, parse_int=str, parse_float=str)
    return found


def hollow(value: object) -> object:
    """A value as a `Member` has it: of objects and arrays only the kind."""
    return type(value)() if isinstance(value, (dict, list)) else value


def edited(text: str, changes: dict[str, str | None]) -> str:
    root = parse_document(text)
    result = apply_splices(text, edit_object(text, root, changes, indent_unit(text, root)))
    parse_document(result)  # or it raises
    return result


@MANY
@given(DOCUMENT)
def test_every_json_object_is_read_as_python_reads_it_or_a_valid_file_is_refused(text: str) -> None:
    root = parse_document(text)
    assert [(m.key, m.value) for m in root.members] == [(key, hollow(value)) for key, value in pairs(text)]
    for member in root.members:
        assert json.loads(text[member.key_start : member.key_end]) == member.key
        raw = text[member.value_start : member.value_end]
        assert hollow(json.loads(raw, parse_int=str, parse_float=str)) == member.value


@MANY
@given(DOCUMENT, CHANGES)
def test_an_edit_means_what_was_asked_and_leaves_each_other_member_as_spelled(
    text: str, changes: dict[str, str | None]
) -> None:
    before = parse_document(text)
    result = edited(text, changes)
    after = parse_document(result)

    wanted = {
        key: hollow(json.loads(raw, parse_int=str, parse_float=str)) for key, raw in changes.items() if raw
    }
    expected = {m.key: m.value for m in before.members if m.key not in changes or changes[m.key] is not None}
    assert {m.key: m.value for m in after.members} == expected | wanted

    def spelled(where: str, found: JsonObject) -> list[str]:
        return [where[m.key_start : m.value_end] for m in found.members if m.key not in changes]

    assert spelled(result, after) == spelled(text, before)
    assert result[: after.start] == text[: before.start]
    assert result[after.end :] == text[before.end :]


@MANY
@given(DOCUMENT, CHANGES)
def test_undo_splices_give_back_the_very_text(text: str, changes: dict[str, str | None]) -> None:
    root = parse_document(text)
    splices = edit_object(text, root, changes, "  ")
    assert apply_splices(apply_splices(text, splices), invert_splices(text, splices)) == text


@MANY
@given(DOCUMENT, st.lists(st.sampled_from(["n1", "n2", "n3"]), min_size=1, unique=True), st.booleans())
def test_what_was_added_and_taken_out_again_leaves_no_trace(
    text: str, keys: list[str], at_once: bool
) -> None:
    added: dict[str, str | None] = dict.fromkeys(keys, '"v"')
    result = edited(text, added)
    if at_once:
        result = edited(result, dict.fromkeys(keys))
    else:
        for key in reversed(keys):
            result = edited(result, {key: None})
    root = parse_document(text)
    empty = text[: root.start] + "{}" + text[root.end :]
    assert result == (text if root.members else empty)


@MANY
@given(DOCUMENT, STRING)
def test_a_value_that_is_changed_and_set_back_is_byte_identical(text: str, raw: str) -> None:
    for member in parse_document(text).members:
        last = parse_document(text).find(member.key)
        assert last is not None
        old = text[last.value_start : last.value_end]
        assert edited(edited(text, {member.key: raw}), {member.key: old}) == text


@MANY
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.text("xy", max_size=3)), max_size=6))
def test_any_set_of_splices_that_do_not_overlap_is_inverted_exactly(
    parts: list[tuple[int, int, str]],
) -> None:
    text, position, splices = "abcdefghijklmnopqrstuvwxyz0123456789", 0, []
    for gap, length, new in parts:
        splices.append(Splice(position + gap, position + gap + length, new))
        position += gap + length
    assert apply_splices(apply_splices(text, splices), invert_splices(text, splices)) == text


def test_new_members_look_like_their_neighbours() -> None:
    assert edited('{\r\n\t"a": 1\r\n}\r\n', {"b": "2"}) == '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}\r\n'
    assert edited('{"a":1,"b":2}', {"c": "3"}) == '{"a":1,"b":2,"c":3}'
    assert edited('{"a": 1, "b": 2}', {"c": "3"}) == '{"a": 1, "b": 2, "c": 3}'
    assert edited("{}\n", {"a": "1"}) == '{\n  "a": 1\n}\n'
    assert newline_of("{\r\n}") == "\r\n"
    assert newline_of("\n{}\r\n") == "\n"


def test_of_equal_keys_the_one_that_readers_see_is_changed_and_all_are_taken_out() -> None:
    text = r'{"a": 1, "b": 2, "\u0061": 3}'
    assert edited(text, {"a": "9"}) == r'{"a": 1, "b": 2, "\u0061": 9}'
    assert edited(text, {"a": None}) == '{"b": 2}'


NESTED_COMMA = re.compile(r"[\[{].*[\[{].*,\s*[\]}]", re.DOTALL)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("", 1, 1, "the file ends"),
        ("[]", 1, 1, "an object"),
        ('{\n  // no\n  "a": 1\n}', 2, 3, "a comment"),
        ('{\n  "a": 1 // no\n}', 2, 10, "a comment"),
        ('{"a": /* no */ 1}', 1, 7, "a comment"),
        ('{\n  "env": {\n    // no\n    "A": "1"\n  }\n}', 3, 5, "a comment"),
        ('{"env": {"A": "1" /* no */}}', 1, 19, "a comment"),
        ('{\n"a": 1,\n}', 3, 1, "a comma with nothing after it"),
        ('{"a": [1,]}', 1, 10, "a comma with nothing after it"),
        ('{"env": {"A": 1,\r\n}}', 2, 1, "a comma with nothing after it"),
        ('{"a": NaN}', 1, 7, "NaN is not JSON"),
        ('{"a": {\n "NaN": "-Infinity",\n  "b": [1, -Infinity]}}', 3, 12, "-Infinity is not JSON"),
        ('{"a": 1', 1, 8, "the file ends"),
        ('{"a": ', 1, 7, "the file ends"),
        ('{"a"', 1, 5, "the file ends"),
        ('{"a": {"b": [1, 2', 1, 18, "the file ends"),
        ('{\n"a": "open\n}', 2, 11, "control character"),
        ('{"a": "open}', 1, 7, "unterminated"),
        ('{"a" 1}', 1, 6, "`:` expected"),
        ('{"a": 1 "b": 2}', 1, 9, "`,` or `}`"),
        ("{'a': 1}", 1, 2, "a key in double quotes"),
        ("{a: 1}", 1, 2, "a key in double quotes"),
        ('{"a": 01}', 1, 8, "`,` or `}`"),
        ('{"a": 1}\n{}', 2, 1, "the end of the file"),
        ('{"a": "\\x"}', 1, 8, "escape"),
        ('{"a": undefined}', 1, 7, "a value expected"),
    ],
)
def test_a_file_that_claude_code_would_ignore_is_refused_with_the_place_to_mend(
    text: str, line: int, column: int, says: str
) -> None:
    with pytest.raises(JsonTextError) as caught:
        parse_document(text)
    found = (caught.value.line, caught.value.column)
    if sys.version_info >= (3, 13) and NESTED_COMMA.search(text):
        assert found[0] <= line  # that Python points at the comma itself
        assert "comma" in caught.value.reason
    else:
        assert (*found, caught.value.reason) == (line, column, caught.value.reason)
        assert says in caught.value.reason


def test_deep_nesting_is_refused_with_its_place_and_no_traceback() -> None:
    text = '{\n  "ok": 1,\n  "deep": ' + "[" * 200_000 + "]" * 200_000 + "}"
    with pytest.raises(JsonTextError, match="nested too deeply") as caught:
        parse_document(text)
    assert (caught.value.line, caught.value.column) == (3, 11)


@MANY
@given(DOCUMENT, st.data())
def test_a_truncated_file_is_always_refused(text: str, data: st.DataObject) -> None:
    whole = text.rstrip()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(JsonTextError):
        parse_document(whole[:cut])


@MANY
@given(st.text(st.sampled_from('{}[]",:\\ \n/*a1eE-.tu0NI'), max_size=25).map('{{"a": {}'.format))
def test_any_text_is_taken_exactly_if_it_is_strict_json(text: str) -> None:
    def no(name: str) -> object:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=no)
    except ValueError:
        with pytest.raises(JsonTextError) as caught:
            parse_document(text)
        assert 1 <= caught.value.line <= text.count("\n") + 1
        assert 1 <= caught.value.column <= len(text) + 1
    else:
        assert parse_document(text).members


def test_an_inner_object_is_read_where_it_lies() -> None:
    text = '{"x": 1, "env": { "A": "1" }}'
    inner = parse_object(text, text.index("{", 1))
    assert [(m.key, m.value) for m in inner.members] == [("A", "1")]
    assert text[inner.start : inner.end] == '{ "A": "1" }'
