"""A person before the manager's five steps of adding a profile; no answer to them may hold their key."""

from __future__ import annotations

from typing import Any

from support.home.user_home import KEY
from support.pages import words_of


class Person:
    """A person before the five steps: what was ever answered is looked through for the key."""

    def __init__(self, visitor: Any, url: str) -> None:
        self.visitor = visitor
        self.url = url

    def see(self, path: str) -> str:
        answer = self.visitor.get(path)
        assert KEY not in answer.text
        return words_of(answer.text, "main")

    def html(self, path: str) -> str:
        text: str = self.visitor.get(path).text
        return text

    def send(self, path: str, **fields: Any) -> str:
        """Send a form as a browser does: where it leads in the end, or the words of the page that it is."""
        answer = self.visitor.fill(path, **{name.replace("_", "-"): text for name, text in fields.items()})
        where = ""
        for _ in range(20):
            assert KEY not in answer.text
            assert KEY not in str(answer.headers)
            if answer.status_code != 303:
                if "data-job" not in answer.text:
                    return words_of(answer.text, "main")
                answer = self.visitor.follow(where)
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
