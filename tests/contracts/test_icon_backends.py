"""What every icon backend promises: one suite, inherited by each.

Our own StatusNotifierItem runs on a real bus before a panel that we play. macOS and Windows run pystray's
real code for that system over a stand-in for the system's interface.
"""

from __future__ import annotations

import queue
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from support.desktop.fake_appkit import fake_mac
from support.desktop.fake_windows import fake_windows
from support.desktop.private_bus import LIMIT_S, private_bus
from support.desktop.status_notifier import Panel, Watcher, eventually

from tray.icon import choose_backends
from tray.icon.base import Entry, Face

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.desktop.fake_appkit import FakeMac
    from support.desktop.fake_windows import FakeWindows
    from support.desktop.private_bus import PrivateBus

    from tray.icon import MakeBackend
    from tray.icon.base import IconBackend

FACE = Face("active", "Claude Code: work", "vertex-ai")
WORK = Entry("profile:work", "work", "radio", checked=True)
HOME = Entry("profile:home", "home", "radio")
BROKEN = Entry("profile:broken", "broken: no key", "radio", enabled=False)
LOGS = Entry("open:logs", "Logs")
LOGIN = Entry("autostart", "Start at login", "check", checked=True)
MENU = (
    WORK,
    HOME,
    BROKEN,
    Entry("sep:1", "", "separator"),
    Entry("open", "Open", "submenu", children=(LOGS,)),
    LOGIN,
)


class Seen(NamedTuple):
    """A line as the desktop shows it; `press` is what a user does to choose it."""

    label: str
    checked: bool
    enabled: bool
    children: list[Seen]
    press: Callable[[], None]


class Desktop:
    """Where a backend runs: what can be seen there. Each backend has its own."""

    make: MakeBackend

    def lines(self) -> list[Seen]:
        """The menu; a separator's label is ""."""
        raise NotImplementedError

    def picture(self) -> Any:
        """What the icon looks like now."""
        raise NotImplementedError

    def changes(self) -> int:
        """How often the desktop was told of something new."""
        raise NotImplementedError

    def mistakes(self) -> list[str]:
        """What the system would have punished."""
        return []


class Running:
    """A backend under way."""

    def __init__(self, desktop: Desktop, *, choose: Callable[[str], None] | None = None) -> None:
        self.desktop = desktop
        self.chosen: queue.Queue[tuple[str, int]] = queue.Queue()
        noted = choose or (lambda key: self.chosen.put((key, threading.get_ident())))
        self.backend: IconBackend = desktop.make(noted, lambda: None)
        self.backend.update(FACE, MENU)
        self.thread = threading.Thread(target=self.backend.run, daemon=True)
        assert not self.backend.hosted()
        self.thread.start()
        eventually(self.backend.hosted, "shown")
        eventually(lambda: len(desktop.lines()) == len(MENU), "the menu shown")

    def end(self) -> None:
        self.backend.stop()
        self.thread.join(LIMIT_S)
        assert not self.thread.is_alive()

    def labels(self) -> list[str]:
        return [line.label for line in self.desktop.lines()]

    def find(self, label: str) -> Seen:
        return next(line for line in self.desktop.lines() if line.label == label)


