"""What is refused before any page is asked, and what every answer says to the browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Match, Route

ORIGIN = "http://127.0.0.1:43210"
OWN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


@pytest.mark.parametrize(
    "host", ["evil.example:43210", "localhost:43210", "127.0.0.1", "127.0.0.1:43211", "[::1]:43210", ""]
)
def test_a_page_that_rebinds_its_name_to_this_computer_reads_nothing(visitor: Any, host: str) -> None:
    answer = visitor.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Overview" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:43211"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:43210"},
        {"origin": ORIGIN, "sec-fetch-site": "cross-site"},
        {"origin": ORIGIN, "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {},
    ],
    ids=str,
)
def test_a_form_from_another_page_changes_nothing(visitor: Any, home: Any, sent: dict[str, str]) -> None:
    home.add("work")
    token, before = visitor.form_token(), home.settings.read_bytes()
    assert visitor.post("/switch", data={"token": token, "name": "work"}, headers=sent).status_code == 403
    assert home.settings.read_bytes() == before
    assert visitor.post("/switch", data={"token": token, "name": "work"}, headers=OWN).status_code == 303
    assert home.settings.read_bytes() != before


@pytest.mark.parametrize("token", ["", "guessed", None])
def test_a_form_without_its_token_changes_nothing(visitor: Any, home: Any, token: str | None) -> None:
    home.add("work")
    before = home.settings.read_bytes()
    fields = {"name": "work"} if token is None else {"name": "work", "token": token}
    answer = visitor.post("/switch", data=fields, headers=OWN)
    assert answer.status_code == 403
    assert "This form is too old" in answer.text
    assert home.settings.read_bytes() == before


def test_a_form_that_is_sent_twice_is_carried_out_once(visitor: Any, home: Any) -> None:
    home.add("work")
    home.add("spare", "--provider", "@spare")
    token = visitor.form_token()
    for name in ("work", "spare"):
        assert visitor.post("/switch", data={"token": token, "name": name}, headers=OWN).status_code == 303
    assert "That was sent twice" in visitor.get("/").text
    assert home.ok("status", "--short").out == "work\n"


def test_no_get_changes_anything(visitor: Any, home: Any, site: Any) -> None:
    from tray.manager.pages.routes import ROUTES

    home.add("work")
    known = [route for route in ROUTES if isinstance(route, Route)]
    forms = {route.path for route in known if "POST" in route.methods}
    pages = {path for path in forms if any(_is_shown_by(route, path) for route in known)}
    assert len(forms - pages) > 9
    before, own = home.settings.read_bytes(), _files(home.own)
    assert {visitor.get(f"{path}?name=work").status_code for path in forms - pages} == {405}
    for path in pages:  # a form that is sent to a page's address
        visitor.get(f"{path}?name=work&key=pk-from-an-address&kind=provider".replace("{name}", "work"))
    assert _files(home.own) == own
    assert {visitor.request(method, "/").status_code for method in ("PUT", "DELETE", "OPTIONS", "PATCH")} == {
        405
    }
    assert home.settings.read_bytes() == before


def _is_shown_by(route: Route, path: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return route.matches(asked)[0] is Match.FULL


def _files(below: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in below.rglob("*") if path.is_file()}


@pytest.fixture
def answers(visitor: Any, home: Any, site: Any, browser: Callable[[], Any]) -> list[Any]:
    """Every kind of answer there is."""
    home.add("work")
    home.ok("switch", "work")
    return [
        *(visitor.get(path) for path in ("/", "/history", "/history/1", "/check/work", "/nowhere", "/ended")),
        *(
            visitor.get(path)
            for path in ("/import", "/import?file=none", "/preferences", "/doctor", "/doctor/fix")
        ),
        *(visitor.get(f"/static/{name}") for name in ("base.css", "manager.js", "icon.svg", "none.css")),
        visitor.get("/", headers={"host": "evil.example"}),
        visitor.post("/switch", headers={"origin": "null"}),
        visitor.post("/switch", headers=OWN),
        visitor.get("/switch"),
        browser().get("/"),
        browser().get("/open/guessed"),
        browser().get(site.new_link()),
    ]


def test_every_answer_has_the_headers_that_keep_it_private(answers: list[Any]) -> None:
    for answer in answers:
        said = answer.headers
        assert said["cache-control"] == "no-store", answer.url
        policy = dict(part.strip().partition(" ")[::2] for part in said["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert "unsafe" not in said["content-security-policy"]
        assert said["x-content-type-options"] == "nosniff"
        assert said["cross-origin-opener-policy"] == said["cross-origin-resource-policy"] == "same-origin"
        assert said["referrer-policy"] == "same-origin"
        assert not [name for name in said if name.startswith("access-control-")]
        assert "server" not in said


def test_no_page_has_script_or_style_in_it_or_asks_elsewhere(answers: list[Any]) -> None:
    for answer in answers:
        if "text/html" in answer.headers.get("content-type", ""):
            assert not re.search(
                r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text
            )
            outside = re.findall(r'(?:src|href|action)="(?!/|#)([^"]*)"', answer.text)
            assert outside == [], answer.url


def test_other_pages_embed_and_fetch_nothing(visitor: Any) -> None:
    for site in ("cross-site", "same-site"):
        for mode in ("no-cors", "cors"):
            sent = {"sec-fetch-site": site, "sec-fetch-mode": mode}
            assert visitor.get("/static/manager.js", headers=sent).status_code == 403
    framed = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    assert visitor.get("/", headers=framed).status_code == 403
    linked = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert visitor.get("/", headers=linked).status_code == 200


def test_what_is_too_long_is_refused(visitor: Any) -> None:
    assert visitor.get("/" + "a" * 3000).status_code == 414
    assert visitor.get("/?q=" + "a" * 3000).status_code == 414
    assert visitor.post("/switch", content=b"a" * 300_000, headers=OWN).status_code == 413

    def pieces() -> Iterator[bytes]:
        for _ in range(300):
            yield b"a" * 1024

    assert visitor.post("/switch", content=pieces(), headers=OWN).status_code == 413


@pytest.mark.parametrize("sent", [b"claim=" + b"a" * 300_000, b"a=&" * 5000])
def test_what_is_too_long_is_refused_in_words_wherever_it_is_sent(visitor: Any, sent: bytes) -> None:
    draft = visitor.fill("/configs/new").headers["location"]
    paths = [f"{draft}/look", "/switch", *(["/take"] if len(sent) > 100_000 else [])]
    for path in paths:
        answer = visitor.post(path, content=sent, headers=OWN)
        assert answer.status_code == 413, path
        assert "What you sent just now was not carried out" in answer.text


def test_who_asks_all_the_time_is_answered_no_more_for_a_while(visitor: Any, clock: Any) -> None:
    found = [visitor.get("/static/icon.svg").status_code for _ in range(250)]
    assert found[0] == 200
    assert found[-1] == 429
    clock.now += 10
    assert visitor.get("/static/icon.svg").status_code == 200


def test_nothing_of_the_files_beside_is_served(visitor: Any) -> None:
    for path in ("/static/../site.py", "/static/%2e%2e/site.py", "/static/%2e%2e%2fsite.py", "/static/"):
        assert visitor.get(path).status_code == 404
