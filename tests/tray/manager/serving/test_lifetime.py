"""Nothing listens when no page is open; and a page that nobody uses is closed."""

from __future__ import annotations

from typing import Any

import pytest

from tray.manager.serving.lifetime import BETWEEN_PAGES_S, Lifetime

IDLE_S = 1800.0


@pytest.fixture
def life(clock: Any) -> Lifetime:
    return Lifetime(clock, lambda: IDLE_S)


def is_over(life: Lifetime, *, awaited: bool = False, session: bool = True) -> bool:
    return life.is_over(awaited=awaited, session=session)


def test_a_link_that_nobody_follows_ends_it(life: Lifetime, clock: Any) -> None:
    clock.now += 59
    assert not is_over(life, awaited=True, session=False)
    clock.now += 2
    assert is_over(life, session=False)


def test_it_ends_when_its_page_is_closed(life: Lifetime, clock: Any) -> None:
    life.page_opened()
    clock.now += 600
    assert not is_over(life)
    life.page_closed()
    assert not is_over(life)
    clock.now += BETWEEN_PAGES_S - 1
    assert not is_over(life)  # another page of it may be on its way
    clock.now += 1
    assert is_over(life)


def test_a_second_page_keeps_it(life: Lifetime, clock: Any) -> None:
    life.page_opened()
    life.page_opened()
    life.page_closed()
    clock.now += 600
    assert not is_over(life)


def test_half_an_hour_without_use_ends_it_though_a_page_is_open(life: Lifetime, clock: Any) -> None:
    life.page_opened()
    clock.now += IDLE_S - 1
    assert not is_over(life)
    life.used()
    clock.now += IDLE_S - 1
    assert not is_over(life)
    clock.now += 1
    assert is_over(life)


def test_without_scripts_it_stays_for_half_an_hour(life: Lifetime, clock: Any) -> None:
    """No script says that a page is open: then only use does."""
    life.new_session()
    life.used()
    clock.now += 600
    assert not is_over(life)
    assert life.has_page()
    clock.now += IDLE_S
    assert is_over(life)
    assert not life.has_page()
