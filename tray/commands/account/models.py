"""models: what a profile's key may use, with prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tray.actions.account.ask import kept_account_of
from tray.actions.account.models import list_models
from tray.actions.which_profile import active_unless_named
from tray.commands.names import add_name
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.account import model_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_models(parser: argparse.ArgumentParser) -> None:
    """[NAME] [--provider @slug] [--claude]."""
    add_name(parser, help_text="a profile's name (default: the active one)", nargs="?")
    action = parser.add_argument("--provider", metavar="@SLUG", help="only the models of that provider")
    action.completer = complete_providers  # type: ignore[attr-defined]
    flag(parser, "--claude", "only Claude models")


def complete_providers(parsed_args: argparse.Namespace | None = None, **_: Any) -> list[str]:
    """The providers of the profile that is named, or active, for the shell's completion: as last listed."""
    import os

    from profiles.gateway.account.known import Known
    from tray.app import App

    app = App.start(os.environ, getattr(parsed_args, "config_dir", None), None, wants_json=True)
    name = active_unless_named(app, getattr(parsed_args, "name", None), "")
    account = kept_account_of(app.locations, app.store.rendered(name))
    if account is None:
        return []
    providers = account.providers()
    if not isinstance(providers, Known):
        providers = account.offer().providers  # those that its models name
    return [f"@{each.slug}" for each in providers.value] if isinstance(providers, Known) else []


def models(app: App, name: str | None, *, provider: str | None, claude: bool) -> Report:
    """The models that the key may use. Raises ConflictError when no profile is active and none is named."""
    profile = active_unless_named(app, name, "Name one: `pkcc-tray models NAME`.")
    found, notes = list_models(app, profile, provider, claude_only=claude)
    return report(found, model_lines, notes=notes)
