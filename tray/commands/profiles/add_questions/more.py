"""What few profiles need: asked only where a person says so, before the profile is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.claude_code.dialects import DIALECTS
from tray.actions.account.choice import Choice
from tray.actions.profiles.adding.answers import metadata
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import ask, ask_valid

if TYPE_CHECKING:
    from tray.app import App


def ask_more(app: App, options: dict[str, Any]) -> None:
    """Label, API format, how the key is handed over, metadata: put among the options."""
    options["label"] = ask("Label, for lists (may be empty)", options["label"])
    options["dialect"] = choose(
        app.environ,
        "Which API format?",
        [
            Choice("messages", "messages", "ANTHROPIC_BASE_URL, what Portkey recommends; any provider"),
            Choice("vertex", "vertex", "ANTHROPIC_VERTEX_BASE_URL, for Google Vertex AI"),
            Choice("bedrock", "bedrock", "ANTHROPIC_BEDROCK_BASE_URL, for Amazon Bedrock"),
        ],
        default=options["dialect"] or "messages",
    )
    ask_delivery(app, options)
    question = "Metadata, such as team=engineering (may be empty)"
    while answer := ask_valid(question, metadata):
        options["metadata"] = [*options["metadata"], answer]
        question = "More metadata (empty: no more)"


def ask_delivery(app: App, options: dict[str, Any]) -> None:
    """Only where the two differ in what is the default: `messages` has the helper."""
    dialect = DIALECTS[options["dialect"] or "messages"]
    if dialect.delivery == "helper" or options["key_delivery"] or options["key_in"]:
        return
    options["key_delivery"] = choose(
        app.environ,
        "How does Claude Code get the key?",
        [
            Choice("helper", "from a helper, as a bearer token", "no key in the settings file"),
            Choice(
                "settings",
                "written into the settings file in clear text",
                "as Portkey documents it: hooks and MCP servers see it",
            ),
        ],
    )
