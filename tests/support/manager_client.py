"""A browser without scripts at a manager that runs, over real connections."""

from __future__ import annotations

import http.client
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from support.browser import Managed


class Client:
    """A browser without scripts, over a real connection."""

    def __init__(self, manager: Managed, link: str = "") -> None:
        self._come_by(link or manager.link)

    @classmethod
    def by_link(cls, link: str) -> Client:
        """Of a manager that something else started."""
        made = cls.__new__(cls)
        made._come_by(link)
        return made

    def _come_by(self, link: str) -> None:
        self.host, _, token = link.removeprefix("http://").partition("/")
        self.cookie = ""
        answer = self.ask("GET", f"/{token}")
        self.status = answer.status
        self.location = answer.getheader("location")
        self.cookie = (answer.getheader("set-cookie") or "").partition(";")[0]

    def ask(self, method: str, path: str, body: str = "") -> Any:
        headers = {"Origin": f"http://{self.host}", "Cookie": self.cookie} if self.cookie else {}
        with closing(http.client.HTTPConnection(self.host, timeout=10)) as connection:
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                answer.text = answer.read().decode()  # type: ignore[attr-defined]
            return answer

    def send(self, path: str, **fields: str | list[str]) -> Any:
        token = re.search(r'name="token" value="([^"]+)"', self.ask("GET", "/").text)
        assert token is not None
        return self.ask("POST", path, urlencode({"token": token[1], **fields}, doseq=True))
