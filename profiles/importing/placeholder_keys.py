"""What stands where a key goes so that a client starts at all, and is none. Pure."""

from __future__ import annotations

import re

from profiles.base.secret_names import looks_like_key

SHORTEST_KEY = 8  # below, a placeholder such as "x" would be found in any name
_WORDS = re.compile(
    r"dummy|placeholder|unused|ignored?|fake|stand-?in|portkey|not[-_]?(used|needed|required)|(.)\2*",
    re.IGNORECASE,
)
_AROUND = re.compile(r"[-_. ]|sk-|(api|auth)?[-_]?(key|token)", re.IGNORECASE)


def is_placeholder(text: str) -> bool:
    """Whether a text in a key's place is no key: `dummy`, `-`, `not-needed`, `sk-dummy-key`, `xxxx`."""
    if len(text) < SHORTEST_KEY:
        return True
    return not looks_like_key(text) and (
        _WORDS.fullmatch(text) is not None or _WORDS.fullmatch(_AROUND.sub("", text)) is not None
    )
