"""Claude Code itself: whether it is there, and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.doctor.client_program import KNOWN_GOOD, PACKAGE, version_of
from tray.doctor.finding import note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def client(context: Context) -> Iterator[Finding]:
    """A client that is missing, or older than what is known to work."""
    path = context.client
    if path is None:
        what = "Claude Code was not found: not on PATH, nor where its installers put it"
        why = "There is nothing here that would use a profile."
        yield warning("client-missing", what, why, f"npm install -g {PACKAGE}")
        return
    version = version_of(path, context.environ)
    if version is None:
        why = "An old one may not follow a switch."
        yield note("client-version", f"The version of {path} is not known", why, "claude update")
    elif version < KNOWN_GOOD:
        what = f"Claude Code {_text(version)} ({path}) is older than {_text(KNOWN_GOOD)}"
        why = "Running sessions may not follow a switch, and requests may be missing in Portkey's logs."
        yield warning("client-old", what, why, "claude update")


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
