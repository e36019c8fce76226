"""The manager's edit form, as a browser would send it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any


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
