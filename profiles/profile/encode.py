"""A profile's file from its model."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.files.json_documents import readable

if TYPE_CHECKING:
    from profiles.profile.schema.model import Profile


def encode_profile(profile: Profile) -> bytes:
    """The profile's file: what differs from the defaults, and always the fields one looks for."""
    shown = {"schema_version", "name", "dialect", "route", "api_key"}
    plain = profile.model_dump(mode="json")
    defaults = profile.model_dump(mode="json", exclude_defaults=True)
    plain["schema_version"] = _version_of(profile)
    kept = {key: _without_none(value) for key, value in plain.items() if key in shown or key in defaults}
    return readable(kept)


_SINCE_2 = ("model_names", "model_descriptions", "model_capabilities", "model_discovery", "when_unreachable")


def _version_of(profile: Profile) -> int:
    """2 where a pkcc-tray that knows version 1 alone could not read the profile: it asks for an update."""
    route, models = profile.route, profile.models
    bare = route.kind == "none" or (route.kind == "virtual_key" and not route.provider)
    beside = route.kind == "config" and (route.provider or route.virtual_key)
    newer = bare or beside or models.setting or models.otherwise or models.custom
    return 2 if newer or any(getattr(profile, field) for field in _SINCE_2) else 1


def _without_none(value: object) -> object:
    # One level: the parts of a profile. An inline config's own nulls stay.
    return (
        {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value
    )
