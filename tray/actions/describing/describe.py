"""A profile as it is shown: in a few words, by what it writes, by its fields; every secret masked."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.profile.config.names import name_in
from profiles.profile.rendering import models_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile


class Described(NamedTuple):
    """A profile in a few words; `key` is the reference that leads to it, without a command's arguments.

    `config_name` is what people call the config that the route names by its id; None where that is not known.
    """

    name: str
    label: str
    dialect: str
    route: str
    key: str
    key_delivery: str
    writes_secret: bool
    trusted: tuple[str, ...]
    config_name: str | None = None


def describe(rendered: Rendered, config_names: Mapping[str, str]) -> Described:
    """A profile in a few words, from its rendering; `config_names` are those that are known, by id."""
    return Described(
        rendered.name,
        rendered.label,
        rendered.dialect,
        rendered.hint,
        "cmd:[…]" if rendered.key_ref.startswith("cmd:") else rendered.key_ref,
        "helper" if rendered.helper else "settings",
        bool(rendered.references()),
        tuple(rendered.trusted),
        name_in(config_names, rendered),
    )


def models_in_order(rendered: Rendered) -> dict[str, str]:
    """The models that the profile names, by field: the one that sessions begin with first, then by size."""
    found = models_of(rendered)
    first = [field for field in ("setting", "default", "opus", "sonnet", "haiku", "fable") if field in found]
    return {field: found[field] for field in dict.fromkeys([*first, *found])}


def written_by(rendered: Rendered, helper_command: str | None) -> dict[str, str]:
    """What a profile writes into the settings, by slot, masked."""
    from profiles.base.secret_markers import mask
    from profiles.claude_code.settings.masked import mask_value
    from profiles.profile.rendering import written_values

    values = written_values(rendered, helper_command)
    return {slot: mask_value(slot, mask(template)) for slot, template in values.items()}


def shown_fields(profile: Profile) -> dict[str, object]:
    """A profile's fields with every secret in clear text masked: a version before let some be kept so."""
    from profiles.base.secret_references.parse import is_reference
    from profiles.claude_code.settings.masked import mask_value

    fields: dict[str, Any] = profile.model_dump(mode="json", exclude_none=True)
    for field, kind in (("extra_headers", "header"), ("extra_env", "env")):
        fields[field] = {
            name: text if is_reference(text) else mask_value(f"{kind}.{name}", text)
            for name, text in fields[field].items()
        }
    if "inline" in fields["route"]:
        from profiles.portkey.config.explaining.difference import masked

        fields["route"]["inline"] = masked(fields["route"]["inline"])[0]
    return fields


def clear_text_notes(profile: Profile) -> list[str]:
    """A sentence where the profile's key is written into the settings, with the way that avoids it."""
    from tray.actions.describing.delivery import IN_CLEAR, safer

    if profile.delivery == "helper":
        return []
    return [f"{IN_CLEAR}: {safer(profile.name, key_in=profile.key_in)}"]
