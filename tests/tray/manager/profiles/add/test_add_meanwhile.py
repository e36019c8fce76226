"""What is entered while the network is still asked: an answer counts only for what was asked about."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error
from support.home.user_home import KEY

VIRTUAL_KEY = {"kind": "virtual_key", "virtual-key": "vk-nowhere-1", "owner": "anthropic"}


class Held:
    """A question that the gateway has come by, and answers once it may."""

    def __init__(self) -> None:
        self.came, self.may = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.came.set()
        self.may.wait(20)


@pytest.fixture
def hold(hosted: HostedAccount) -> Iterator[Callable[[str], Held]]:
    """Holds the next answer to a path."""
    held: list[Held] = []

    def next_of(path: str) -> Held:
        held.append(Held())
        hosted.before[("GET", path)] = [held[-1]]
        return held[-1]

    yield next_of
    for each in held:
        each.may.set()


def begin(person: Person, held: Held, path: str, **fields: str) -> str:
    """Send a form that asks the gateway: the page that waits for the answer."""
    where: str = person.visitor.fill(path, **fields).headers["location"]
    assert held.came.wait(20)
    return where


def end(person: Person, held: Held, where: str) -> str:
    """The page that the waiting one goes on to."""
    held.may.set()
    return str(person.visitor.follow(where).headers["location"])


def test_a_test_of_another_route_is_not_shown_as_that_of_the_new_one(
    person: Person, hold: Callable[[str], Held]
) -> None:
    assert person.key() == "/add/route"
    assert person.route() == "/add/models"
    assert person.models(model_sonnet="claude-sonnet-5-5") == "/add/details"
    held = hold("/v1/models")
    details = {"label": "Work", "name": "work", "dialect": "messages", "delivery": "helper"}
    where = begin(person, held, "/add/details", **details)
    assert person.visitor.fill("/add/route", **VIRTUAL_KEY).status_code == 303
    assert end(person, held, where) == "/add/review"
    assert "Not tested yet." in person.see("/add/review")


def test_models_of_another_route_are_not_suggested_for_the_new_one(
    person: Person, hosted: HostedAccount, hold: Callable[[str], Held]
) -> None:
    assert person.key() == "/add/route"
    slug = next(iter(hosted.configs))
    held = hold(f"/v1/configs/{slug}")
    where = begin(person, held, "/add/route", kind="config", config=slug)
    assert person.visitor.fill("/add/route", **VIRTUAL_KEY).status_code == 303
    assert end(person, held, where) == "/add/models"
    assert "claude-" not in person.html("/add/models")


@pytest.mark.parametrize("refused", [True, False])
def test_a_key_that_is_given_meanwhile_stays_whatever_was_said_of_the_one_before(
    person: Person, hosted: HostedAccount, hold: Callable[[str], Held], *, refused: bool
) -> None:
    held = hold("/v1/models")
    if refused:
        hosted.refusals[("GET", "/v1/models")] = auth_error(401, "Invalid API Key", "03")
    given = {"source": "new", "gateway": "own", "url": person.url}
    where = begin(person, held, "/add", key=KEY, look="1", **given)
    other = person.visitor.fill("/add", key="pk-CANARY-another-0123456789", look="0", **given)
    assert other.headers["location"] == "/add/route"
    assert end(person, held, where) == "/add/route"
    assert "The key that you pasted is still here" in person.see("/add")
    assert "It can use" not in person.see("/add/route")
