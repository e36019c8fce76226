"""What one should know of a profile's models: those that end, that Bedrock refuses, that others replace."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import MODEL_SLOTS
from profiles.portkey.model_names import is_alias, is_claude
from profiles.profile.schema.model_advice import model_advice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.profile.rendering import Rendered
    from profiles.routes.sources import Source
    from profiles.switching.outcome import Outcome
    from profiles.switching.reading.reading import Reading

_OTHER_VENDOR = (
    "a conversation that goes on with another vendor's model, or comes back to Claude from one, can end in "
    "`400 Invalid signature in thinking block`: begin a new one there with /clear, or switch back"
)


def after_switch(rendered: Rendered, outcome: Outcome) -> list[str]:
    """Sentences for a switch to that profile, on running conversations too."""
    model = outcome.set_aside
    aside = [f"`model` ({model}) is set aside: it was chosen for another route"]
    return [
        *advice(rendered),
        *(other_vendor(outcome.before, outcome.after) if outcome.sessions else []),
        *(aside if model and not is_alias(model) else []),
    ]


def advice(rendered: Rendered) -> list[str]:
    """Sentences on models of the profile that retire, or that will be refused."""
    return [f"{what}: {helps}" for what, helps in model_advice(rendered)]


def other_vendor(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """A sentence where conversations would go on with another vendor's models; values by slot."""
    whose_before, whose_after = (
        {is_claude(values.get(slot, "")) for slot in MODEL_SLOTS.values()} for values in (before, after)
    )
    return [_OTHER_VENDOR] if whose_before != whose_after else []


def picked(reading: Reading) -> list[str]:
    """A sentence on a model that was picked in the client, which is no change from outside."""
    from profiles.routes.overridden_models import picked_words

    return [picked_words(model)] if (model := reading.picked_model) else []


def overridden(sources: Sequence[Source], rendered: Rendered, *, by_exec: bool = False) -> list[str]:
    """A sentence for each setting of a file that has another model asked for than the profile's."""
    from profiles.routes.overridden_models import overridden_models

    return [f"{row.text}: {row.path}" for row in overridden_models(sources, rendered, by_exec=by_exec)]
