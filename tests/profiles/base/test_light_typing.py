"""The light NamedTuple behaves as typing.NamedTuple: state on disk and every outcome are made of it."""

from __future__ import annotations

import copy
import pickle
from typing import NamedTuple

import pytest

from profiles.base import light_typing


class Light(light_typing.NamedTuple):
    """Some fields, one with a default, and a method."""

    first: int
    second: str = "b"

    def both(self) -> str:
        return f"{self.first}{self.second}"


class Real(NamedTuple):
    first: int
    second: str = "b"


def test_it_is_made_read_and_changed_as_typing_s() -> None:
    """Else a field of the remembered state would be lost or taken for another."""
    light, real = Light(1), Real(1)
    assert tuple(light) == tuple(real)
    assert light == Light(1, "b") == Light(second="b", first=1) == (1, "b")
    assert hash(light) == hash(real)
    assert light._replace(second="c") == real._replace(second="c") == (1, "c")
    assert light._asdict() == real._asdict() == {"first": 1, "second": "b"}
    assert light._fields == real._fields
    assert repr(light) == "Light(first=1, second='b')"
    assert light.both() == "1b"
    first, second = light
    assert (first, second) == (light.first, light.second)
    match light:
        case Light(one, two):
            assert (one, two) == (1, "b")
    assert copy.copy(light) == copy.deepcopy(light) == pickle.loads(pickle.dumps(light)) == light


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, "b", 3), {}), ((1,), {"first": 2}), ((1,), {"third": 3})]
)
def test_a_wrong_field_is_an_error_and_not_another_record(
    values: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        Light(*values, **named)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="third"):
        Light(1)._replace(third=3)  # type: ignore[call-arg]


def test_one_of_a_thousand_is_made_as_the_first() -> None:
    """A class of which many are made gets its own constructor, which reads the memory of many projects."""

    class Many(light_typing.NamedTuple):
        first: int
        second: str = "b"

    slow = Many.__new__
    for number in range(1000):
        assert Many(number) == Many(first=number) == Many(number, second="b") == (number, "b")
    assert Many.__new__ is not slow
    assert Many(1).second == "b"
    assert Many(1)._replace(second="c") == (1, "c")
    assert copy.deepcopy(Many(1)) == Many(1)
    for values, named in (((), {}), ((1, "b", 3), {}), ((1,), {"first": 2}), ((1,), {"third": 3})):
        with pytest.raises(TypeError):
            Many(*values, **named)  # type: ignore[arg-type]


def test_its_fields_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        Light(1).first = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Light(1).other = 2  # type: ignore[attr-defined]
