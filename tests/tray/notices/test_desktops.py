"""Notices on desktops that show a title on one line: Xfce, GNOME, KDE, by what their services can do."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.every_notice import every_notice
from support.desktop.notification_service import DESKTOPS, LIMIT_S, Service, cut, service
from support.desktop.private_bus import private_bus

from tray.icon.marks import pixels
from tray.notices import queued_notifier
from tray.notices.choose import make_notifier
from tray.notices.notice import Notifier

Answers = queue.SimpleQueue[tuple[str, str]]


@pytest.fixture(params=DESKTOPS)
def desktop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    with private_bus(tmp_path) as bus, service(bus.address, *DESKTOPS[request.param]) as its:
        its.address = bus.address
        yield its


@pytest.fixture
def answers() -> Answers:
    return queue.SimpleQueue()


@pytest.fixture
def notifier(desktop: Service, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notifier]:
    monkeypatch.setattr("tray.notices.pace.MOST_A_MINUTE", 1000)
    its = make_notifier(
        {"DBUS_SESSION_BUS_ADDRESS": desktop.address},
        lambda key, action: answers.put((key, action)),
        picture=lambda: (48, pixels("active", "light")[48]),
    )
    yield its
    its.stop(queued_notifier.STOP_LIMIT_S)  # type: ignore[call-arg]


def test_every_notice_says_all_of_its_outcome_in_the_line_that_is_shown(
    desktop: Service, notifier: Notifier
) -> None:
    """What stands behind the cut is never read: "ANTHROPIC_BASE_URL was changed: your ke…" names no thief."""
    for number, notice in enumerate(every_notice()):
        notifier.show(notice._replace(key=str(number)))
        shown = desktop.next()
        assert cut(shown.title) == shown.title == notice.title
        assert len(shown.body.splitlines()) <= 3
        assert len(shown.actions) in (0, 2 * len(notice.actions))


def test_the_icon_is_sent_itself_and_none_is_asked_of_a_theme(desktop: Service, notifier: Notifier) -> None:
    """Installed by uv or pipx there is no icon of that name, and a broken image was shown."""
    notifier.show(next(every_notice()))
    shown = desktop.next()
    assert shown.icon == ""
    assert shown.image is not None
    width, height, stride, alpha, bits, channels, data = shown.image
    assert (width, height, stride, alpha, bits, channels) == (48, 48, 4 * 48, True, 8, 4)
    assert bytes(data) == pixels("active", "light")[48]


def test_a_button_does_its_thing(desktop: Service, notifier: Notifier, answers: Answers) -> None:
    notice = next(notice for notice in every_notice() if notice.actions)
    notifier.show(notice)
    shown = desktop.next()
    if shown.actions:
        desktop.emit("ActionInvoked", "us", shown.id, shown.actions[0])
        assert answers.get(timeout=LIMIT_S) == (notice.key, notice.actions[0][0])