class IconContract:
    """Inherit, and give `desktop`."""

    @pytest.fixture
    def desktop(self) -> Iterator[Desktop]:
        raise NotImplementedError

    @pytest.fixture
    def running(self, desktop: Desktop) -> Iterator[Running]:
        running = Running(desktop)
        yield running
        running.end()
        assert not desktop.mistakes()

    def test_the_menu_is_shown_as_given(self, running: Running) -> None:
        assert running.labels() == ["work", "home", "broken: no key", "", "Open", "Start at login"]
        assert [line.checked for line in running.desktop.lines()] == [True, False, False, False, False, True]
        assert not running.find("broken: no key").enabled
        assert [line.label for line in running.find("Open").children] == ["Logs"]

    def test_a_choice_arrives_as_its_key_away_from_the_desktops_thread(self, running: Running) -> None:
        running.find("home").press()
        key, thread = running.chosen.get(timeout=LIMIT_S)
        assert key == "profile:home"
        assert thread != running.thread.ident

    def test_a_choice_in_a_submenu_arrives(self, running: Running) -> None:
        running.find("Open").children[0].press()
        assert running.chosen.get(timeout=LIMIT_S)[0] == "open:logs"

    def test_an_update_from_any_thread_is_shown(self, running: Running) -> None:
        another = threading.Thread(target=running.backend.update, args=(FACE, (HOME, WORK, LOGIN)))
        another.start()
        another.join(LIMIT_S)
        eventually(lambda: running.labels() == ["home", "work", "Start at login"], "shown")

    def test_every_condition_looks_different(self, running: Running) -> None:
        seen = [running.desktop.picture()]
        for condition in ("off", "drift", "error"):
            running.backend.update(FACE._replace(condition=condition), MENU)
            eventually(lambda: running.desktop.picture() not in seen, condition)
            seen.append(running.desktop.picture())

    def test_the_same_again_tells_the_desktop_nothing(self, running: Running) -> None:
        running.backend.update(FACE, MENU)
        before = running.desktop.changes()
        for _again in range(3):
            running.backend.update(FACE, MENU)
            assert running.desktop.changes() == before
        running.backend.update(FACE, (*MENU, LOGS))
        eventually(lambda: "Logs" in running.labels(), "shown")
        assert running.desktop.changes() == before + 1

    @pytest.mark.parametrize(
        "label", ["R&D", "a && b", "snake_case_name", "dunder__name", "<b>x</b>", "鍵 🔑"]
    )
    def test_a_label_reads_as_it_was_written(self, running: Running, label: str) -> None:
        running.backend.update(FACE, (WORK._replace(label=label),))
        eventually(lambda: running.labels() == [label], "shown")

    def test_a_long_title_and_tooltip_break_nothing(self, running: Running) -> None:
        running.backend.update(Face("drift", "title " * 40, "🔑 " * 300), (HOME,))
        eventually(lambda: running.labels() == ["home"], "shown")
        before = running.desktop.picture()
        running.backend.update(FACE, (HOME,))
        eventually(lambda: running.desktop.picture() != before, "still alive")

    def test_a_slow_choice_holds_up_neither_menu_nor_icon(self, desktop: Desktop) -> None:
        may_end = threading.Event()
        running = Running(desktop, choose=lambda _key: may_end.wait(LIMIT_S) and None)
        try:
            running.find("home").press()
            running.backend.update(FACE, (LOGIN,))
            eventually(lambda: running.labels() == ["Start at login"], "shown meanwhile")
        finally:
            may_end.set()
            running.end()

    def test_stopping_twice_and_updating_afterwards_do_no_harm(self, desktop: Desktop) -> None:
        running = Running(desktop)
        running.end()
        running.backend.stop()
        running.backend.update(FACE, ())
        assert not running.backend.hosted()

    def test_stopped_before_it_runs_it_ends_at_once(self, desktop: Desktop) -> None:
        backend = desktop.make(lambda _key: None, lambda: None)
        backend.stop()
        thread = threading.Thread(target=backend.run, daemon=True)
        thread.start()
        thread.join(LIMIT_S)
        assert not thread.is_alive()


class _StatusNotifier(Desktop):
    def __init__(self, bus: PrivateBus, watcher: Watcher) -> None:
        (self.make, *_others) = choose_backends({"DBUS_SESSION_BUS_ADDRESS": bus.address}, "linux")
        self._bus, self._watcher = bus, watcher
        self._panel: Panel | None = None
        self._told = 0

    @property
    def panel(self) -> Panel:
        if self._panel is None:
            self._panel = Panel(self._bus.address, self._watcher.registered.get(timeout=LIMIT_S))
        return self._panel

    def close(self) -> None:
        if self._panel is not None:
            self._panel.close()

    def lines(self) -> list[Seen]:
        def seen(line: Any) -> Seen:
            children = [seen(child) for child in line.children]
            checked = bool(line.properties.get("toggle-state"))
            press = lambda: self.panel.click(line.number)  # noqa: E731
            return Seen(line.label, checked, line.properties.get("enabled", True), children, press)

        return [seen(line) for line in self.panel.menu()]

    def picture(self) -> Any:
        return self.panel.properties()["IconPixmap"]

    def changes(self) -> int:
        self.panel.properties()  # whatever was sent before its answer has arrived
        return self.panel.signals_seen


class TestStatusNotifier(IconContract):
    @pytest.fixture
    def desktop(self, tmp_path: Path) -> Iterator[Desktop]:
        with private_bus(tmp_path) as bus, closing(Watcher(bus.address)) as watcher:
            desktop = _StatusNotifier(bus, watcher)
            yield desktop
            desktop.close()


