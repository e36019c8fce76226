r"""Text with secret references in it: `NUL reference NUL` stands where a secret goes.

A NUL can be in no header, no environment value and no JSON text, so a marker is never taken for
anything else. What is stored (caches, state, history) holds markers; secrets are filled in at the last
moment.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MASK = "••••••••"


def marker(reference: str) -> str:
    """The text that stands for the secret of that reference."""
    return f"\0{reference}\0"


def references_in(template: str) -> list[str]:
    """The references that a template holds, in order."""
    return _pieces(template)[1::2]


def literals_of(template: str) -> list[str]:
    """The pieces between the markers, the text before the first and behind the last among them."""
    return _pieces(template)[::2]


def fill(template: str, replacement: Callable[[str], str]) -> str:
    """The template with each marker replaced by `replacement(reference)`."""
    if not has_secret(template):
        return template
    pieces = _pieces(template)
    pieces[1::2] = map(replacement, pieces[1::2])
    return "".join(pieces)


def mask(template: str) -> str:
    """The template as it may be shown: dots for each secret."""
    return fill(template, lambda _: MASK)


def has_secret(template: str) -> bool:
    """Whether a secret goes into that text."""
    return "\0" in template


def _pieces(template: str) -> list[str]:
    """Texts and references in turn, a text first and last; a NUL that none follows begins no marker."""
    pieces = template.split("\0")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["\0".join(pieces[-2:])]
    return pieces
