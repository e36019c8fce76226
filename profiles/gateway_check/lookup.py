"""Whether what a route names is saved at Portkey: its lists of providers, virtual keys and configs."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from profiles.files.json_documents import json_or_none
from profiles.gateway_check.http import Answer
from profiles.gateway_check.steps import FAILED, OK, REFUSED, WARN, Step
from profiles.portkey.hosts import CONSOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.gateway_check.http import Asker
    from profiles.gateway_check.route import Saved
    from profiles.gateway_check.steps import Veil


def look_up(saved: Saved, asker: Asker, api_url: str, headers: Mapping[str, str], veil: Veil) -> Step:
    """A step: whether it is saved and usable; a warning where this key may not see the list."""
    url = f"{api_url}/{saved.listed}"
    answer = asker.get(url + ("" if saved.listed == "configs" else "?page_size=100"), headers)
    if not isinstance(answer, Answer):
        return _unknown(saved, "the gateway did not answer that")
    if answer.status in (401, 403):
        return _unknown(saved, "this key may not see the list", answer.ms)
    data = json_or_none(answer.body)
    rows = data.get("data") if isinstance(data, dict) else None
    if answer.status != 200 or not isinstance(rows, list):
        return _unknown(saved, f"the gateway has no such list ({answer.status})", answer.ms)
    found = {row["slug"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("slug"), str)}
    if saved.slug in found:
        return _state(saved, found[saved.slug], veil, answer.ms)
    total = data.get("total")
    if isinstance(total, int) and total > len(rows):  # it is on a further page, or nowhere
        return _alone(saved, asker, url, headers, veil)
    return _missing(saved, list(found), veil, answer.ms)


def _alone(saved: Saved, asker: Asker, url: str, headers: Mapping[str, str], veil: Veil) -> Step:
    answer = asker.get(f"{url}/{quote(saved.slug, safe='')}", headers)
    if not isinstance(answer, Answer):
        return _unknown(saved, "the gateway did not answer that")
    if answer.status == 404:
        return _missing(saved, [], veil, answer.ms)
    data = json_or_none(answer.body)
    if answer.status != 200 or not isinstance(data, dict):
        return _unknown(saved, f"the gateway answered {answer.status}", answer.ms)
    return _state(saved, data, veil, answer.ms)


def _state(saved: Saved, row: dict[str, Any], veil: Veil, ms: int) -> Step:
    state = row.get("status")
    if state in ("active", None):
        return Step(saved.what, OK, f"{saved.shown} is there" + (" and active" if state else ""), ms=ms)
    if state == "exhausted":
        limits = row.get("usage_limits")
        reset = limits.get("next_usage_reset_at") if isinstance(limits, dict) else None
        again = veil.quote(reset) if isinstance(reset, str) else ""
        hint = f"It is reset at {again}." if again else f"Raise its limit at {CONSOLE} → AI Providers."
        return Step(saved.what, FAILED, f"{saved.shown} has used up its budget", hint, ms, REFUSED)
    if state == "expired":
        hint = f"Renew it at {CONSOLE} → AI Providers."
        return Step(saved.what, FAILED, f"{saved.shown} has expired", hint, ms, REFUSED)
    shown = veil.quote(state) if isinstance(state, str) else ""
    return Step(saved.what, WARN, f"{saved.shown} is there, but not active: {shown or 'unknown'}", "", ms)


def _missing(saved: Saved, known: list[str], veil: Veil, ms: int) -> Step:
    near = get_close_matches(saved.slug, known, n=1)
    meant = veil.quote(saved._replace(slug=near[0]).shown) if near else ""
    hint = f"Did you mean {meant}?" if meant else f"Look at {CONSOLE}: is it of this key's workspace?"
    return Step(
        saved.what, FAILED, f"This key's workspace has no {saved.what} {saved.shown}", hint, ms, REFUSED
    )


def _unknown(saved: Saved, why: str, ms: int | None = None) -> Step:
    text = f"Whether there is a {saved.what} {saved.shown} is not known: {why}"
    return Step(saved.what, WARN, text, "The key itself was accepted.", ms)
