"""What is typed becomes the config that was meant, or is refused in words: never another config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.base.errors import PkccError, UsageError
from profiles.portkey.config.authoring.author import author
from profiles.portkey.config.authoring.options import FIELDS
from profiles.portkey.config.authoring.strategies import Wish
from profiles.portkey.config.authoring.typed import milliseconds, seconds, statuses
from profiles.portkey.config.config import check_config
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.explaining.tree import explained

INNER: dict[str, Any] = {
    "strategy": {"mode": "loadbalance"},
    "targets": [{"provider": "@c"}, {"provider": "@d"}],
}
BETA = {"forward_headers": ["anthropic-beta"]}


def load(file: str) -> Mapping[str, Any]:
    return INNER


@pytest.mark.parametrize(
    ("wish", "config"),
    [
        (Wish(to="@a"), {"provider": "@a"}),
        (Wish(to="@a/m/n"), {"provider": "@a", "override_params": {"model": "m/n"}}),
        (Wish(to="vk:my-key"), {"virtual_key": "my-key"}),
        (Wish(to="request"), {"passthrough": True}),
        (Wish(fallback=("@a", "./i.json"), on="429,5xx"),
         {"strategy": {"mode": "fallback", "on_status_codes": [429, 500, 502, 503, 504, 529]},
          "targets": [{"provider": "@a"}, INNER], **BETA}),
        (Wish(loadbalance=("@a/m=0.7", "i.json=3", "@b"), sticky=("metadata.u",), sticky_for="1h"),
         {"strategy": {"mode": "loadbalance",
                       "sticky": {"enabled": True, "hash_fields": ["metadata.u"], "ttl": 3600}},
          "targets": [{"provider": "@a", "override_params": {"model": "m"}, "weight": 0.7},
                      {**INNER, "weight": 3}, {"provider": "@b"}], **BETA}),
        (Wish(fallback=("@a", "@b"), rest_after="5", rest_for="30s"),
         {"strategy": {"mode": "fallback",
                       "cb_config": {"failure_threshold": 5, "cooldown_interval": 30000}},
          "targets": [{"provider": "@a"}, {"provider": "@b"}], **BETA}),
        (Wish(fields={"--cache": [["simple"]], "--max-age": [["1h"]]}),
         {"cache": {"mode": "simple", "max_age": 3600}}),
        (Wish(to="@a", fields={"--retry": [["3"]], "--retry-on": [["429"]], "--retry-after": [["on"]]}),
         {"provider": "@a",
          "retry": {"attempts": 3, "on_status_codes": [429], "use_retry_after_headers": True}}),
        (Wish(fallback=("@a", "@b"), forwards=False,
              fields={"--override": [["@b", "model=m", "n=1", "x=true"], ["top_k=2"]],
                      "--timeout": [["@a", "1.5s"]], "--drop": [["a,b", "c"]]}),
         {"strategy": {"mode": "fallback"},
          "targets": [{"provider": "@a", "request_timeout": 1500},
                      {"provider": "@b", "override_params": {"model": "m", "n": 1, "x": True}}],
          "override_params": {"top_k": 2}, "drop_params": ["a", "b", "c"]}),
        (Wish(to="@a", fields={"--metadata": [["n=1", "team=a=b"]], "--key-ref": [["env:K"]],
                               "--guard-request": [["g"]], "--forward": [["x-a"]]}),
         {"provider": "@a", "api_key": "env:K", "forward_headers": ["x-a"], "input_guardrails": ["g"],
          "metadata": {"n": "1", "team": "a=b"}}),
        (Wish(to="@a", settings=("cb_config.failure_threshold=2", 'before_request_hooks=[{"id":"h"}]')),
         {"provider": "@a", "cb_config": {"failure_threshold": 2}, "before_request_hooks": [{"id": "h"}]}),
        (Wish(fallback=("@a", "@b"), settings=("targets[1].weight=2", "strategy.mode=loadbalance")),
         {"strategy": {"mode": "loadbalance"},
          "targets": [{"provider": "@a"}, {"provider": "@b", "weight": 2}], **BETA}),
    ],
)  # fmt: skip
def test_what_is_typed_is_what_comes_out(wish: Wish, config: dict[str, Any]) -> None:
    made = author(wish, load)
    assert made == config
    assert json.dumps(made, sort_keys=True) == json.dumps(config, sort_keys=True), "no 3600.0 beside 3600"


def test_a_file_s_config_is_changed_as_one_that_was_typed() -> None:
    wish = Wish(to="./i.json", fields={"--retry": [["2"]], "--timeout": [["@d", "30s"]]}, forwards=False)
    config = author(wish, load)
    assert config["retry"] == {"attempts": 2}
    assert config["targets"] == [{"provider": "@c"}, {"provider": "@d", "request_timeout": 30000}]
    assert "request_timeout" not in INNER["targets"][1]  # what was read is left as it is


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (("metadata.team=eng",), {"metadata.team": {"$eq": "eng"}}),
        (("metadata.team=eng,ops",), {"metadata.team": {"$in": ["eng", "ops"]}}),
        (("metadata.team!=eng,ops",), {"metadata.team": {"$nin": ["eng", "ops"]}}),
        (("metadata.n=1",), {"metadata.n": {"$eq": "1"}}),
        (("metadata.n.=1",), {"metadata.n.": {"$eq": "1"}}),
        (("params.n=1",), {"params.n": {"$eq": 1}}),
        (("params.t>=0.5", "params.t<1"), {"params.t": {"$gte": 0.5, "$lt": 1}}),
        (("url.pathname~^/v1/(a|b)=,",), {"url.pathname": {"$regex": "^/v1/(a|b)=,"}}),
        (("metadata.a=x", "metadata.b!=y"), {"metadata.a": {"$eq": "x"}, "metadata.b": {"$ne": "y"}}),
    ],
    ids=str,
)
def test_conditions_become_queries(typed: tuple[str, ...], query: dict[str, Any]) -> None:
    config = author(Wish(conditional=((*typed, "@a"),), default="@b"), load)
    assert config["strategy"]["conditions"] == [{"query": query, "then": "a"}]


def test_a_target_that_is_typed_twice_is_one_target_and_names_are_told_apart() -> None:
    conditions = (
        ("metadata.t=x", "@a"),
        ("metadata.t=y", "@a"),
        ("metadata.t=z", "@a/m"),
        ("metadata.u=1", "a"),
    )
    config = author(Wish(conditional=conditions, default="@a"), load)
    assert [(target["name"], target["provider"]) for target in config["targets"]] == [
        ("a", "@a"),
        ("a-m", "@a"),
        ("a-2", "a"),
    ]
    assert [condition["then"] for condition in config["strategy"]["conditions"]] == ["a", "a", "a-m", "a-2"]
    assert config["strategy"]["default"] == "a"


def test_the_beta_header_is_handed_on_where_a_target_may_lose_it() -> None:
    mixed = author(Wish(fallback=("@a", "@vertex-b")), load)
    assert [target.get("forward_headers") for target in mixed["targets"]] == [["anthropic-beta"], None]
    assert "forward_headers" not in author(Wish(to="@a"), load)
    assert author(Wish(to="anthropic"), load, self_hosted=True)["forward_headers"] == ["anthropic-beta"]
    assert "forward_headers" not in author(Wish(fallback=("@a", "@b"), forwards=False), load)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        (Wish(), "Nothing was said"),
        (Wish(to="@a", fallback=("@b", "@c")), "--to and --fallback do not go together"),
        (Wish(fallback=("@a",)), "--fallback needs two targets or more"),
        (Wish(loadbalance=("@a=x", "@b")), "weight is a number"),
        (Wish(loadbalance=("@a=-1", "@b")), "weight is a number"),
        (Wish(loadbalance=("@a=nan", "@b")), "weight is a number"),
        (Wish(to="@a", on="429"), "--on goes with --fallback"),
        (Wish(fallback=("@a", "@b"), on="4x9"), "--on takes HTTP statuses"),
        (Wish(conditional=(("metadata.a=b", "@a"),)), "--conditional needs --default"),
        (Wish(conditional=(("@a",),), default="@b"), "takes conditions and a target"),
        (Wish(conditional=(("team=b", "@a"),), default="@b"), "A condition asks for metadata.NAME"),
        (Wish(conditional=(("metadata.", "@a"),), default="@b"), "not of a form"),
        (Wish(conditional=(("metadata.=b", "@a"),), default="@b"), "A condition asks for metadata.NAME"),
        (Wish(conditional=(("metadata.a>x", "@a"),), default="@b"), "compares with a number"),
        (Wish(conditional=(("metadata.a=x", "metadata.a=y", "@a"),), default="@b"), "the same thing twice"),
        (Wish(to="@"), "A target is not of a form"),
        (Wish(to="@a/"), "A target is not of a form"),
        (Wish(to="a b"), "A target is not of a form"),
        (Wish(to="@a\x1b/m"), "A target is not of a form"),
        (Wish(to="@a", fields={"--timeout": [["soon"]]}), "--timeout takes a span of time"),
        (Wish(to="@a", fields={"--retry": [["-1"]]}), "--retry takes a whole number"),
        (Wish(to="@a", fields={"--retry": [["1", "2"]]}), "--retry takes one value, such as 3"),
        (Wish(to="@a", fields={"--retry": [["@b", "2"]]}), "--retry takes one value, such as 3"),
        (Wish(to="@a", fields={"--override": [["model"]]}), "--override takes NAME=VALUE"),
        (Wish(to="@a", fields={"--override": [["api_key=sk-1"]]}), "A secret is never an argument"),
        (Wish(to="@a", fields={"--key-ref": [["sk-1"]]}), "A secret is never an argument"),
        (Wish(to="@a", settings=("aws_secret_access_key=x",)), "A secret is never an argument"),
        (Wish(to="@a", settings=("targets[0].x=1",)), "nothing at that place"),
        (Wish(to="@a", settings=("retry",)), "--set takes PATH=VALUE"),
        (Wish(to="@a", settings=("re try=1",)), "--set takes PATH=VALUE"),
        (Wish(to="@a", settings=("provider.x=1",)), "nothing at that place"),
        (Wish(to="@a", settings=('cache["\x01"].x=1',)), "--set takes PATH=VALUE"),
        (Wish(to="@a", settings=('cache["\\q"].x=1',)), "--set takes PATH=VALUE"),
        (Wish(fallback=("@a", "@b"), settings=("targets[0]=1",)), "nothing at that place"),
    ],
)
def test_what_means_nothing_is_refused_in_words(wish: Wish, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        author(wish, load)
    assert says in raised.value.title
    assert "sk-1" not in f"{raised.value.title} {raised.value.hint}"


def test_spans_and_statuses_are_read_as_they_are_written() -> None:
    assert [seconds("--x", text) for text in ("60", "60s", "1m", "1.5h", "90d")] == [
        60,
        60,
        60,
        5400,
        7776000,
    ]
    assert [milliseconds("--x", text) for text in ("500ms", "1", "0.5s")] == [500, 1000, 500]
    assert statuses("--x", "429, 503,429,5xx") == [429, 503, 500, 502, 504, 529]


SLUGS = st.from_regex(r"@[a-z]{1,6}(/claude-[a-z]{1,4})?", fullmatch=True)
TARGETS = st.lists(SLUGS | st.just("./inner.json"), min_size=2, max_size=4)
TEAMS = st.from_regex(r"metadata\.[a-z]{1,3}!?=[a-z]{1,3}(,[a-z])?", fullmatch=True)
STRATEGIES = st.one_of(
    st.builds(
        lambda targets, on: Wish(fallback=tuple(targets), on=on),
        TARGETS, st.sampled_from([None, "429,5xx"]),
    ),
    st.builds(
        lambda targets, weight: Wish(loadbalance=tuple(f"{each}={weight}" for each in targets)),
        TARGETS, st.integers(1, 100),
    ),
    st.builds(
        lambda rules, default: Wish(conditional=tuple(rules), default=default),
        st.lists(st.tuples(TEAMS, SLUGS), min_size=1, max_size=3), SLUGS,
    ),
    st.builds(lambda to: Wish(to=to), SLUGS),
)  # fmt: skip
VALUES = {
    "--retry": "3", "--retry-after": "on", "--cache": "simple", "--timeout": "30s",
    "--override": "max_tokens=5", "--drop": "top_k", "--metadata": "a=b", "--guard-request": "g",
    "--forward": "anthropic-beta",
}  # fmt: skip


def leaves(config: Mapping[str, Any]) -> list[str]:
    inside = config.get("targets")
    return [config["provider"]] if inside is None else [name for each in inside for name in leaves(each)]


@settings(max_examples=80, deadline=None)
@given(STRATEGIES, st.sets(st.sampled_from(sorted(VALUES))))
def test_what_is_written_is_valid_and_its_explanation_names_every_target(
    wish: Wish, options: set[str]
) -> None:
    if "--retry-after" in options:
        options |= {"--retry"}
    config = author(wish._replace(fields={option: [[VALUES[option]]] for option in options}), load)
    findings = [found for found in check_config(config) if found.path != "$"]
    assert findings == []
    said, tree = sentence(config), str(explained(config))
    for name in leaves(config):
        assert name in said
        assert name in tree


WORDS = st.text(max_size=8) | st.sampled_from(
    ["@a", "./x.json", "a=b", "metadata.a=b", "=", "@a=1", "1s", "on"]
)
WORD = st.none() | WORDS
WORD_LISTS = st.lists(WORDS, max_size=3).map(tuple)
MANY = st.lists(WORD_LISTS, max_size=2).map(tuple)


@settings(max_examples=120, deadline=None)
@given(
    st.builds(
        Wish, WORD, WORD_LISTS, WORD_LISTS, MANY, WORD, WORD, WORD_LISTS, WORD, WORD, WORD,
        st.dictionaries(st.sampled_from([field.option for field in FIELDS]), MANY), WORD_LISTS,
    )
)  # fmt: skip
def test_whatever_is_typed_becomes_a_config_or_is_refused(wish: Wish) -> None:
    with suppress(PkccError):
        config = author(wish, load)
        check_config(config)
        assert sentence(config).endswith(".")
