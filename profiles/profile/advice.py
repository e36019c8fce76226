"""What is worth telling about a profile that is valid all the same. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.secret_names import is_secret_name
from profiles.base.secret_references.parse import is_reference
from profiles.portkey.editions import is_portkey_url
from profiles.portkey.header_names import LEFT_BYTES, PROVIDER, VIRTUAL_KEY, WARNED_BYTES
from profiles.portkey.model_names import is_alias, slugs_in
from profiles.profile.rendering import models_of, slugs_of
from profiles.profile.schema.fields import LOADER_VARIABLES
from profiles.profile.schema.model_advice import model_advice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile

_OPEN_SOURCE = "if this is the open-source gateway, it"
KEY_DECIDES = "no header line names a route, and no model an @slug: the key's own config has to"


def advise(
    profile: Profile, rendered: Rendered, config: Mapping[str, object] | None = None, *, managed: bool = False
) -> list[str]:
    """Sentences, one each, about what may not work as hoped; `config` is the Portkey config in use.

    `managed` says of a gateway of one's own that an account has answered there: it is no open-source one.
    """
    managed = managed or _hosted(profile)
    found = [f"{what}: {helps}" for what, helps in model_advice(rendered)]
    if profile.route.kind == "none" and managed and not slugs_of(rendered):
        found.append(KEY_DECIDES)
    elif profile.route.kind == "none" and managed and "fable" not in models_of(rendered):
        found.append(
            "no model is named for fable: the key's own config has to route Claude Code's own choice"
        )
    return found + advise_otherwise(profile, rendered, config, managed=managed)


def advise_otherwise(
    profile: Profile, rendered: Rendered, config: Mapping[str, object] | None = None, *, managed: bool = False
) -> list[str]:
    """The sentences of `advise` that hold for good, without those about its models."""
    managed = managed or _hosted(profile)
    found = [*_about_route(profile, rendered, managed=managed)]
    if config is not None:
        found += config_advice(with_provider(config, rendered), self_hosted=not managed)
    if profile.dialect != "messages" and _hosted(profile):
        found.append("Portkey's current pages recommend the messages format for its hosted gateway")
    if profile.model_discovery and profile.dialect != "messages":
        found.append("model_discovery does nothing here: the client asks in the messages format only")
    found += loader_advice(profile)
    found += clear_text_advice(profile)
    if rendered.helper and rendered.references():
        found.append(
            "a header, a variable or the config of it carries a secret: the settings file holds that one"
        )
    size = sum(len(name) + len(value) + 4 for name, value in rendered.headers)
    if size > WARNED_BYTES:
        found.append(f"the headers take {size} bytes; gateways refuse about {LEFT_BYTES} (431)")
    return found


def loader_advice(profile: Profile) -> list[str]:
    """A sentence for each variable of the profile by which programs load or run something."""
    return [
        f"extra_env.{name} makes programs load code: be sure that you want it, an import refuses it"
        for name in profile.extra_env
        if LOADER_VARIABLES.fullmatch(name)
    ]


def clear_text_advice(profile: Profile) -> list[str]:
    """A sentence for each header and variable of the profile that holds a secret and no reference to it."""
    return [
        f"{field}.{name} holds a secret in clear text: keep it with `pkcc-tray key set {name.lower()}`, then "
        f"`pkcc-tray set {profile.name} {field}.{name} keyring:{name.lower()}`"
        for field, values in (("extra_headers", profile.extra_headers), ("extra_env", profile.extra_env))
        for name, text in values.items()
        if is_secret_name(name) and not is_reference(text)
    ]


def _hosted(profile: Profile) -> bool:
    """Whether requests go to Portkey's own service."""
    return is_portkey_url(profile.base_url)


def _about_route(profile: Profile, rendered: Rendered, *, managed: bool) -> Iterator[str]:
    route = profile.route
    if route.kind == "none":
        models = dict.fromkeys(("opus", "sonnet", "haiku"), "") | models_of(rendered)  # left out: bare, too
        bare = [field for field, model in models.items() if not (slugs_in([model]) or is_alias(model))]
        if not managed:
            yield f"{_OPEN_SOURCE} needs a provider or a config, and no header line names one"
        elif bare and slugs_of(rendered):
            yield f"no @slug/ before a model for {', '.join(bare)}: the key's own config has to route those"
    if route.kind == "config" and route.id is not None:
        if not route.id.startswith("pc-"):
            yield f"the ids of saved configs begin with pc-: is {route.id} one?"
        if not managed:
            yield f"{_OPEN_SOURCE} knows no saved configs: give it one in a file (--config-file)"
    yield from _about_provider(profile, dict(rendered.headers), managed=managed)


def _about_provider(profile: Profile, headers: Mapping[str, str], *, managed: bool) -> Iterator[str]:
    provider, virtual_key = headers.get(PROVIDER, ""), headers.get(VIRTUAL_KEY, "")
    slug = provider.startswith("@")
    if slug and profile.dialect != "messages":
        yield f"{provider} must be a {profile.dialect} provider: others need the messages format"
    if managed:
        if profile.route.kind == "provider" and not slug:
            which = "the hosted gateway" if _hosted(profile) else "a gateway that Portkey manages"
            yield f"{which} needs a provider of your workspace: did you mean @{provider}?"
    elif slug or virtual_key:
        what = "virtual keys" if virtual_key else "@slugs"
        yield f"{_OPEN_SOURCE} knows no {what}: give it a plain provider name or a config"


def with_provider(config: Mapping[str, object], rendered: Rendered) -> Mapping[str, object]:
    """The config with the provider beside it, where it names none of its own."""
    provider = dict(rendered.headers).get(PROVIDER)
    if provider is None or "provider" in config or "targets" in config:
        return config
    return {"provider": provider, **config}


def config_advice(config: Mapping[str, object], *, self_hosted: bool) -> list[str]:
    """The checks' findings, those that say the same of several places together."""
    from profiles.portkey.config.config import check_config

    places: dict[str, list[str]] = {}
    for finding in check_config(config, self_hosted=self_hosted):
        places.setdefault(finding.message, []).append(finding.path)
    return [
        f"config {', '.join(path for path in paths if path != '$')}".rstrip() + f": {message}"
        for message, paths in places.items()
    ]
