"""What people call a model, a host, a path, a place for keys. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

STORES = {"keyring": "the system keyring", "vault": "the vault"}  # where keys of ours lie
_CLAUDE = re.compile(r"(?:.*[/.])?claude-([a-z]+)-(\d{1,2})-(\d{1,2})(?:[-@]\d{8})?(?:-v\d(?::\d)?)?")


def model_in_short(model: str) -> str:
    """Such as `Opus 4.6` for `claude-opus-4-6`; another's name as it is."""
    match = _CLAUDE.fullmatch(model)
    return model if match is None else f"{match[1].capitalize()} {match[2]}.{match[3]}"


def host_of(url: str) -> str:
    """Such as `api.portkey.ai`; the text itself where it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.netloc.rpartition("@")[2] or url


def home_short(path: str, home: str) -> str:
    """A path with `~` for the home directory."""
    return f"~{path[len(home) :]}" if home and (path == home or path.startswith(f"{home}/")) else path


def tilde(text: str, home: str) -> str:
    """A text with `~` for the home directory in each path."""
    return re.sub(rf"(?<![\w/.~-]){re.escape(home)}(?=/|$|[\s,;:)])", "~", text) if home else text


def in_home(command: str, home: str) -> str:
    """A command line with `~` for the home directory, where a shell takes that for it."""
    return re.sub(rf"(?<=\s){re.escape(home)}(?=/)", "~", command) if home else command


def within(text: str) -> str:
    """A text as it stands within a sentence: its first letter small."""
    return text[:1].lower() + text[1:]


def listed(names: Sequence[str], most: int = 0) -> str:
    """Such as `a, b and c`; "" for none. Where there are more than `most`: `a, b and 6 more`."""
    if 0 < most < len(names):
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
