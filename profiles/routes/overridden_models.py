"""What settings files do to the models that a profile names, or leaves to Claude Code. Pure.

Seen with client 2.1.332: `modelOverrides` puts another id in the place of each Anthropic id asked for; an
explicit choice that `availableModels` leaves out falls to the client's default, with
`enforceAvailableModels` what an alias stands for, too. Files of a project do so as well.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.owned_slots import MODEL, MODEL_SLOTS, RULES_FOR_MODELS
from profiles.files.json_documents import json_or_none
from profiles.portkey.model_names import is_alias
from profiles.profile.rendering import models_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.routes.sources import Source

OVERRIDES, AVAILABLE, ENFORCE = RULES_FOR_MODELS
_KINDS = ("opus", "sonnet", "haiku", "fable")


class Overridden(NamedTuple):
    """A setting that changes which model is asked for: in which file, its key, and a sentence about it."""

    path: str
    key: str
    text: str


def overridden_models(
    sources: Sequence[Source], rendered: Rendered, *, by_exec: bool = False
) -> list[Overridden]:
    """What of the settings files overrides the models of that profile, in force by them or for an `exec`.

    For an `exec` the profile's own `model` is a variable, and those of the files do not count.
    """
    models = models_of(rendered)
    found = [Overridden(source.path, *row) for source in sources for row in _rules(source.rules, models)]
    if models.get("default") or _named_by_variable(sources, rendered, by_exec=by_exec):
        return found
    winner = next((source for source in sources if MODEL in source.values), None)
    text = winner.values[MODEL] if winner is not None else ""
    if winner is not None and text not in ("", rendered.model) and not is_alias(text):
        picked = winner.kind == "user" and not by_exec and not rendered.model
        words = picked_words(text) if picked else f"`model` ({text}) is asked for, whatever the route"
        found.append(Overridden(winner.path, MODEL, words))
    return found


def _named_by_variable(sources: Sequence[Source], rendered: Rendered, *, by_exec: bool) -> bool:
    """Whether a variable names the model, so that no file's `model` counts."""
    if by_exec:
        return bool(rendered.model)
    slot = MODEL_SLOTS["default"]
    return bool(next((source.values[slot] for source in sources if slot in source.values), ""))


def picked_words(model: str) -> str:
    """A sentence on a model that was picked while a profile without one of its own is active."""
    stays = "was picked since the switch, and stays as long as the route does"
    return f"`model` ({model}) {stays} (`pkcc-tray adopt` makes it the profile's own)"


def _rules(rules: Mapping[str, str], models: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    overrides = json_or_none(rules.get(OVERRIDES, "null"))
    for model, other in overrides.items() if isinstance(overrides, dict) else ():
        if isinstance(other, str) and _may_be_asked_for(model, models):
            yield OVERRIDES, f"`{OVERRIDES}` asks for {other} in the place of {model}, whatever the route"
    available = json_or_none(rules.get(AVAILABLE, "null"))
    if isinstance(available, list):
        chosen = _KINDS if rules.get(ENFORCE) == "true" else ()
        wanted = dict.fromkeys(models[field] for field in ("setting", "default", *chosen) if field in models)
        listed = [entry.lower() for entry in available if isinstance(entry, str)]
        if left_out := [model for model in wanted if not _is_available(model.lower(), listed, models)]:
            key = f"{AVAILABLE}` and `{ENFORCE}" if chosen else AVAILABLE
            text = f"leave out {', '.join(left_out)}: Claude Code takes a model of its own choice"
            yield AVAILABLE, f"`{key}` {text}"


def _is_available(model: str, listed: Sequence[str], models: Mapping[str, str]) -> bool:
    """Whether a list takes a model (both in small letters): by its kind, its id, or how that begins.

    A kind, such as `opus`, takes each name with that word in it, if no id of the kind is listed besides.
    """
    bare = model.removesuffix("[1m]")
    if is_alias(bare):
        meant = models.get(bare, bare).lower()
        return bare not in _KINDS or any(bare in entry or entry == meant for entry in listed)
    for entry in listed:
        if bare == entry or bare.startswith(f"{entry}-"):
            return True
        if entry in _KINDS and entry in bare and not any(entry in e and e != entry for e in listed):
            return True
    return False


def _may_be_asked_for(model: str, models: Mapping[str, str]) -> bool:
    """Whether that Anthropic id is one of the profile's, or of a kind that the profile leaves open."""
    kind = next((kind for kind in _KINDS if kind in model), "")
    return model in models.values() or kind not in models
