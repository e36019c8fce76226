"""What takes a while: a page with its steps that leads on when it has ended, and back where it fails."""

from __future__ import annotations

import re
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from profiles.base.errors import ConflictError, UsageError
from profiles.secrets.store import SecretStore
from profiles.undo.steps import Steps
from tray.manager.access.sessions import Flash
from tray.manager.pages.profiles import checking
from tray.manager.serving.jobs import LONGEST_S, MOST_AT_WORK, SLOW_S, WayOn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

_OWN_FORM = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}
_SCRIPT = {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"}


class Held:
    """Work that goes on until a test lets it end."""

    def __init__(self) -> None:
        self.at_step = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, job: Job) -> str:
        job.plan("Reading configs", "Reading models")
        job.step("Reading providers")
        job.step("Reading configs")
        self.at_step.set()
        assert self.go_on.wait(20)
        job.tell(Flash("ok", "All was read"))
        return "/history"


@pytest.fixture
def held() -> Iterator[Held]:
    work = Held()
    yield work
    work.go_on.set()


def test_its_page_lists_the_steps_and_then_leads_on(visitor: Any, site: Site, clock: Any, held: Held) -> None:
    path = site.jobs.begin("Reading your account", held, "/", WayOn("Go on with what is there", "/history"))
    assert held.at_step.wait(20)
    text = visitor.get(path).text
    assert "Reading your account…" in text
    assert '<li class="is-ok">' in text  # providers, which have been read
    assert '<li class="is-wait">' in text  # models, which are still to come
    assert "longer than usual" not in text
    assert 'href="/history">Go on with what is there</a>' in text
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in text
    clock.now += SLOW_S + 1
    steps = visitor.get(f"{path}/steps", headers=_SCRIPT)
    assert "This takes longer than usual" in steps.text
    assert "4 s" in steps.text
    assert "data-over" not in steps.text
    held.go_on.set()
    assert visitor.follow(path).headers["location"] == "/history"
    assert "All was read" in visitor.get("/history").text
    assert "data-over" in visitor.get(f"{path}/steps", headers=_SCRIPT).text


def test_a_script_that_brings_the_page_up_to_date_stays_on_it(visitor: Any, site: Site) -> None:
    """It would fetch the page it leads to, and what that says first would be said to nobody."""

    def work(job: Job) -> str:
        job.tell(Flash("ok", "It is done"))
        return "/history"

    path = site.jobs.begin("Doing it", work)
    visitor.follow(path)
    assert visitor.get(path, headers=_SCRIPT).status_code == 200


def test_what_goes_wrong_is_said_where_it_was_begun_and_never_in_its_own_words(
    visitor: Any, site: Site
) -> None:
    def fails(job: Job) -> str:
        raise UsageError("There is no such account", "Choose another.")

    def breaks(job: Job) -> str:
        raise ValueError("sk-very-secret")

    answer = visitor.follow(site.jobs.begin("Reading", fails, "/history"))
    assert answer.headers["location"] == "/history"
    text = visitor.get("/history").text
    assert "There is no such account" in text
    assert "Choose another." in text
    visitor.follow(site.jobs.begin("Reading", breaks))
    text = visitor.get("/").text
    assert 'role="alert"' in text
    assert "sk-very-secret" not in text


def test_it_is_not_waited_for_without_end(visitor: Any, site: Site, clock: Any, held: Held) -> None:
    path = site.jobs.begin("Reading", held, "/history")
    assert held.at_step.wait(20)
    clock.now += LONGEST_S
    assert visitor.get(path).headers["location"] == "/history"
    assert "Reading: no end yet" in visitor.get("/history").text


def test_no_more_are_begun_than_a_person_waits_for(site: Site, held: Held) -> None:
    for _ in range(MOST_AT_WORK):
        site.jobs.begin("Reading", held)
    with pytest.raises(ConflictError):
        site.jobs.begin("Reading", held)


def test_one_that_hangs_is_at_work_still(site: Site, clock: Any, held: Held) -> None:
    """Anyone who tried again each time would have threads without end."""
    for _ in range(MOST_AT_WORK):
        site.jobs.begin("Reading", held)
    clock.now += LONGEST_S
    with pytest.raises(ConflictError):
        site.jobs.begin("Reading", held)


