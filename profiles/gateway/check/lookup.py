"""Whether what a route names is saved at Portkey: its lists of providers, virtual keys and configs."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from profiles.gateway.account.calls import CONFIGS, PROVIDERS
from profiles.gateway.account.problems import who_grants
from profiles.gateway.account.records.budgets import read_budgets
from profiles.gateway.asking.answers import begins_a_list, lacks_a_scope
from profiles.gateway.asking.http import Answer
from profiles.gateway.asking.steps import FAILED, OK, REFUSED, WARN, Step

if TYPE_CHECKING:
    from profiles.gateway.asking.http import Asker
    from profiles.gateway.asking.steps import Veil
    from profiles.gateway.check.question import Question
    from profiles.gateway.check.route import Saved
    from profiles.portkey.editions import Edition

_SCOPES = {
    "providers": PROVIDERS.scope,
    "configs": CONFIGS.scope,
    "virtual-keys": "virtual_keys.list",  # of no account's call: Portkey makes no new ones
}


def look_up(saved: Saved, question: Question, asker: Asker, models: Answer, veil: Veil) -> Step:
    """A step: whether it is saved and usable; a warning where this key may not see the list.

    `models` is the answer that listed the key's models, where an edition shows nothing else to a key.
    """
    if saved.listed not in question.edition.lists:
        return _by_its_models(saved, question.edition, models, veil)
    url, headers = f"{question.api_url}/{saved.listed}", question.portkey_headers()
    answer = asker.get(url + ("" if saved.listed == "configs" else "?page_size=100"), headers)
    if not isinstance(answer, Answer):
        return _unknown(saved, "the gateway did not answer that")
    if answer.status in (401, 403):
        granted = who_grants(question.edition, _SCOPES[saved.listed]) if lacks_a_scope(answer) else ""
        return _unknown(saved, "this key may not see the list", answer.ms, granted)
    if begins_a_list(answer):
        return _alone(saved, question, asker, veil)
    data = answer.json()
    rows = data.get("data") if isinstance(data, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        return _unknown(saved, f"the gateway has no such list ({answer.status})", answer.ms)
    found = {row["slug"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("slug"), str)}
    if saved.slug in found:
        return _state(saved, found[saved.slug], question.edition, veil, answer.ms)
    total = data.get("total")
    if isinstance(total, int) and total > len(rows):  # it is on a further page, or nowhere
        return _alone(saved, question, asker, veil)
    return _missing(saved, list(found), question.edition, veil, answer.ms)


def _by_its_models(saved: Saved, edition: Edition, models: Answer, veil: Veil) -> Step:
    """A provider is there where one of the key's models is its own: `@slug/model`."""
    if lacks_a_scope(models):
        return _unknown(saved, "this key may not list models")
    data = models.json()
    rows = data.get("data") if isinstance(data, dict) else None
    if saved.listed != "providers" or not isinstance(rows, list):
        return _unknown(saved, f"{edition.title} lists no {saved.what}s for a key")
    ids = [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
    slugs = [each[1:].partition("/")[0] for each in ids if each.startswith("@")]
    if saved.slug in slugs:
        count = slugs.count(saved.slug)
        return Step(saved.what, OK, f"{saved.shown} is there, with {count} model" + "s" * (count != 1))
    return _missing(saved, list(dict.fromkeys(slugs)), edition, veil, models.ms)


def _alone(saved: Saved, question: Question, asker: Asker, veil: Veil) -> Step:
    url = f"{question.api_url}/{saved.listed}/{quote(saved.slug, safe='')}"
    answer = asker.get(url, question.portkey_headers())
    if not isinstance(answer, Answer):
        return _unknown(saved, "the gateway did not answer that")
    if answer.status == 404:
        return _missing(saved, [], question.edition, veil, answer.ms)
    data = answer.json()
    if answer.status != 200 or not isinstance(data, dict):
        return _unknown(saved, f"the gateway answered {answer.status}", answer.ms)
    return _state(saved, data, question.edition, veil, answer.ms)


def _state(saved: Saved, row: dict[str, Any], edition: Edition, veil: Veil, ms: int) -> Step:
    state = row.get("status")
    if state in ("active", None):
        return Step(saved.what, OK, f"{saved.shown} is there" + (" and active" if state else ""), ms=ms)
    if state == "exhausted":
        again = veil.quote(_reset_at(row.get("usage_limits")))
        raised = f"Raise its limit at {edition.place('Model Catalog')}."
        hint = f"It is reset at {again}." if again else raised
        return Step(saved.what, FAILED, f"{saved.shown} has used up its budget", hint, ms, REFUSED)
    if state == "expired":
        hint = f"Renew it at {edition.place('Model Catalog')}."
        return Step(saved.what, FAILED, f"{saved.shown} has expired", hint, ms, REFUSED)
    shown = veil.quote(state) if isinstance(state, str) else ""
    return Step(saved.what, WARN, f"{saved.shown} is there, but not active: {shown or 'unknown'}", "", ms)


def _reset_at(limits: object) -> str:
    """When all budgets that are used up begin anew; "" where one of them does not, or that is not told."""
    budgets = read_budgets(limits)
    used_up = [each for each in budgets if each.limit and each.used is not None and each.used >= each.limit]
    resets = [each.next_reset for each in used_up or budgets]
    return max(resets, default="") if all(resets) else ""


def _missing(saved: Saved, known: list[str], edition: Edition, veil: Veil, ms: int) -> Step:
    near = get_close_matches(saved.slug, known, n=1)
    meant = veil.quote(saved._replace(slug=near[0]).shown) if near else ""
    hint = f"Did you mean {meant}?" if meant else f"Look at {edition.console}: is it of this key's workspace?"
    return Step(
        saved.what, FAILED, f"This key's workspace has no {saved.what} {saved.shown}", hint, ms, REFUSED
    )


def _unknown(saved: Saved, why: str, ms: int | None = None, hint: str = "") -> Step:
    text = f"Whether there is a {saved.what} {saved.shown} is not known: {why}"
    return Step(saved.what, WARN, text, f"The key itself was accepted. {hint}".rstrip(), ms)
