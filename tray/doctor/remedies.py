"""What mends a value, by where it was set: shared by the checks of the route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.owned import ROUTE_SLOTS, variable_of

if TYPE_CHECKING:
    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def mended(context: Context, slot: str, finding: Finding) -> Finding:
    """The finding with what mends the value of a slot, where it was set."""
    value = context.values.get(slot)
    if value is None or value.source == "user":
        if context.active:
            return finding._replace(command=context.ours("restore"))
        if not has_route(context):
            return finding._replace(command=context.ours("add", free_name(context), "--switch"))
        name = free_name(context)
        importing = context.ours("import", "--name", name)
        return finding._replace(
            command=f"{importing} && {context.ours('switch', name)}",
            advice="A profile made of these settings puts them right.",
        )
    if value.source == "shell":
        return finding._replace(
            command=context.unset(variable_of(slot)), advice="Take it out of your shell's start-up files."
        )
    return finding._replace(advice=f"Change it in {value.path}.")


def free_name(context: Context) -> str:
    """A name for a profile made of the settings that is not taken."""
    names = {name.lower() for name in context.profiles}
    return next(name for name in ("portkey", *(f"portkey-{n}" for n in range(2, 999))) if name not in names)


def has_route(context: Context) -> bool:
    """Whether the headers tell the gateway where to send requests on: what an import needs as well."""
    return any(map(context.text, ROUTE_SLOTS))
