"""The Portkey config that is to be saved: a file's, or what a profile holds; which secrets are in it."""

from __future__ import annotations

import os

from profiles.base.errors import PkccError, UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.portkey.config.explaining.difference import dots_in, masked
from profiles.portkey.config.findings import path_text
from profiles.portkey.config.secrets import reference_fields, refused_in_file, replace_at
from profiles.portkey.editions import edition_of
from profiles.profile.advice import config_advice
from profiles.profile.config.file import config_in_bytes, config_path, read_config_bytes, shown_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.app import App


_CHECK = "`pkcc-tray config check {file}` lists everything it finds."


class OwnConfig(NamedTuple):
    """A config of ours, checked. `file` is its path, or `-`; "" for one that a profile holds itself.

    `clear` are the paths of secrets that stand in it, `referred` the references to some, by their paths;
    `notes` what may not work as hoped.
    """

    file: str
    name: str
    config: Mapping[str, object]
    clear: tuple[str, ...]
    referred: Mapping[str, str]
    notes: tuple[str, ...]


def config_in_file(file: str, data: bytes) -> OwnConfig:
    """The config in those bytes. Raises PkccError that names file and field."""
    shown, config = shown_name(file), config_in_bytes(file, data)
    path = file if file == "-" else os.path.abspath(os.path.expanduser(file))
    stem = "" if file == "-" else os.path.splitext(os.path.basename(path))[0]
    own = own_config(shown, path, stem, config)
    for place, reference in own.referred.items():
        if why := refused_in_file(reference):
            raise UsageError(f"{shown}: {place} {why}", _CHECK.format(file=shown))
    return own


def config_of_profile(app: App, name: str) -> OwnConfig:
    """The config that a profile names the file of, or holds. Raises UsageError for another route."""
    profile = app.store.load(name)
    if profile.route.kind != "config" or profile.route.id is not None:
        raise UsageError(
            f"{name!r} has no config of its own that could be saved at Portkey", "Name a config's file."
        )
    path = config_path(profile)
    if path is not None:
        return config_in_file(path, read_config_bytes(path))
    return own_config(f"profile {name!r}", "", name, profile.route.inline)


def config_to_save(app: App, name: str) -> OwnConfig | None:
    """The config of a profile, where it could be saved at its gateway's account; None for any other profile.

    One with secrets is left where it is, and so is one of a profile without its key.
    """
    profile = app.store.load(name)
    if profile.route.kind != "config" or profile.route.id is not None:
        return None
    if "configs" not in edition_of(profile.base_url).lists or not app.secrets.present(profile.api_key):
        return None
    try:
        own = config_of_profile(app, name)
    except PkccError:
        return None
    return None if own.clear or own.referred else own


def own_config(shown: str, file: str, name: str, config: object) -> OwnConfig:
    """That config, checked; `shown` names it in an error. Raises UsageError."""
    from profiles.portkey.config.config import parse_config  # with pydantic: half a second

    if not isinstance(config, dict):
        raise UsageError(f"{shown} holds no Portkey config: a config is a JSON object", "Name another file.")
    if place := dots_in(config):
        raise UsageError(
            f"{shown}: {place} is dots, where `config pull` has left out a secret",
            "`pkcc-tray config pull ID -o FILE --with-secrets` has it in the file.",
        )
    try:
        parse_config(config)
    except PkccError as error:
        raise UsageError(f"{shown}: {error.title}", error.hint) from None
    referred = {path_text(path): reference for path, reference in reference_fields(config)}
    # What is said of the whole of it is about sending it along with each request.
    said = [line for line in config_advice(config, self_hosted=False) if not line.startswith("config:")]
    return OwnConfig(file, name, config, masked(config)[1], referred, tuple(said))


def with_secrets(app: App, own: OwnConfig, *, allowed: bool) -> Mapping[str, object]:
    """The config as it would be saved, references filled in. Raises UsageError for secrets not `allowed`."""
    places = [*own.clear, *own.referred]
    if places and not allowed:
        what = "holds a secret" if own.clear else f"refers to a secret ({own.referred[places[0]]})"
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        raise UsageError(
            f"{places[0]} {what}{more}: at Portkey everybody who may read configs would see it",
            "Save it there as an integration, and name its provider (@slug); --with-secrets sends it anyway.",
        )
    config = own.config
    for path, reference in reference_fields(config):
        config = replace_at(config, path, app.secrets.resolve(reference).reveal())
    return config
