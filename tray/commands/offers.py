"""What a press of Tab offers where a provider, a config or a model is typed: as last listed, asking nothing.

Of the profile that the line names, else of the one used here; where there is none yet, of every account that
was asked. No key is looked up.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from profiles.gateway.account.names import KeptNames
    from profiles.profile.rendering import Rendered


def providers(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Such as `{"@anthropic-prod": "Anthropic, production"}`."""
    return {f"@{slug}": words for slug, words in _names(parsed_args)[0].providers().items()}


def targets(prefix: str = "", parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Providers, and behind a provider's slash its models."""
    if "/" not in prefix:
        return providers(parsed_args)
    return dict.fromkeys(_in_order(_names(parsed_args)[0].models(prefix)), "")


def virtual_keys(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Such as `{"anthropic-prod": "Anthropic, production"}`."""
    return _names(parsed_args)[0].providers()


def configs(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Such as `{"pc-main-ca7a87": "Main fallback"}`."""
    return _names(parsed_args)[0].configs()


def models(prefix: str = "", parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Models as the route takes them: those of its provider without the slug, else `@slug/model`."""
    names, rendered = _names(parsed_args)
    provider, by_config = _route(parsed_args, rendered)
    if prefix.startswith("@") or not (provider or by_config):
        return dict.fromkeys(_in_order(names.models(prefix)), "")
    found = [model for model in names.models(f"@{provider}/" if provider else "@") if "/" in model]
    return dict.fromkeys(_in_order([model.partition("/")[2] for model in found]), "")


def _in_order(models: list[str]) -> list[str]:
    """Claude's first, for the shells that keep an order."""
    return sorted(models, key=lambda model: "claude" not in model)


def _route(line: argparse.Namespace | None, rendered: Rendered | None) -> tuple[str, bool]:
    """The slug of the provider that the line names, else the profile; and whether a config chooses it."""
    from profiles.portkey.header_names import CONFIG, PROVIDER, VIRTUAL_KEY

    named = getattr(line, "virtual_key", None) or getattr(line, "provider", None)
    if rendered is None or named:
        return (named or "").removeprefix("@"), bool(getattr(line, "config", None))
    headers = dict(rendered.headers)
    return (headers.get(VIRTUAL_KEY) or headers.get(PROVIDER, "")).removeprefix("@"), CONFIG in headers


def _names(line: argparse.Namespace | None) -> tuple[KeptNames, Rendered | None]:
    """What is kept of the account that the line is about; and its profile, None for one that is yet to be."""
    import os
    from contextlib import suppress

    from profiles.base.errors import ConflictError
    from profiles.gateway.account.names import all_names, names_of
    from tray.actions.which_profile import used_here_unless_named
    from tray.app import App

    app = App.start(os.environ, getattr(line, "config_dir", None), None, wants_json=True)
    name = getattr(line, "profile", None) or getattr(line, "name", None)
    if not name:
        with suppress(ConflictError):
            name = used_here_unless_named(app, None, "").name
    if name is None or name not in app.store.names():
        return all_names(app.locations), None
    rendered = app.store.rendered(name)
    return names_of(app.locations, rendered), rendered
