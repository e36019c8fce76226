"""What people call a setting of Claude Code's, and a model in it: for windows, menus and notices. Pure."""

from __future__ import annotations

import re

from profiles.base.text import printable
from profiles.claude_code.owned_slots import (
    API_KEY_SLOT,
    BASE_URL_SLOTS,
    HELPER_KEY,
    MODEL_SLOTS,
    TOKEN_SLOT,
    name_in,
)
from profiles.portkey.header_names import CONFIG, METADATA, PORTKEY_KEY, PROVIDER, TRACE_ID, VIRTUAL_KEY

_LONGEST_NAME = 64
_WORD = re.compile(r"[\w.-]+")
_MODELS = {
    "setting": "New sessions",
    "default": "New sessions",
    "opus": "Opus",
    "sonnet": "Sonnet",
    "haiku": "Haiku",
    "fable": "Fable",
    "small_fast": "Small tasks",
    "subagent": "Sub-agents",
    "otherwise": "Otherwise",
    "custom": "Own row",
}
_SETTINGS = {
    **dict.fromkeys(BASE_URL_SLOTS.values(), "Gateway address"),
    **{slot: f"{_MODELS[field]} model" for field, slot in MODEL_SLOTS.items()},
    HELPER_KEY: "Key helper",
    TOKEN_SLOT: "Key",
    API_KEY_SLOT: "Key",
    f"header.{PORTKEY_KEY}": "Key",
    f"header.{PROVIDER}": "Provider",
    f"header.{CONFIG}": "Config",
    f"header.{VIRTUAL_KEY}": "Virtual key",
    f"header.{METADATA}": "Metadata",
    f"header.{TRACE_ID}": "Trace id",
}


def model_name(field: str) -> str:
    """Such as `Sonnet`."""
    return _MODELS.get(field, field)


def setting_name(slot: str) -> str:
    """Such as `Gateway address`; of what has no name of its own, what Claude Code calls it."""
    return _SETTINGS.get(slot, "") or slot_name(slot)


def spelled(slot: str) -> str:
    """What Claude Code calls it, where people call it otherwise; else ""."""
    return printable(name_in(slot), _LONGEST_NAME) if slot in _SETTINGS else ""


def slot_name(slot: str) -> str:
    """What Claude Code calls it, as it may be shown.

    Of a header line's name only its first word: a key may have slipped into the rest of it.
    """
    name = name_in(slot)
    word = _WORD.match(name)
    shown = word[0][:_LONGEST_NAME] if word else ""
    return shown if shown == name else f"{shown}…"
