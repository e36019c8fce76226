"""What several checks say, and what fixes a value, by where it was set: a command and advice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.owned_slots import MODEL_SLOTS, ROUTE_SLOTS, variable_of
from profiles.portkey.model_names import slugs_in

if TYPE_CHECKING:
    from tray.doctor.context import Context, Value

RETIRING = "From then on requests for it are refused."
RETIRED = "It is sent all the same, and refused where it is really gone."
IN_SHELL = "Or set it right, where your shell sets it."


def for_slot(context: Context, slot: str) -> tuple[str, str]:
    """What fixes the value of a slot, whatever set it."""
    value = context.values.get(slot)
    if value is not None and value.source != "user":
        return for_variable(context, variable_of(slot), value, "Take it out of your shell's start-up files.")
    if context.active:
        return context.ours("restore"), ""
    if not has_route(context):
        return context.ours("add", free_name(context), "--switch"), ""
    return imported(context), "A profile made of these settings puts them right."


def for_variable(context: Context, name: str, value: Value, in_shell: str = IN_SHELL) -> tuple[str, str]:
    """What fixes a variable of the shell's, or of a file that is the user's to change."""
    if value.source == "shell":
        return context.unset(name), in_shell
    return "", f"Change it in {value.path}."


def imported(context: Context, *options: str) -> str:
    """The command that makes a profile of the settings, and switches to it."""
    name = free_name(context)
    return context.in_turn(context.ours("import", "--name", name, *options), context.ours("switch", name))


def carried_profile(context: Context) -> str | None:
    """The profile whose settings these are, as `status` says it, though none is active."""
    if context.reading is None or context.stored.locked or not context.through_portkey:
        return None
    return context.switcher.matching(context.reading)


def with_helper(context: Context, name: str) -> str:
    """The command by which that profile's key goes out of the settings."""
    profile = context.profiles[name]
    ours = partial(context.ours, "set", name)
    as_token = isinstance(profile, PkccError) or profile.key_in in (None, "token")
    first = [] if as_token else [ours("key_in", "--unset")]
    return context.in_turn(*first, ours("key_delivery", "helper"), context.ours("switch", name))


def free_name(context: Context) -> str:
    """A name for a profile made of the settings that is not taken."""
    names = {name.lower() for name in context.profiles}
    return next(name for name in ("portkey", *(f"portkey-{n}" for n in range(2, 999))) if name not in names)


def has_route(context: Context) -> bool:
    """Whether the headers, or the models' names, tell the gateway where to send requests on."""
    return any(map(context.text, ROUTE_SLOTS)) or bool(slugs_in(map(context.text, MODEL_SLOTS.values())))
