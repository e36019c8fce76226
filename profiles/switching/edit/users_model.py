"""The top-level `model` of the user's own: does it go along with a profile? Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import MODEL
from profiles.claude_code.settings.parse import plain
from profiles.portkey.model_names import is_alias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.claude_code.settings.parse import Settings
    from profiles.profile.rendering import Rendered


def is_for_any_route(settings: Settings, displaced: Mapping[str, str]) -> bool:
    """Whether the one displaced, or else there, is an alias: each profile gives that a meaning of its own."""
    member = settings.member(MODEL)
    raw = displaced.get(MODEL) or (settings.raw(member) if member is not None else "")
    return is_alias(raw.strip('"'))


def users_alias(settings: Settings, before: Rendered | None, known: str) -> str:
    """The raw alias of the user's that stands there; the one `known` where a model is in its place since."""
    member = settings.member(MODEL)
    if before is not None and before.model:
        return known
    raw = settings.raw(member) if member is not None else ""
    return raw if not raw or is_alias(raw.strip('"')) else known


def picked(settings: Settings, before: Rendered | None) -> str:
    """The one that stands there and that the last profile did not write, such as by `/model`; or ""."""
    member = settings.member(MODEL)
    text = plain(member.value) if member is not None else ""
    return "" if before is not None and text == before.model else text


def stays(settings: Settings, before: Rendered | None, *, to_profile: bool, same_route: bool) -> bool:
    """Whether the one picked is left where it is: any on the same route, and an alias with every profile.

    But not an alias that was picked in place of the last profile's own model.
    """
    model = picked(settings, before)
    alone = before is None or not before.model
    return bool(model) and (same_route or (to_profile and alone and is_alias(model)))
