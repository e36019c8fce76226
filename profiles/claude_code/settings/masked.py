"""Values of a settings file as they may be shown: dots where a secret is, or may be. Pure."""

from __future__ import annotations

from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_markers import MASK
from profiles.claude_code.own_command import is_own_helper
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY
from profiles.claude_code.routing_names import PROXY_HELPER
from profiles.claude_code.settings.parse import actual_values
from profiles.claude_code.settings.secret_parts import secret_parts

if TYPE_CHECKING:
    from profiles.claude_code.settings.parse import Settings


def mask_value(slot: str, value: str) -> str:
    """A value read from the file as it may be shown: dots where a secret is, or may be."""
    if slot == PROXY_HELPER or (slot == HELPER_KEY and not is_own_helper(value)):
        return _mask_command(value)
    if slot.startswith("header."):
        name = slot.removeprefix("header.")
        parts = secret_parts(HEADERS_SLOT, dumps(f"{name}: {value}"))
    else:
        parts = secret_parts(slot, dumps(value))
    return _mask_parts(value, parts)


def _mask_command(command: str) -> str:
    """The program alone, of which nobody knows what else is in its line: `KEY=… program`, or a bare key."""
    program, *rest = command.split(None, 1) or [""]
    name, is_variable, _ = program.partition("=")
    shown = f"{name}={MASK}" if is_variable else _mask_parts(program, secret_parts("", dumps(program)))
    return f"{shown} {MASK}" if rest else shown


def _mask_parts(value: str, parts: list[str]) -> str:
    for part in sorted(parts, key=len, reverse=True):
        shown = loads(f'"{part}"')
        value = value.replace(shown, MASK) if shown in value else MASK
    return value


def masked_values(settings: Settings) -> dict[str, str]:
    """What the file says, by slot, as it may be shown."""
    return {slot: mask_value(slot, value) for slot, value in actual_values(settings).items()}
