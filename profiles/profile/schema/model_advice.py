"""What to say of the models that a rendered profile names: their retirement, what they need. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.variable_values import is_on
from profiles.portkey.header_names import PROVIDER
from profiles.portkey.model_names import NEEDED_ON_BEDROCK, is_refused_by_bedrock
from profiles.portkey.retired_models import retirement
from profiles.profile.rendering import models_of

if TYPE_CHECKING:
    from profiles.portkey.retired_models import Retirement
    from profiles.profile.rendering import Rendered


def retiring(rendered: Rendered) -> list[tuple[str, str, Retirement]]:
    """Field, model and retirement of each model of the profile that is retired or soon will be."""
    rows = [
        (field, model, retirement(model, rendered.dialect)) for field, model in models_of(rendered).items()
    ]
    return [(field, model, found) for field, model, found in rows if found is not None]


def model_advice(rendered: Rendered) -> list[tuple[str, str]]:
    """What may not work with the models of the profile, a sentence each, and what helps."""
    found = [
        (
            f"models.{field}: {model} {each.text}",
            f"`pkcc-tray set {rendered.name} models.{field} {each.successor}` names its successor",
        )
        for field, model, each in retiring(rendered)
    ]
    model, missing = _missing_on_bedrock(rendered)
    if missing:
        sets = " && ".join(f"pkcc-tray set {rendered.name} extra_env.{name} 1" for name in missing)
        found.append((f"Bedrock answers 403 to what Claude Code asks of {model}", f"`{sets}`"))
    return found


def _missing_on_bedrock(rendered: Rendered) -> tuple[str, list[str]]:
    """A model of the profile that is no Claude model and goes to Bedrock, and the variables it lacks."""
    provider = dict(rendered.headers).get(PROVIDER, "")
    for model in models_of(rendered).values():
        if is_refused_by_bedrock(model, rendered.dialect, provider):
            return model, [need for need in NEEDED_ON_BEDROCK if not is_on(str(rendered.env.get(need, "")))]
    return "", []
