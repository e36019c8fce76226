"""What can be typed into a profile's fields: by what its account said last, and what other profiles name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.gateway.account.known import Problem
from profiles.gateway.account.names import names_of
from profiles.portkey.model_names import is_claude
from profiles.profile.config.names import kept_names
from profiles.profile.rendering import models_of
from tray.actions.account.ask import AccountError, account_of

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from tray.app import App

_MOST = 80  # models: an account may offer ten thousand


class Suggestions(NamedTuple):
    """Providers such as `@slug`, configs by their ids, each with what people call it; and models."""

    providers: tuple[tuple[str, str], ...]
    configs: tuple[tuple[str, str], ...]
    models: tuple[str, ...]


def suggestions(app: App, name: str) -> Suggestions:
    """What is known for that profile; nothing is asked."""
    rendered = app.store.rendered(name)
    known = names_of(app.locations, rendered)
    providers = {f"@{slug}": words for slug, words in known.providers().items()}
    models: dict[str, None] = dict.fromkeys(_models_along(rendered, known.models("@")))
    for other in app.store.all_rendered():
        models |= dict.fromkeys(models_of(other).values())
        route = other.hint
        if route.startswith("@") and " " not in route:
            providers.setdefault(route, "")
    configs = {**kept_names(app.locations), **dict(known.saved_configs())}
    return Suggestions((*providers.items(),), (*configs.items(),), (*models,)[:_MOST])


def look_up(app: App, name: str) -> None:
    """Ask the profile's account what it offers, which `suggestions` then knows. Raises PkccError."""
    with account_of(app, app.store.rendered(name)) as account:
        found = account.offer()
    problems = [each for each in (found.models, found.providers, found.configs) if isinstance(each, Problem)]
    if len(problems) == 3:  # nothing was told
        raise AccountError(problems[0])


def _models_along(rendered: Rendered, ids: list[str]) -> list[str]:
    """Those that the profile's route leads to, as it names them; Claude's first."""
    route = rendered.hint
    if route.startswith("@") and " " not in route:
        ids = [each.removeprefix(f"{route}/") for each in ids if each.startswith(f"{route}/")]
    return sorted(ids, key=lambda each: not is_claude(each.rpartition("/")[2]))
