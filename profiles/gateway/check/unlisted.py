"""Whether the models that a profile names are among those that the gateway lists for its key. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from profiles.gateway.asking.steps import WARN, Step
from profiles.portkey.header_names import PROVIDER
from profiles.portkey.model_names import is_alias
from profiles.profile.rendering import models_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profiles.gateway.asking.http import Answer
    from profiles.gateway.asking.steps import Veil
    from profiles.profile.rendering import Rendered

_DATE = re.compile(r"[-@](?:20\d{6}|latest|default)$|\[1m\]$")


def unlisted_models(rendered: Rendered, answer: Answer, veil: Veil) -> Iterator[Step]:
    """A warning for each model that its provider's list lacks: a request for it would get a 404 or a 412.

    `answer` is that to `GET /v1/models`. Nothing is said where the list is not whole, or names no model of
    that provider, and nothing of what a config may turn into another name.
    """
    listed = _listed(answer)
    route = dict(rendered.headers).get(PROVIDER, "")
    said = set()
    for field, model in models_of(rendered).items():
        slug, slash, bare = model.partition("/")
        provider, name = (slug, bare) if slash and slug.startswith("@") else (route, model)
        known = listed.get(provider, [])
        if not known or is_alias(name) or model in said or any(_same(name, each) for each in known):
            continue
        said.add(model)
        yield _warning(rendered.name, f"models.{field}", model, provider, _near(name, known, veil))


def _warning(profile: str, field: str, model: str, provider: str, near: str) -> Step:
    text = f"{model} ({field}) is not among the models that {provider} lists for this key"
    lists = f"`pkcc-tray models {profile}` lists them"
    if not near:
        return Step("models", WARN, text, f"{lists}, `pkcc-tray set {profile} {field} MODEL` names another.")
    meant = f"{provider}/{near}" if model.startswith("@") else near
    return Step("models", WARN, text, f"`pkcc-tray set {profile} {field} {meant}` names one; {lists}.")


def _listed(answer: Answer) -> dict[str, list[str]]:
    """The models of each provider, by its `@slug`; nothing where the list goes on elsewhere."""
    data = answer.json()
    rows = data.get("data") if isinstance(data, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        return {}
    total = data.get("total")
    if isinstance(total, int) and total > len(rows):
        return {}
    found: dict[str, list[str]] = {}
    for provider, model in filter(None, map(_model, rows)):
        found.setdefault(provider, []).append(model)
    return found


def _model(row: Any) -> tuple[str, str] | None:
    """Provider and model of `@slug/model`."""
    whole = row.get("id") if isinstance(row, dict) else None
    if not isinstance(whole, str) or not whole.startswith("@"):
        return None
    provider, _, model = whole.partition("/")
    return (provider, model) if model else None


def _same(name: str, listed: str) -> bool:
    """Whether two names may mean one model: a day of release, a region or a vendor before it are left out."""
    one, other = (_DATE.sub("", each.lower()) for each in (name, listed))
    return one.endswith(other) or other.endswith(one)


def _near(name: str, known: Sequence[str], veil: Veil) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return veil.quote(near[0]) if near else ""
