"""Claude Code itself: whether it is there, and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.programs.paths import which
from tray.doctor.client_program import KNOWN_GOOD, PACKAGE, in_an_editor, version_of
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
        yield warning("client-missing", what, why, installing(context))
        return
    version = version_of(path, context.environ)
    if version is None:
        why = "An old one may not follow a switch."
        yield note("client-version", f"The version of {path} is not known", why, *_updating(context, path))
    elif version < KNOWN_GOOD:
        what = f"Claude Code {_text(version)} ({path}) is older than {_text(KNOWN_GOOD)}"
        why = "Running sessions may not follow a switch, and requests may be missing in Portkey's logs."
        yield warning("client-old", what, why, *_updating(context, path))


def installing(context: Context) -> str:
    """The command that installs the client: npm where it is there, else Anthropic's own installer."""
    if which("npm", context.environ):
        return f"npm install -g {PACKAGE}"
    if context.platform == "win32":
        return "irm https://claude.ai/install.ps1 | iex"
    return "curl -fsSL https://claude.ai/install.sh | bash"


def _updating(context: Context, path: str) -> tuple[str, str]:
    if path == in_an_editor(context.home):
        return "", "Update its extension in the editor."
    return context.shell("claude" if path == which("claude", context.environ) else path, "update"), ""


def _text(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
