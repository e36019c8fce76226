"""Add a profile in five steps: what the account offers, what it does not; the key is nowhere to be seen."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, files_with


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


def words(text: str) -> str:
    """A page's words, its markup taken out."""
    body = text[text.index("<main") :]
    body = re.sub(r"<svg.*?</svg>|<dialog.*?</dialog>|<[^>]*>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(body))


class Person:
    """A person before the five steps: what was ever answered is looked through for the key."""

    def __init__(self, visitor: Any, url: str) -> None:
        self.visitor = visitor
        self.url = url

    def see(self, path: str) -> str:
        answer = self.visitor.get(path)
        assert KEY not in answer.text
        return words(answer.text)

    def html(self, path: str) -> str:
        text: str = self.visitor.get(path).text
        return text

    def send(self, path: str, **fields: Any) -> str:
        """Send a form as a browser does: where it leads in the end, or the words of the page that it is."""
        answer = self.visitor.fill(path, **{name.replace("_", "-"): text for name, text in fields.items()})
        where = ""
        for _ in range(4000):
            assert KEY not in answer.text
            assert KEY not in str(answer.headers)
            if answer.status_code != 303:
                if "data-job" not in answer.text:
                    return words(answer.text)
                threading.Event().wait(0.005)
                answer = self.visitor.get(where)
                continue
            where = answer.headers["location"]
            if not where.startswith("/jobs/"):
                return str(where)
            answer = self.visitor.get(where)
        raise AssertionError(path)

    def key(self, key: str = KEY, look: str = "1", **fields: Any) -> str:
        given = {"source": "new", "key": key, "gateway": "own", "url": self.url, "look": look, **fields}
        return self.send("/add", **given)

    def route(self, **fields: Any) -> str:
        return self.send("/add/route", **{"kind": "provider", "provider": "@anthropic-prod", **fields})

    def models(self, **fields: Any) -> str:
        return self.send("/add/models", **fields)

    def details(self, **fields: Any) -> str:
        given = {"label": "Work", "name": "work", "dialect": "messages", "delivery": "helper"}
        return self.send("/add/details", **given | fields)

    def to_review(self) -> None:
        assert self.key() == "/add/route"
        assert self.route() == "/add/models"
        assert self.models(model_sonnet="claude-sonnet-5-5") == "/add/details"
        assert self.details() == "/add/review"


@pytest.fixture
def person(visitor: Any, hosted: HostedAccount) -> Person:
    return Person(visitor, hosted.url)


def test_a_profile_is_added_and_switched_to(person: Person, home: Any) -> None:
    assert person.key() == "/add/route"
    text = person.see("/add/route")
    assert "Your key is accepted. It can use 2 providers, 1 config and 3 models." in text
    assert "@anthropic-prod anthropic" in text.lower()
    assert person.route() == "/add/models"
    page = person.html("/add/models")
    assert 'value="claude-sonnet-5-5"' in page  # suggested
    assert "$ 3.00 in, $ 15.00 out" in page
    assert person.models(model_sonnet="claude-sonnet-5-5", model_opus="claude-opus-5-5") == "/add/details"
    assert 'value="Anthropic prod"' in person.html("/add/details")
    assert person.details(**{"metadata-key": ["team"], "metadata-value": ["platform"]}) == "/add/review"
    text = person.see("/add/review")
    assert "A new key, into the vault as work" in text
    assert "Sonnet: claude-sonnet-5-5" in text
    assert "the key is accepted; 3 models listed" in text
    assert "Provider x-portkey-provider Now nothing After @anthropic-prod" in text
    assert not home.profiles.exists()
    assert not files_with("CANARY", home.root)
    assert person.send("/add/save", switch="1") == "/"
    assert "Work is saved and in use" in person.see("/")
    stored = home.stored()
    assert stored["route"] == {"kind": "provider", "provider": "@anthropic-prod"}
    assert stored["models"] == {"sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5"}
    assert stored["metadata"] == {"team": "platform"}
    assert "key_delivery" not in stored
    assert home.ok("key", "print", "work").out == KEY + "\n"
    assert home.ok("status", "--short").out == "work\n"
    assert 'value="work"' not in person.html("/add/details")  # the draft is gone


def test_saved_only_leaves_the_settings_as_they_are(person: Person, home: Any) -> None:
    before = home.settings.read_bytes()
    person.to_review()
    assert person.send("/add/save", switch="0") == "/"
    assert home.settings.read_bytes() == before
    assert home.stored()["label"] == "Work"
    person.send("/undo")
    assert not (home.profiles / "work.json").exists()
