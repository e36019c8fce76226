"""What a switch reads and writes JSON with is what the standard library makes of it, errors included."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.home.user_home import ROOT

from profiles.base import light_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NOT_JSON = [
    "", " ", "{", "[1,]", '{"a" 1}', '{"a": 1}x', "\ufeff{}", "nul", "01", '"\t"', '"\\x"', '{"a": 1,}',
    "[1] [2]", '"\ud800', "-", "\f1", "\u00a01", "1\0",
]  # fmt: skip


def outcome(function: object, *args: object, **named: object) -> object:
    """What it returns, as it is written; or what it raises."""
    try:
        return repr(function(*args, **named))  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001
        return type(error), str(error)


@given(plain)
def test_what_is_written_is_what_the_standard_library_writes(value: object) -> None:
    """A remembered state of another spelling would count as changed."""
    assert light_json.dumps(value) == json.dumps(value)
    compact = (",", ":")
    assert light_json.dumps(value, separators=compact) == json.dumps(value, separators=compact)


@given(plain, st.sampled_from(["", " ", "\n\t\r "]), st.sampled_from([None, 2]))
def test_what_is_read_is_what_the_standard_library_reads(
    value: object, space: str, indent: int | None
) -> None:
    text = space + json.dumps(value, indent=indent, ensure_ascii=False) + space
    assert outcome(light_json.loads, text) == outcome(json.loads, text)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"):
        data = text.encode(encoding, "surrogatepass")
        assert outcome(light_json.loads, data) == outcome(json.loads, data)


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_wrong_is_said_by_the_standard_library(text: str) -> None:
    """A line and a column that are not those of the mistake would have its user look elsewhere."""
    assert outcome(light_json.loads, text) == outcome(json.loads, text) != outcome(json.loads, "1")
    data = text.encode("utf-8", "surrogatepass")
    assert outcome(light_json.loads, data) == outcome(json.loads, data)


@given(st.text() | st.binary())
def test_anything_at_all_is_read_as_the_standard_library_reads_it(text: str | bytes) -> None:
    assert outcome(light_json.loads, text) == outcome(json.loads, text)


def test_numbers_and_constants_are_made_as_they_are_asked_for() -> None:
    ways = {"parse_int": "i{}".format, "parse_float": "f{}".format, "parse_constant": "c{}".format}
    text = '{"a": [1, -2.5e3, NaN, -Infinity, "1"]}'
    assert light_json.loads(text, **ways) == json.loads(text, **ways)
    assert light_json.loads("Infinity") == math.inf


def test_what_is_nested_too_deeply_is_refused_as_the_standard_library_does() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    with pytest.raises(RecursionError):
        light_json.loads(deep)


def test_what_is_no_json_is_not_written() -> None:
    assert outcome(light_json.dumps, {"a": {1}}) == outcome(json.dumps, {"a": {1}})
    circle: list[object] = []
    circle.append(circle)
    assert outcome(light_json.dumps, circle) == outcome(json.dumps, circle)


def test_it_loads_nothing_that_costs() -> None:
    code = "import sys, profiles.base.light_json as j; j.loads(j.dumps({'a': [1.5]})); print(*sys.modules)"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"json", "re", "enum", "collections"} & {*done.stdout.split()} == set()


ASKED_FIRST = """
import sys
import profiles.base.light_json as light_json

scan = light_json.scanner()
for text in {texts!r}:
    for way in light_json.loads, lambda text: scan(text, 0):
        for name in [name for name in sys.modules if name.startswith("json")]:
            del sys.modules[name]
        try:
            way(text)
        except (ValueError, StopIteration):
            continue
        except Exception as error:
            print(ascii(text), type(error).__name__)
"""


def test_what_is_wrong_is_said_too_where_nothing_has_loaded_the_standard_library_s_reader() -> None:
    """A switch over a half-saved file would be a crash instead of one line: its readers' errors come late."""
    code = ASKED_FIRST.format(texts=NOT_JSON)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