def test_the_manager_does_not_end_in_the_middle_of_work(site: Site, clock: Any, held: Held) -> None:
    """A key that is being moved would be in neither place; but what hangs keeps it no longer than a page."""
    site.begin_session()
    site.lifetime.page_opened()
    site.lifetime.page_closed()
    site.jobs.begin("Moving the key", held)
    clock.now += LONGEST_S - 1
    assert not site.is_over()
    clock.now += 1
    assert not site.is_over()
    clock.now += 30 * 60
    assert site.is_over()
    held.go_on.set()
    site.jobs.wait(20)
    assert site.jobs.at_work() == []


def test_a_check_that_hangs_has_an_end(
    visitor: Any, home: Any, site: Site, clock: Any, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would say "Checking…" until the manager ends, and no other could be begun."""
    home.add("work", "--label", "Work", "--provider", "@a")

    def hangs(*_asked: Any) -> Any:
        held.go_on.wait(20)
        raise UsageError("Too late", "")

    monkeypatch.setattr(checking, "check_profiles", hangs)
    visitor.fill("/check", name="work")
    first = visitor.get("/check/work").headers["location"]
    assert "Checking Work…" in visitor.words(first)
    visitor.fill("/check", name="work")  # an impatient second click
    assert visitor.get("/check/work").headers["location"] == first
    clock.now += LONGEST_S
    assert visitor.get(first).headers["location"] == "/"
    assert "It has no end yet" in visitor.words("/check/work")
    visitor.fill("/check", name="work")
    assert visitor.get("/check/work").headers["location"] != first


@pytest.mark.parametrize(
    ("form", "slow", "name"),
    [
        ("/remove", SecretStore, "delete"),
        ("/keys/spare/remove", SecretStore, "delete"),
        ("/undo", Steps, "undo"),
        ("/history/back", Steps, "undo"),
    ],
)
def test_a_keyring_that_is_waited_for_stops_no_page(
    visitor: Any, home: Any, held: Held, monkeypatch: pytest.MonkeyPatch, form: str, slow: type, name: str
) -> None:
    """It asks its person for a minute: no page would be answered all that time."""
    home.add("spare", "--provider", "@a")
    if "keys" in form:
        home.ok("remove", "spare", "--yes")
    seen = re.search(r'name="seen" value="([^"]+)"', visitor.get("/remove/spare").text)
    agreed = re.search(r'name="step" value="([^"]+)"', visitor.get("/history").text)
    fields = {"seen": seen[1] if seen else "", "agreed": agreed[1] if agreed else ""}
    fields["step"] = fields["agreed"]
    done = getattr(slow, name)

    def waits(*asked: Any, **more: Any) -> Any:
        held.at_step.set()
        held.go_on.wait(5)
        return done(*asked, **more)

    monkeypatch.setattr(slow, name, waits)
    job = visitor.fill(form, name="spare", with_key="1", **fields).headers["location"]
    assert held.at_step.wait(20)
    assert visitor.get("/history").status_code == 200
    assert visitor.get(job).status_code == 200
    held.go_on.set()
    visitor.follow(job)
    told = visitor.words("/")
    assert re.search("spare is removed|Undone|Gone back", told)


def test_close_waits_for_nothing(visitor: Any, site: Site) -> None:
    """Not for an action either: what the person closes is closed."""
    closed = threading.Event()
    site.on_close = closed.set
    send = partial(visitor.post, "/close", data={"token": visitor.form_token()}, headers=_OWN_FORM)
    with site.lock:
        sending = threading.Thread(target=send)
        sending.start()
        assert closed.wait(10)
    sending.join()


def test_nobody_else_sees_what_is_at_work(browser: Any, visitor: Any, site: Site, held: Held) -> None:
    path = site.jobs.begin("Reading", held)
    stranger = browser()
    assert stranger.get(path).status_code == 403
    assert stranger.get(f"{path}/steps").status_code == 404
    assert visitor.get("/jobs/unknown").status_code == 404


def test_a_keyring_that_asks_is_said(visitor: Any, site: Site) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def work(job: Job) -> str:
        job.step("Storing the key")
        job.app.terminal.on_question()
        asked.set()
        go_on.wait(20)
        return "/"

    path = site.jobs.begin("Saving", work)
    assert asked.wait(20)
    assert "Waiting for you to unlock the keyring…" in visitor.get(path).text
    go_on.set()
