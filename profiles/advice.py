"""What is worth telling about a profile that is valid all the same. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.model import HEADER_LIMIT

if TYPE_CHECKING:
    from profiles.model import Profile
    from profiles.rendering import Rendered

# Named by the client itself as retired, with the day (facts: seen with the real client).
_RETIRED = {
    "claude-3-7-sonnet": "May 11, 2026",
    "claude-sonnet-4-20250514": "June 15, 2026",
    "claude-sonnet-4@20250514": "June 15, 2026",
}


def advise(profile: Profile, rendered: Rendered) -> list[str]:
    """Sentences, one each, about what may not work as hoped."""
    found = []
    for field, model in profile.models.model_dump(exclude_none=True).items():
        for retired, day in _RETIRED.items():
            if retired in model:
                found.append(f"models.{field}: {model} was retired on {day}; it is sent all the same")
    route = profile.route
    provider = getattr(route, "provider", "")
    if profile.dialect != "messages" and provider.startswith("@"):
        found.append(f"{provider} must be a {profile.dialect} provider: others exist only in messages")
    if profile.dialect != "messages" and profile.gateway is None:
        found.append("Portkey's current pages recommend the messages dialect for its hosted gateway")
    if rendered.helper and rendered.references():
        found.append("the config in this profile carries a secret, so the settings file will hold that one")
    size = sum(len(name) + len(value) + 4 for name, value in rendered.headers)
    if size > HEADER_LIMIT * 0.8:
        found.append(f"the headers take {size} bytes; gateways refuse about {HEADER_LIMIT} (431)")
    return found
