"""Whatever links reach from the overview: no key in it, nothing inline, and forms that can be used."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from support.home.user_home import KEY

MOST = 150  # pages; a link that leads to ever more of them would be a fault too
_INLINE = ("style", "onclick", "onload", "onsubmit", "onchange", "oninput")


class Seen(HTMLParser):
    """What a page's markup holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.posts_without_token: list[str] = []
        self._form = ""
        self._labels: set[str] = set()
        self._fields: list[dict[str, str]] = []
        self._in_label = 0
        self._inside: list[str] = []
        self.feed(text)
        self.unnamed = [
            str(field)
            for field in self._fields
            if field.get("id", "-") not in self._labels
            and "aria-label" not in field
            and "inside" not in field
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"<{tag} {name}>" for name in given if name in _INLINE]
        self.inline += [tag] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.ids += [given["id"]] if "id" in given else []
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.add(given["href"].partition("#")[0])
        if tag == "label":
            self._in_label += 1
            self._labels.add(given.get("for", ""))
        if tag == "form" and given.get("method") == "post":
            self._form = given.get("action", "")
            self.posts_without_token.append(self._form)
        if tag == "input" and given.get("name") == "token" and self._form in self.posts_without_token:
            self.posts_without_token.remove(self._form)
        if tag in ("input", "select", "textarea") and given.get("type") not in ("hidden", "submit"):
            self._fields.append({**given, **({"inside": "label"} if self._in_label else {})})

    def handle_endtag(self, tag: str) -> None:
        self._in_label -= tag == "label"


@pytest.fixture
def lived_in(home: Any) -> None:
    """A home in which something of everything is there."""
    home.add("work", "--provider", "@anthropic-prod", "--label", "Work", "--metadata", "team=a")
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme", "--label", "Acme")
    home.add("direct", "--config", "pc-1", "--key-delivery", "settings")
    home.ok("key", "set", "spare", "--stdin", stdin=f"{KEY}\n")
    home.ok("switch", "direct")
    home.ok("switch", "work")
    (home.root / ".bashrc").write_text(f"export PORTKEY_API_KEY={KEY}\n")
    (home.claude / "settings.json.bak").write_text(f'{{"env": {{"ANTHROPIC_AUTH_TOKEN": "{KEY}"}}}}')
    home.edit_settings("@anthropic-prod", "@another")


def test_no_page_shows_a_key_or_runs_what_is_in_it(visitor: Any, lived_in: None) -> None:
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        answer = visitor.get(path)
        assert answer.status_code in (200, 303), path
        assert KEY not in answer.text, path
        page = Seen(answer.text)
        assert page.inline == [], path
        assert page.posts_without_token == [], path
        assert page.unnamed == [], path
        assert len(page.ids) == len(set(page.ids)), (
            path,
            [each for each in page.ids if page.ids.count(each) > 1],
        )
        new = page.links - seen
        new |= {answer.headers["location"]} - seen if answer.status_code == 303 else set()
        seen |= new
        waiting += sorted(link for link in new if not link.startswith(("/static", "/open")))
        assert len(seen) < MOST, sorted(seen)
    assert len(seen) > 20
    assert {"/keys", "/keys/new", "/history"} < seen
    assert any(re.fullmatch(r"/keys/found/\w+", path) for path in seen)
