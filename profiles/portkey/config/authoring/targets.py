"""What is typed for a target: `@slug`, `@slug/model`, `vk:ID`, a file; and its weight. Pure."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.typed import number
from profiles.portkey.config.findings import each_level, object_in

Load = Callable[[str], Mapping[str, Any]]  # reads the config in a file; raises PkccError

FORMS = "@slug, @slug/model, NAME or NAME/model (self-hosted), vk:ID, prompt:ID, request, or FILE.json"
_FILE = re.compile(r"[./~]|.*[/\\].*\.json$|.*\.json$|[A-Za-z]:[\\/]", re.IGNORECASE)
_PLAIN = re.compile(r"@?[\w][\w.:@+-]*", re.ASCII)


class Target(NamedTuple):
    """A target, and the word that it was typed by, which names it in other options."""

    word: str
    data: dict[str, Any]


def read_target(word: str, load: Load) -> Target:
    """The target that a word means. Raises UsageError for one that means none."""
    kind, colon, name = word.partition(":")
    if colon and kind in ("vk", "prompt") and name and name == name.strip() and name.isprintable():
        return Target(word, {"virtual_key" if kind == "vk" else "prompt_id": name})
    if word == "request":
        return Target(word, {"passthrough": True})
    if _FILE.match(word):
        return Target(word, copy.deepcopy(dict(load(word))))
    provider, slash, model = word.partition("/")
    if not _PLAIN.fullmatch(provider) or (slash and not model) or not word.isprintable():
        raise UsageError("A target is not of a form that is known", f"It is one of: {FORMS}.")
    return Target(word, {"provider": provider, **({"override_params": {"model": model}} if model else {})})


def read_weighted(word: str, load: Load) -> Target:
    """The target of `@a=0.7`, with its weight; without one it has none of its own."""
    before, equals, weight = word.rpartition("=")
    if not equals:
        return read_target(word, load)
    found = number(weight.removesuffix("%"))
    if found is None or found < 0:
        raise UsageError("A target's weight is a number, 0 or more", "Such as: --loadbalance @a=0.7 @b=0.3")
    target = read_target(before, load)
    return Target(target.word, {**target.data, "weight": found})


def targets_within(config: dict[str, Any]) -> list[Target]:
    """The targets of a config from a file, by the words that would have been typed for them."""
    found = []
    for level in each_level(config):
        provider, model = level.data.get("provider"), object_in(level.data, "override_params").get("model")
        if level.above and isinstance(provider, str) and isinstance(level.data, dict):
            found.append(Target(provider, level.data))
            if isinstance(model, str):
                found.append(Target(f"{provider}/{model}", level.data))
    return found


def name_for(target: Target, taken: set[str]) -> str:
    """A name by which a condition leads to it, such as `a` or `a-2`; its own where it has one."""
    own = target.data.get("name")
    base = own if isinstance(own, str) and own else _base(target.word)
    name, count = base, 2
    while name in taken:
        name, count = f"{base}-{count}", count + 1
    taken.add(name)
    return name


def _base(word: str) -> str:
    if _FILE.match(word):
        return os.path.splitext(os.path.basename(word.replace("\\", "/")))[0] or "config"
    return re.sub(r"[^\w.-]+", "-", word, flags=re.ASCII).strip("-") or "target"
