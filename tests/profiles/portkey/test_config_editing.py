"""A config is changed by a form, and what the form does not show or know is never lost by it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.portkey.config.editing.fields import FIELDS, fields_of, shown, unknown_fields
from profiles.portkey.config.editing.form import filled, id_of
from profiles.portkey.config.editing.rules import Row, conditions_of, query_of, rows_of
from profiles.portkey.config.editing.structure import MODES, edited, level_at, path_of_place, places
from profiles.portkey.config.findings import path_text

NESTED: dict[str, Any] = {
    "strategy": {"mode": "fallback", "on_status_codes": [429, 503]},
    "targets": [
        {"provider": "@anthropic-prod", "retry": {"attempts": 2}, "openai_project": "proj-1"},
        {
            "strategy": {"mode": "loadbalance"},
            "targets": [{"provider": "@vertex-eu", "weight": 3}, {"provider": "@bedrock", "weight": 1}],
        },
    ],
}
BY_TEAM: dict[str, Any] = {
    "strategy": {
        "mode": "conditional",
        "conditions": [{"query": {"metadata.team": {"$eq": "platform"}}, "then": "a"}],
        "default": "b",
    },
    "targets": [{"name": "a", "provider": "@a"}, {"name": "b", "provider": "@b"}],
}


def sent(config: dict[str, Any], **changed: str) -> dict[str, Any]:
    """The form of that config as a browser sends it, some fields changed; `__` stands for a hyphen."""
    typed: dict[str, str] = {}
    for place, level, above in places(config):
        for name in fields_of(level, above):
            text = shown(level, name)
            if text is not None and (name != "beta" or text):
                typed[f"{id_of(place)}-{name}"] = text
    typed.update({name.replace("__", "-"): text for name, text in changed.items()})
    return filled(config, typed.get)


def test_a_field_changes_and_all_else_stays() -> None:
    made = sent(NESTED, t__0__attempts="5", t__1__0__provider="@vertex-us", t__codes="429, 5xx")
    assert made["targets"][0] == {**NESTED["targets"][0], "retry": {"attempts": 5}}
    assert made["targets"][1]["targets"][0] == {"provider": "@vertex-us", "weight": 3}
    assert made["strategy"]["on_status_codes"] == [429, 500, 502, 503, 504, 529]


def test_an_empty_field_is_left_out_with_what_held_it() -> None:
    made = sent(NESTED, t__0__attempts="", t__codes="")
    assert made["targets"][0] == {"provider": "@anthropic-prod", "openai_project": "proj-1"}
    assert made["strategy"] == {"mode": "fallback"}


@pytest.mark.parametrize(
    ("field", "text", "path", "value"),
    [
        ("model", "claude-opus-4-6", ("override_params", "model"), "claude-opus-4-6"),
        ("overrides", 'max_tokens=64\nuser="1"', ("override_params",), {"max_tokens": 64, "user": "1"}),
        ("drop", "top_k, top_p", ("drop_params",), ["top_k", "top_p"]),
        ("cache", "simple", ("cache", "mode"), "simple"),
        ("max_age", "1h", ("cache", "max_age"), 3600),
        ("timeout", "30s", ("request_timeout",), 30_000),
        ("timeout", "500", ("request_timeout",), 500),
        ("beta", "on", ("forward_headers",), ["anthropic-beta"]),
        ("key", "keyring:openai", ("api_key",), "keyring:openai"),
        ("failures", "3", ("cb_config", "failure_threshold"), 3),
        ("attempts", "many", ("retry", "attempts"), "many"),
    ],
)
def test_each_field_is_read_and_shown_again(field: str, text: str, path: tuple[str, ...], value: Any) -> None:
    """What means nothing is put in as it is, for the config's own rules to say so."""
    made: Any = sent({}, **{f"t__{field}": text})
    again = made
    for step in path:
        again = again[step]
    assert again == value
    assert sent(made) == made
    assert sent(made, **{f"t__{field}": ""}) == {} or field == "beta"


def test_the_beta_header_is_passed_on_beside_others() -> None:
    before = {"provider": "@a", "forward_headers": ["x-team"]}
    with_beta = sent(before, t__beta="on")
    assert with_beta["forward_headers"] == ["x-team", "anthropic-beta"]
    assert filled(with_beta, {}.get) == before
    assert [*map(path_text, unknown_fields(before, ""))] == ["forward_headers"]


def test_what_the_form_has_no_field_for_is_named() -> None:
    config = {
        "provider": "@a",
        "cache": {"mode": "simple", "shared": True},
        "openai_project": "p",
        "weight": 1,
    }
    assert [*map(path_text, unknown_fields(config, ""))] == ["cache.shared", "openai_project"]
    odd = {"retry": {"attempts": [1]}}
    assert [*map(path_text, unknown_fields(odd, ""))] == ["retry.attempts"]
    assert sent(odd, t__attempts="3") == odd