class _Mac(Desktop):
    def __init__(self, mac: FakeMac) -> None:
        (self.make,) = choose_backends({}, "darwin")
        self.mac = mac

    def lines(self) -> list[Seen]:
        def seen(item: Any) -> Seen:
            children = [seen(child) for child in item.submenu.items] if item.submenu else []
            return Seen(item.text, bool(item.state), item.enabled, children, lambda: self.mac.choose(item))

        return [seen(item) for item in self.mac.menu.items] if self.mac.menu else []

    def picture(self) -> Any:
        return self.mac.image.data

    def changes(self) -> int:
        done = threading.Event()
        self.mac.events.put(done.set)
        assert done.wait(LIMIT_S)
        return self.mac.menus_set + self.mac.images_set

    def mistakes(self) -> list[str]:
        return self.mac.mistakes


class TestMacOS(IconContract):
    @pytest.fixture
    def desktop(self) -> Iterator[Desktop]:
        with fake_mac() as mac:
            yield _Mac(mac)

    def test_the_image_is_a_template_sharp_on_retina_and_there_is_no_dock_icon(
        self, running: Running, desktop: _Mac
    ) -> None:
        import io

        from PIL import Image

        image = Image.open(io.BytesIO(desktop.mac.image.data))
        assert desktop.mac.image.template
        assert image.size == tuple(2 * points for points in desktop.mac.image.points)
        assert {pixel[:3] for _count, pixel in image.getcolors(9999) if pixel[3]} == {(0, 0, 0)}  # type: ignore
        assert desktop.mac.policy == 1


class _Windows(Desktop):
    def __init__(self, windows: FakeWindows) -> None:
        (self.make,) = choose_backends({}, "win32")
        self.windows = windows

    def lines(self) -> list[Seen]:
        def seen(line: Any) -> Seen:
            children = [seen(child) for child in self.windows.menus[line.submenu]] if line.submenu else []
            # As Windows draws it: "&&" is an ampersand, a single one marks the access key.
            label = line.text.replace("&&", "\0").replace("&", "").replace("\0", "&")
            return Seen(label, line.checked, line.enabled, children, lambda: self._press(line.identity))

        if not self.windows.shown:
            return []
        menu = self.windows.click_icon()
        lines = [seen(line) for line in self.windows.menus[menu]]
        self.windows.pick(0)
        return lines

    def _press(self, identity: int) -> None:
        self.windows.click_icon()
        self.windows.pick(identity)

    def picture(self) -> Any:
        return self.windows.icon

    def changes(self) -> int:
        self.lines()  # the messages before have been worked off
        return self.windows.icons_set + self._menus()

    def _menus(self) -> int:
        return self.windows.menus_made // 2  # each with its submenu

    def mistakes(self) -> list[str]:
        return self.windows.mistakes


class TestWindows(IconContract):
    @pytest.fixture
    def desktop(self) -> Iterator[Desktop]:
        with fake_windows() as windows:
            yield _Windows(windows)

    def test_a_change_while_the_menu_is_open_leaves_it_open(
        self, running: Running, desktop: _Windows
    ) -> None:
        menu = desktop.windows.click_icon()
        running.backend.update(FACE._replace(condition="drift"), (HOME,))
        before = desktop.windows.icon
        eventually(lambda: desktop.windows.icon != before, "the change worked off")
        assert len(desktop.windows.menus[menu]) == len(MENU)
        desktop.windows.pick(2)
        assert running.chosen.get(timeout=LIMIT_S)[0] == "profile:home"
        assert running.labels() == ["home"]

    def test_a_left_click_opens_the_menu_too(self, running: Running, desktop: _Windows) -> None:
        assert desktop.windows.click_icon(0x0202)
        desktop.windows.pick(0)

    def test_the_tooltip_is_cut_to_what_windows_takes(self, running: Running, desktop: _Windows) -> None:
        running.backend.update(Face("active", "title", "🔑" * 200), MENU)
        eventually(lambda: desktop.windows.tooltip.startswith("title\n🔑"), "shown")
        assert len(desktop.windows.tooltip.encode("utf-16-le")) // 2 <= 127


@contextmanager
def _no_pystray(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import sys

    monkeypatch.setitem(sys.modules, "gi", None)
    yield


def test_gtk_says_what_is_missing_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from tray.icon.base import IconUnavailableError

    with _no_pystray(monkeypatch), pytest.raises(IconUnavailableError):
        choose_backends({}, "linux")[1](lambda _key: None, lambda: None).run()


def test_nothing_costly_is_loaded_by_choosing() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from tray.icon import choose_backends; choose_backends({}, 'linux');"
        "print([name for name in ('PIL', 'jeepney', 'pystray') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
