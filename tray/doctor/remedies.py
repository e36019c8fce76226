"""What several checks say, and what fixes a value, by where it was set: a command and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.names import catalog_of
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


def edited(context: Context, name: str) -> tuple[str, str]:
    """What changes a profile by hand: its editor; advice for one of a catalog, which nobody changes here."""
    if catalog_of(name):
        return "", f"Ask {catalog_of(name)}'s publisher. `pkcc-tray copy {name} mine` makes one of your own."
    return context.ours("edit", name), ""


def with_field(context: Context, name: str, field: str, *value: str) -> tuple[str, str]:
    """What gives a profile's field another value, or takes it out: `set`, or `override` of a catalog's.

    Advice in its place where the catalog keeps the field as it is.
    """
    if not catalog_of(name):
        return context.ours("set", name, field, *value), ""
    from profiles.catalogs.kept.looking import may_override

    if may_override(context.locations, name, field):
        return context.ours("catalog", "override", name, field, *value), ""
    return edited(context, name)


def with_helper(context: Context, name: str) -> tuple[str, str]:
    """What takes that profile's key out of the settings."""
    profile = context.profiles[name]
    as_token = isinstance(profile, PkccError) or profile.key_in in (None, "token")
    first = [] if as_token else [with_field(context, name, "key_in", "--unset")]
    done = [*first, with_field(context, name, "key_delivery", "helper")]
    if advice := next((advice for command, advice in done if not command), ""):
        return "", advice
    return context.in_turn(*(command for command, _ in done), context.ours("switch", name)), ""


def free_name(context: Context) -> str:
    """A name for a profile made of the settings that is not taken."""
    names = {name.lower() for name in context.profiles}
    return next(name for name in ("portkey", *(f"portkey-{n}" for n in range(2, 999))) if name not in names)


def has_route(context: Context) -> bool:
    """Whether the headers, or the models' names, tell the gateway where to send requests on."""
    return any(map(context.text, ROUTE_SLOTS)) or bool(slugs_in(map(context.text, MODEL_SLOTS.values())))
