"""Configs that are nearly right, to what explains them; words that are nearly right, to what writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torture.mutation import mutated

from profiles.files.json_documents import json_or_none
from profiles.portkey.config.authoring.author import author
from profiles.portkey.config.authoring.strategies import Wish
from profiles.portkey.config.config import check_config
from profiles.portkey.config.explaining.failures import failures
from profiles.portkey.config.explaining.matching import target_for
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.explaining.tree import Explained, explained

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping

_CORPUS = Path(__file__).parents[1] / "data/portkey/configs-valid.json"
_CANARY = "sk-CANARY-of-a-provider"
# Wishes that are right; one word or another of them is then another, or nearly the same.
_WISHES = (
    Wish(to="@a/m", fields={"--retry": [["3"]], "--override": [["@a/m", "n=1", 'x={"a": [1]}']]}),
    Wish(fallback=("@a", "./x.json", "vk:x"), on="429,5xx", rest_after="50%", rest_for="1h"),
    Wish(loadbalance=("@a=0.7", "anthropic=3"), sticky=("metadata.u",), sticky_for="1h"),
    Wish(conditional=(("metadata.team=eng,ops", "params.n>=1", "@a"),), default="request"),
    Wish(conditional=(("url.pathname~^/v1", "@a"), ("params.x!=true", "@b")), default="@b"),
    Wish(fields={"--cache": [["simple"]], "--max-age": [["1h"]]}, settings=("retry.attempts=2",)),
    Wish(fallback=("@a", "@b"), settings=("targets[1].weight=2", 'cache["x"].y=1')),
    Wish(
        to="openai", fields={"--key-ref": [["env:K"]], "--custom-host": [["https://h/v1"]], "--drop": [["a"]]}
    ),
)
_SEEDS = (b"@a", b"@b/m=0.5", b"./x.json", b"metadata.a=b", b"model=m", b"429", b"30s", b"targets[0].x=1")


def config_readers(rng: random.Random) -> list[tuple[str, Callable[[], None]]]:
    """What is to be called again and again, each with its name in the report."""
    seeds = [json.dumps(entry["config"]).encode() for entry in json.loads(_CORPUS.read_bytes())]
    seeds.append(json.dumps({"provider": "openai", "api_key": _CANARY}).encode())
    return [
        ("configs explained", lambda: _explain(rng, tuple(seeds))),
        ("typed configs", lambda: _author(rng)),
    ]


def _explain(rng: random.Random, seeds: tuple[bytes, ...]) -> None:
    config = json_or_none(mutated(rng, rng.choice(seeds), seeds))
    texts = [sentence(config), *(failure.then for failure in failures(config)), *_texts(explained(config))]
    if isinstance(config, dict):
        target_for(config, {"team": "eng"})
    for text in texts:
        if not text.isprintable():
            raise AssertionError(f"not printable: {text!r}")
    if not texts[0].strip() or _shows_a_secret(config, texts):
        raise AssertionError(f"{texts[0]!r} of {config!r}"[:300])


def _shows_a_secret(config: Any, texts: list[str]) -> bool:
    """Whether the secret is shown from its field; a mutation may have put it elsewhere."""
    whole = isinstance(config, dict) and config.get("api_key") == _CANARY
    return whole and str(config).count(_CANARY) == 1 and any(_CANARY in text for text in texts)


def _texts(level: Explained) -> Iterator[str]:
    yield from (level.path, level.when, level.does, *level.details, level.provider or "", level.model or "")
    for target in level.targets:
        yield from _texts(target)


def _author(rng: random.Random) -> None:
    wish = _changed(rng, rng.choice(_WISHES))
    config = author(wish, _load, self_hosted=rng.random() < 0.3)
    check_config(config)
    if not sentence(config).isprintable():
        raise AssertionError("not printable")


def _changed(rng: random.Random, typed: Any) -> Any:
    """The same with some of its words changed; what is no text is handed over as the terminal's own does."""
    if isinstance(typed, str):
        if rng.random() > 0.15:
            return typed
        seed = typed.encode() if rng.random() < 0.7 else rng.choice(_SEEDS)
        return mutated(rng, seed, _SEEDS).decode("utf-8", "surrogateescape")
    if isinstance(typed, Wish):
        return Wish(*(_changed(rng, part) for part in typed))
    if isinstance(typed, tuple | list):
        return type(typed)(_changed(rng, part) for part in typed)
    if isinstance(typed, dict):
        return {option: _changed(rng, words) for option, words in typed.items()}
    return typed


def _load(file: str) -> Mapping[str, Any]:
    return {"provider": "@inner"}
