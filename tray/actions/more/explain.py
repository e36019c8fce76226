"""What a profile or a config does: where requests go, by which models, and what follows a failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.portkey.config.explaining.failures import Failure, failures
from profiles.portkey.config.explaining.matching import target_for
from profiles.portkey.config.explaining.phrases import either
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.explaining.tree import Explained, explained
from profiles.portkey.config.findings import shown_path
from profiles.profile.config.file import config_of, config_path
from profiles.profile.config.names import kept_names, name_in
from profiles.profile.rendering import base_url_of, slugs_of
from tray.actions.account.configs.saved import pull
from tray.actions.account.configs.used_models import UsedModel, models_used
from tray.actions.profiles.overview import key_state

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile
    from tray.actions.profiles.overview import KeyState
    from tray.app import App


class ExplainedProfile(NamedTuple):
    """What of a profile is no config's: the API format, the key, what goes along with each request."""

    name: str
    format: str
    gateway: str
    route: str
    config_name: str | None
    key: KeyState
    key_delivery: str
    metadata: dict[str, str]
    when_unreachable: str | None


class Explanation(NamedTuple):
    """What is explained: a profile, and the config of it, of a file, or saved at Portkey.

    `config` is null where the profile's is saved and cannot be asked for now, and `sentence` is then of the
    profile alone; `chosen` is the path of the target that the profile's own metadata lead to, null where
    nothing, or not they alone, choose one.
    """

    profile: ExplainedProfile | None
    file: str | None
    id: str | None
    sentence: str
    config: Explained | None
    chosen: str | None
    models: tuple[UsedModel, ...]
    failures: tuple[Failure, ...]


def explain_profile(app: App, name: str) -> tuple[Explanation, tuple[str, ...]]:
    """A profile by what is kept of it; a config saved at Portkey is asked of the account, and never kept.

    The notes say why it cannot be, where it cannot.
    """
    profile, rendered = app.store.load(name), app.store.rendered(name)
    saved = profile.route.id if profile.route.kind == "config" else None
    about = ExplainedProfile(
        name, profile.dialect, base_url_of(rendered), rendered.hint,
        name_in(kept_names(app.locations), rendered), key_state(app, profile), profile.delivery,
        dict(profile.metadata), profile.when_unreachable,
    )  # fmt: skip
    try:
        config = config_of(profile) if saved is None else pull(app, name, saved, None)[1].config
    except PkccError as error:
        if saved is None:
            raise
        models = models_used(app.locations, rendered, None, of_profile=True)
        said = f"Sends every request where the saved config {saved} says."
        notes = (f"What {saved} says cannot be seen now. {error.title}. {error.hint}",)
        return Explanation(about, None, saved, said, None, None, models, ()), notes
    config = _with_route(profile, config)
    tree = explained(config)
    said = _by_model(rendered) if profile.route.kind == "none" else sentence(config)
    chosen = target_for(config, profile.metadata) if isinstance(config, Mapping) else None
    models = models_used(app.locations, rendered, tree, of_profile=True)
    found = Explanation(about, config_path(profile), saved, said, tree, chosen, models, failures(config))
    return found, ()


def explain_saved(app: App, name: str, saved: str) -> Explanation:
    """A config saved in the workspace of a profile's key. Raises PkccError where it cannot be asked for."""
    config = pull(app, name, saved, None)[1].config
    tree = explained(config)
    models = models_used(app.locations, app.store.rendered(name), tree, of_profile=False)
    return Explanation(None, None, saved, sentence(config), tree, None, models, failures(config))


def explain_config(app: App, file: str, config: object) -> tuple[Explanation, tuple[str, ...]]:
    """A config of a file; prices are not known there, for no account is. A note says that it is wrong."""
    from profiles.portkey.config.config import check_config

    tree = explained(config)
    models = models_used(app.locations, None, tree, of_profile=False)
    errors = [found for found in check_config(config) if found.level == "error"]
    notes = tuple(
        f"A gateway would refuse this config: {shown_path(each.path)} {each.message}" for each in errors[:1]
    )
    return Explanation(None, file, None, sentence(config), tree, None, models, failures(config)), notes


def _by_model(rendered: Rendered) -> str:
    """The sentence of a profile without a header line for its route."""
    slugs = slugs_of(rendered)
    named = f" ({either(slugs)})" if slugs else ""
    return (
        f"Sends a request to the provider that its model's name begins with{named}, "
        "and any other by the default config of the key."
    )


def _with_route(profile: Profile, config: object) -> object:
    """The config with what the profile names beside it; without one that alone, which says the same."""
    route = profile.route.model_dump(exclude_none=True, include={"provider", "virtual_key"})
    if config is None:
        return route
    return {**route, **config} if isinstance(config, Mapping) else config
