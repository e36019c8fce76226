"""The key in what a manager's program has printed. Pure."""

from __future__ import annotations

from profiles.base.errors import SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.secret_references.manager_row import Manager


def text_in(manager: Manager, parts: Mapping[str, str], printed: bytes) -> str:
    """The key's text, as the manager's row says where it lies. Raises SecretUnavailableError, without a hint.

    A reference's own `#key` is looked up in the text, where the program was not asked for it.
    """
    text = printed.decode("utf-8-sig", "replace")
    if manager.reads == "first line":
        text = text.partition("\n")[0]
    elif manager.reads == "json":
        text = _text_at(manager.title, text, manager.inside)
    if "key" in parts and not manager.key_needed:
        text = _text_at(manager.title, text, parts["key"])
    return text


def _text_at(title: str, text: str, name: str) -> str:
    """The text that JSON is, or that its object has under that name."""
    import json

    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise SecretUnavailableError(f"What {title} gave is no JSON") from None
    if name:
        if not isinstance(found, dict) or name not in found:
            raise SecretUnavailableError(f"What {title} gave has no {name!r} in it")
        found = found[name]
    if not isinstance(found, str):
        raise SecretUnavailableError(f"What {title} gave is no text")
    return found