def test_a_target_becomes_a_group_and_one_alone_again() -> None:
    grouped = edited(NESTED, "group", (0,))
    assert grouped["targets"][0] == {
        "retry": {"attempts": 2},
        "strategy": {"mode": "fallback"},
        "targets": [{"provider": "@anthropic-prod", "openai_project": "proj-1"}, {}],
    }
    alone = edited(edited(grouped, "remove", (0, 1)), "ungroup", (0,))
    assert alone["targets"][0] == NESTED["targets"][0]


def test_targets_are_moved_copied_added_and_taken_out_at_any_depth() -> None:
    inner = (1, 0)
    moved = edited(NESTED, "down", inner)
    assert [target["weight"] for target in moved["targets"][1]["targets"]] == [1, 3]
    assert edited(moved, "up", (1, 1)) == NESTED
    copied = edited(NESTED, "copy", inner)
    assert edited(copied, "remove", (1, 1)) == NESTED
    assert level_at(edited(NESTED, "add", (1,)), (1, 2)) == {}
    assert edited(NESTED, "up", (0,)) == NESTED


@pytest.mark.parametrize("mode", MODES)
def test_one_target_becomes_a_group_of_each_mode(mode: str) -> None:
    made = edited({"provider": "@a", "cache": {"mode": "simple"}}, "mode", (), mode)
    if mode == "single":
        assert made == {"provider": "@a", "cache": {"mode": "simple"}}
        return
    assert made["strategy"]["mode"] == mode
    assert made["cache"] == {"mode": "simple"}
    assert made["targets"][0]["provider"] == "@a"


def test_a_group_that_chooses_by_rules_names_its_targets_and_other_modes_drop_the_rules() -> None:
    made = edited(NESTED, "mode", (), "conditional")
    assert [target["name"] for target in made["targets"]] == ["anthropic-prod", "target-2"]
    assert made["strategy"]["default"] == "target-2"
    assert made["strategy"]["conditions"][0]["then"] == "anthropic-prod"
    assert "on_status_codes" not in made["strategy"]
    back = edited(made, "mode", (), "fallback")
    assert back["strategy"] == {"mode": "fallback"}


def test_rules_follow_a_target_that_gets_another_name() -> None:
    made = sent(BY_TEAM, t__0__name="b", t__1__name="a")
    assert conditions_of(made)[0]["then"] == "b"
    assert made["strategy"]["default"] == "a"


def test_a_rules_conditions_are_changed_and_added() -> None:
    two = edited(BY_TEAM, "and", (), "0")
    made = sent(two, **{"t-r0-c1-field": "params.top_p", "t-r0-c1-operator": "$gte", "t-r0-c1-value": "0.7"})
    assert conditions_of(made)[0]["query"] == {
        "metadata.team": {"$eq": "platform"},
        "params.top_p": {"$gte": 0.7},
    }
    assert edited(made, "and-remove", (), "0", "1") == BY_TEAM


def test_conditions_keep_their_spelling_until_they_are_changed() -> None:
    query = {"metadata.level": 5, "params.user": {"$eq": "1"}}
    rows = rows_of(query)
    assert rows == [Row("metadata.level", "$eq", "5"), Row("params.user", "$eq", "1")]
    assert query_of([*rows, Row("metadata.x", "$eq", "y")], query) == {
        "metadata.level": {"$eq": 5},
        "params.user": {"$eq": "1"},
        "metadata.x": {"$eq": "y"},
    }
    twice = [Row("metadata.a", "$ne", "1"), Row("metadata.a", "$ne", "2")]
    assert rows_of(query_of(twice)) == twice
    assert rows_of({"$or": [query]}) is None


_LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.floats(allow_nan=False))


def _inside(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)


_VALUE = st.recursive(_LEAF, _inside, max_leaves=6)
_NAMES = st.sampled_from([*{field.path[0] for field in FIELDS.values()}, "targets", "x"])


_STRATEGY = st.fixed_dictionaries({"mode": st.sampled_from(MODES), "conditions": _VALUE})


def _grouped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"strategy": _STRATEGY, "targets": st.lists(inner, max_size=3)})


@given(st.recursive(st.dictionaries(_NAMES, _VALUE, max_size=4), _grouped, max_leaves=4))
def test_a_form_sent_as_it_was_shown_changes_nothing(config: dict[str, Any]) -> None:
    assert sent(config) == config
    for place, level, above in places(config):
        assert level_at(config, place) is level
        assert path_of_place(place) == tuple(step for number in place for step in ("targets", number))
        named = [*unknown_fields(level, above)]
        assert all(name in level for name, *_ in named)
