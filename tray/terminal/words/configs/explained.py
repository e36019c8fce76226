"""The lines of `explain`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.profile.config.file import shown_name
from profiles.profile.config.names import with_name
from tray.terminal.words.columns import table
from tray.terminal.words.profiles import key_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.portkey.config.explaining.tree import Explained
    from tray.actions.account.configs.used_models import UsedModel
    from tray.actions.account.models import ModelPrice
    from tray.actions.more.explain import ExplainedProfile, Explanation

_APIS = {"messages": "Anthropic's own", "vertex": "Google Vertex AI's", "bedrock": "Amazon Bedrock's"}
_DELIVERY = {
    "helper": "a helper hands it to Claude Code, and no key is in the settings",
    "settings": "it is written into the settings file in clear text",
}


def explanation_lines(found: Explanation) -> list[str]:
    """All of it: the sentence, the profile, the tree, models, and what happens on failures."""
    lines = head_lines(found)
    if found.config is not None and has_tree(found):
        lines += ["", "Where requests go", *_tree(found.config, found, "  ")]
    if models := model_rows(found):
        lines += ["", "Models", *table(models, "  ")]
    if rows := failure_rows(found):
        lines += ["", "When something fails", *table(rows, "  ")]
    return lines


def head_lines(found: Explanation) -> list[str]:
    """Whose it is, what it does in a sentence, and what only a profile has."""
    name = found.profile.name if found.profile else found.id or found.file or ""
    lines = [f"{shown_name(name)}: {found.sentence}"]
    return lines + ([] if found.profile is None else table([*_profile_rows(found.profile, found)], "  "))


def _profile_rows(profile: ExplainedProfile, found: Explanation) -> Iterator[list[str]]:
    yield ["format", f"{profile.format}, {_APIS[profile.format]}, at {profile.gateway}"]
    yield ["route", with_name(profile.route, profile.config_name)]
    if found.file:
        yield ["config", f"{found.file}, read again at every switch"]
    reference = "a command" if profile.key.reference.startswith("cmd:") else profile.key.reference
    yield ["key", f"{reference}, {key_place(profile.key)}; {_DELIVERY[profile.key_delivery]}"]
    if profile.metadata:
        yield ["logs", ", ".join(f"{name}={value}" for name, value in profile.metadata.items())]


def has_tree(found: Explanation) -> bool:
    """Whether the config says more than its sentence does."""
    return found.config is not None and bool(found.config.targets)


def _tree(level: Explained, found: Explanation, indent: str) -> Iterator[str]:
    yield f"{indent}{'- ' if level.when else ''}{level_words(level, found)}"
    inner = indent + "  "
    for text in detail_words(level, found):
        yield f"{inner}  {text}"
    for target in level.targets:
        yield from _tree(target, found, inner)


def level_words(level: Explained, found: Explanation) -> str:
    """Such as `70 %: goes to @a with model m`."""
    chosen = "  <- requests of this profile itself" if level.path == found.chosen else ""
    return f"{level.when}: {level.does}{chosen}" if level.when else f"{level.does}{chosen}"


def detail_words(level: Explained, found: Explanation) -> list[str]:
    """What a level says besides, and the price and the end of its model."""
    here = [each for each in found.models if each.path == level.path]
    return [*level.details, *(f"{each.model}: {about}" for each in here if (about := about_model(each)))]


def failure_rows(found: Explanation) -> list[list[str]]:
    """What goes wrong, and what happens then."""
    rows = [[*each] for each in found.failures]
    other = found.profile.when_unreachable if found.profile else None
    if other:
        rows.append(["no gateway", f"the tray offers the profile {other}, or switches to it, as you prefer"])
    return rows


def model_rows(found: Explanation) -> list[list[str]]:
    """The profile's own names for models, and what is known of each."""
    rows = [each for each in found.models if each.used_as is not None]
    return [[each.used_as or "", _named(each), about_model(each)] for each in rows]


def _named(model: UsedModel) -> str:
    return f"{model.provider}/{model.model}" if model.provider else model.model


def about_model(model: UsedModel) -> str:
    """Such as `$ 3.00 in, $ 15.00 out for a million tokens; will be retired on November 30, 2026`."""
    return "; ".join(part for part in (_price(model.price), model.ends or "") if part)


def _price(price: ModelPrice | None) -> str:
    if price is None:
        return ""
    sides = ((price.input, "in"), (price.output, "out"))
    told = [f"$ {dollars:.2f} {side}" for dollars, side in sides if dollars is not None]
    return f"{', '.join(told)} for a million tokens" if told else ""
