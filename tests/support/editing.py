"""The manager's edit form and its builder of configs, as a browser would send them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

# A config of a fallback, with a field that the builder has none for.
FALLBACK: dict[str, Any] = {
    "strategy": {"mode": "fallback", "on_status_codes": [429, 500]},
    "targets": [
        {"provider": "@anthropic-prod", "retry": {"attempts": 2}, "openai_project": "proj-1"},
        {"provider": "@vertex-eu"},
    ],
}


def fields_of(html: str) -> dict[str, list[str]]:
    """The edit form as a browser would send it."""
    form = html[html.index('id="edit"') :]
    form = form[: form.index("</form>")]
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    found: dict[str, list[str]] = {}
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, flags=re.DOTALL
    ):
        found[name] = [unescape(text)]
    for tag in re.findall(r"<input[^>]*>", form):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = known.get("type", "")
        if known.get("name") and (kind not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(known["name"], []).append(unescape(known.get("value", "")))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [unescape(chosen[1])] if chosen else []
    return found


def edit(visitor: Any, profile: str = "work", /, **typed: Any) -> Any:
    """Send the edit form of that profile with some fields otherwise."""
    path = f"/edit/{profile}"
    fields = fields_of(visitor.get(path).text)
    return resend(visitor, path, fields, **typed)


def resend(visitor: Any, path: str, fields: dict[str, list[str]], /, **typed: Any) -> Any:
    fields = {**fields, **{key.replace("__", "."): value for key, value in typed.items()}}
    fields.pop("token", None)
    return visitor.fill(path, **fields)


def typed_in(visitor: Any, path: str) -> dict[str, str]:
    """The builder's fields as a browser would send them."""
    text = visitor.get(path).text
    part = text[text.index('id="build"') : text.index('class="savebar"')]
    found = {}
    for tag in re.findall(r"<input[^>]*>", part):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', part, re.DOTALL):
        found[name] = unescape(inner)
    return found


def press(visitor: Any, path: str, do: str, **changed: str) -> str:
    """Press a button of the builder, some fields changed; where that leads."""
    fields = {**typed_in(visitor, path), **{name.replace("__", "-"): text for name, text in changed.items()}}
    answer = visitor.fill(path, **fields, do=do)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def draft(site: Any, path: str) -> Any:
    return site.drafts.find(path.rpartition("/")[2]).config


def wait_for(visitor: Any, address: str) -> str:
    """Follow a job's page to where it leads."""
    while address.startswith("/jobs/"):
        address = visitor.follow(address).headers["location"]
    return address
