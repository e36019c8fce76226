"""The icon on a Linux desktop: the real backend on a real (private) bus, before a panel that we play."""

from __future__ import annotations

import queue
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.desktop.private_bus import LIMIT_S, private_bus
from support.desktop.status_notifier import Line, Panel, Watcher, eventually

from tray.icon.base import Entry, Face, IconUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.desktop.private_bus import PrivateBus

    from tray.icon.status_notifier import StatusNotifierIcon

ACTIVE = Face("active", "Claude Code: work", "vertex-ai")
DRIFT = Face("drift", "Claude Code: changed by something else", "ANTHROPIC_BASE_URL")
WORK = Entry("profile:work", "work", "radio", checked=True)
HOME = Entry("profile:home", "home", "radio")
MORE = Entry("open", "Open", "submenu", children=(Entry("open:logs", "Logs"),))
MENU = (WORK, HOME, Entry("sep:1", "", "separator"), MORE, Entry("quit", "Quit"))


class Desk:
    """A bus, and the icon running in a thread on it."""

    def __init__(self, bus: PrivateBus, **environ: str) -> None:
        from tray.icon.status_notifier import StatusNotifierIcon

        self.bus = bus
        self.chosen: queue.Queue[str] = queue.Queue()
        self.activated: queue.Queue[None] = queue.Queue()
        self.failed: list[BaseException] = []
        self.icon: StatusNotifierIcon = StatusNotifierIcon(
            self.choose,
            lambda: self.activated.put(None),
            environ={"DBUS_SESSION_BUS_ADDRESS": bus.address, **environ},
            reconnect_s=(0.02,),
        )
        self.thread = threading.Thread(target=self._run, daemon=True)

    def choose(self, key: str) -> None:
        self.chosen.put(key)

    def _run(self) -> None:
        try:
            self.icon.run()
        except BaseException as error:  # noqa: BLE001
            self.failed.append(error)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.icon.stop()
        self.thread.join(LIMIT_S)
        assert not self.thread.is_alive()
        assert not self.failed


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as bus:
        yield bus


@pytest.fixture
def watcher(bus: PrivateBus) -> Iterator[Watcher]:
    with closing(Watcher(bus.address)) as watcher:
        yield watcher


@pytest.fixture
def desk(bus: PrivateBus) -> Iterator[Desk]:
    desk = Desk(bus)
    desk.icon.update(ACTIVE, MENU)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def panel(desk: Desk, watcher: Watcher) -> Iterator[Panel]:
    with closing(Panel(desk.bus.address, watcher.registered.get(timeout=LIMIT_S))) as panel:
        yield panel


def find(lines: list[Line], label: str) -> Line:
    return next(line for line in lines if line.label == label)


def test_every_property_that_a_panel_asks_for_is_answered(panel: Panel) -> None:
    # Read in the code of GNOME's extension, KDE, LXQt, Xfce, Cinnamon and waybar; one missing there means
    # no icon, or an icon with an empty menu.
    properties = panel.properties()
    assert properties.keys() >= {
        "Category", "Id", "Title", "Status", "WindowId", "IconName", "IconPixmap", "OverlayIconName",
        "OverlayIconPixmap", "AttentionIconName", "AttentionIconPixmap", "AttentionMovieName",
        "IconThemePath", "ToolTip", "ItemIsMenu", "Menu", "IconAccessibleDesc", "AttentionAccessibleDesc",
        "XAyatanaLabel", "XAyatanaLabelGuide", "XAyatanaOrderingIndex",
    }  # fmt: skip
    for name, value in properties.items():
        asked = panel.call(
            "/StatusNotifierItem",
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            "org.kde.StatusNotifierItem",
            name,
        )
        assert asked[0][1] == value
    assert properties["ItemIsMenu"] is True
    assert properties["ToolTip"] == ("", [], "Claude Code: work", "vertex-ai")


def test_the_pixmaps_are_the_mark_in_the_byte_order_that_panels_expect(panel: Panel) -> None:
    from tray.icon.artwork import draw

    pixmaps = {width: data for width, _height, data in panel.properties()["IconPixmap"]}
    assert set(pixmaps) == {16, 22, 24, 32, 48, 64}
    red, green, blue, alpha = draw("active", 32, "light").getpixel((4, 16))  # type: ignore[misc]
    start = 4 * (16 * 32 + 4)
    assert list(pixmaps[32][start : start + 4]) == [alpha, red, green, blue]


@pytest.mark.parametrize(
    ("path", "interface", "method", "signature", "body"),
    [
        ("/StatusNotifierItem", "org.kde.StatusNotifierItem", "ContextMenu", "ii", (1, 2)),
        ("/StatusNotifierItem", "org.kde.StatusNotifierItem", "Scroll", "is", (120, "vertical")),
        ("/StatusNotifierItem", "org.kde.StatusNotifierItem", "ProvideXdgActivationToken", "s", ("t",)),
        ("/StatusNotifierItem", "org.freedesktop.DBus.Peer", "Ping", "", ()),
        ("/StatusNotifierItem", "org.freedesktop.DBus.Introspectable", "Introspect", "", ()),
        ("/", "org.freedesktop.DBus.Introspectable", "Introspect", "", ()),
        ("/MenuBar", "org.freedesktop.DBus.Properties", "GetAll", "s", ("com.canonical.dbusmenu",)),
        ("/MenuBar", "com.canonical.dbusmenu", "AboutToShow", "i", (0,)),
        ("/MenuBar", "com.canonical.dbusmenu", "AboutToShowGroup", "ai", ([0, 1],)),
        ("/MenuBar", "com.canonical.dbusmenu", "GetGroupProperties", "aias", ([], [])),
        ("/MenuBar", "com.canonical.dbusmenu", "EventGroup", "a(isvu)", ([(0, "opened", ("i", 0), 0)],)),
    ],
)
def test_every_method_that_a_panel_calls_is_answered(
    panel: Panel, path: str, interface: str, method: str, signature: str, body: tuple[Any, ...]
) -> None:
    panel.call(path, interface, method, signature, *body)


@pytest.mark.parametrize(
    ("method", "signature", "body"),
    [
        ("Nonsense", "", ()),
        ("GetLayout", "s", ("x",)),
        ("GetLayout", "iias", (4711, -1, [])),
        ("AboutToShow", "i", (99,)),
    ],
)
def test_a_wrong_call_gets_an_error_and_the_icon_lives_on(
    panel: Panel, method: str, signature: str, body: tuple[Any, ...]
) -> None:
    from jeepney.wrappers import DBusErrorResponse

    with pytest.raises(DBusErrorResponse):
        panel.call("/MenuBar", "com.canonical.dbusmenu", method, signature, *body)
    assert panel.menu()


def test_what_the_panel_is_told_describes_itself(panel: Panel) -> None:
    from xml.etree import ElementTree

    seen = set()
    for path in ("/StatusNotifierItem", "/MenuBar"):
        (text,) = panel.call(path, "org.freedesktop.DBus.Introspectable", "Introspect")
        seen |= {node.get("name") for node in ElementTree.fromstring(text)}
    assert {"org.kde.StatusNotifierItem", "com.canonical.dbusmenu"} <= seen


def test_choosing_an_entry_hands_over_its_key(desk: Desk, panel: Panel) -> None:
    panel.click(find(panel.menu(), "home").number)
    assert desk.chosen.get(timeout=LIMIT_S) == "profile:home"


def test_the_menu_opens_while_a_choice_is_still_being_carried_out(bus: PrivateBus, watcher: Watcher) -> None:
    may_end = threading.Event()

    class Slow(Desk):
        def choose(self, key: str) -> None:
            may_end.wait(LIMIT_S)
            super().choose(key)

    desk = Slow(bus)
    desk.icon.update(ACTIVE, MENU)
    desk.start()
    with closing(Panel(bus.address, watcher.registered.get(timeout=LIMIT_S))) as panel:
        panel.click(find(panel.menu(), "home").number)
        assert panel.menu()
        assert desk.chosen.empty()
        may_end.set()
        assert desk.chosen.get(timeout=LIMIT_S) == "profile:home"
    desk.stop()


def test_a_choice_that_fails_does_not_end_the_later_ones(
    bus: PrivateBus, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: queue.Queue[Any] = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", told.put)

    class Failing(Desk):
        def choose(self, key: str) -> None:
            super().choose(key)
            raise RuntimeError(key)

    desk = Failing(bus)
    desk.icon.update(ACTIVE, MENU)
    desk.start()
    with closing(Panel(bus.address, watcher.registered.get(timeout=LIMIT_S))) as panel:
        for label in ("home", "work"):
            panel.click(find(panel.menu(), label).number)
            assert desk.chosen.get(timeout=LIMIT_S) == f"profile:{label}"
            assert told.get(timeout=LIMIT_S).exc_type is RuntimeError
    desk.stop()


def test_a_disabled_entry_cannot_be_chosen(desk: Desk, panel: Panel) -> None:
    desk.icon.update(ACTIVE, (HOME._replace(enabled=False), WORK))
    panel.signals_until("LayoutUpdated")
    menu = panel.menu()
    panel.click(find(menu, "home").number)
    panel.click(find(menu, "work").number)
    assert desk.chosen.get(timeout=LIMIT_S) == "profile:work"


def test_a_left_click_that_the_panel_hands_on_arrives(desk: Desk, panel: Panel) -> None:
    # LXQt and Cinnamon do so.
    panel.call("/StatusNotifierItem", "org.kde.StatusNotifierItem", "Activate", "ii", 1, 2)
    desk.activated.get(timeout=LIMIT_S)


def test_switching_keeps_an_open_menu_open(desk: Desk, panel: Panel) -> None:
    # A panel builds its menu again when the layout changes: only properties may.
    before = [line.number for line in panel.menu()]
    panel.event(0, "opened")
    desk.icon.update(ACTIVE, (WORK._replace(checked=False), HOME._replace(checked=True), *MENU[2:]))
    ((member, values),) = panel.signals_until("ItemsPropertiesUpdated")
    assert member == "ItemsPropertiesUpdated"
    assert values == (
        [(before[0], {"toggle-state": ("i", 0)}), (before[1], {"toggle-state": ("i", 1)})],
        [],
    )
    assert [line.number for line in panel.menu()] == before


def test_a_new_profile_moves_no_other_line(desk: Desk, panel: Panel) -> None:
    before = {line.label: line.number for line in panel.menu()}
    desk.icon.update(ACTIVE, (WORK, Entry("profile:new", "new", "radio"), *MENU[1:]))
    assert panel.signals_until("LayoutUpdated")[-1][1][1] == 0
    after = {line.label: line.number for line in panel.menu()}
    assert after.items() >= before.items()
    assert after["new"] not in before.values()


def test_the_same_again_sends_nothing(desk: Desk, panel: Panel) -> None:
    desk.icon.update(ACTIVE, MENU)
    desk.icon.update(ACTIVE._replace(title="another"), MENU)
    assert [member for member, _values in panel.signals_until("NewToolTip")] == ["NewTitle", "NewToolTip"]


def test_drift_is_shown_by_the_mark_and_by_asking_for_attention(desk: Desk, panel: Panel) -> None:
    # Xfce 4.18 shows the attention mark whenever there is one.
    calm = panel.properties()
    assert (calm["Status"], calm["AttentionIconPixmap"]) == ("Active", [])
    desk.icon.update(DRIFT, MENU)
    seen = panel.signals_until("NewStatus")
    assert {member for member, _values in seen} >= {"NewIcon", "NewAttentionIcon", "NewToolTip", "NewStatus"}
    assert seen[-1][1] == ("NeedsAttention",)
    drift = panel.properties()
    assert drift["IconPixmap"] == drift["AttentionIconPixmap"] != calm["IconPixmap"]


def test_a_toggle_that_the_panel_flipped_by_itself_is_put_right(desk: Desk, panel: Panel) -> None:
    # Qt's panels show a clicked radio as chosen at once; the switch may have failed.
    home = find(panel.menu(), "home").number
    panel.click(home)
    ((_member, values),) = panel.signals_until("ItemsPropertiesUpdated")
    assert values[0] == [(home, {"toggle-state": ("i", 0)})]


@pytest.mark.parametrize("label", ["snake_case_name", "a & b <c>", "é ü 鍵 🔑", "NUL\0 and \ud800 and\nline"])
def test_any_label_arrives_and_none_breaks_the_connection(desk: Desk, panel: Panel, label: str) -> None:
    desk.icon.update(Face("active", label, label), (Entry("profile:x", label, "radio"),))
    panel.signals_until("LayoutUpdated")
    (line,) = panel.menu()
    if label.isprintable():
        assert line.label == label
    title, tooltip = panel.properties()["ToolTip"][2:]
    assert not set("&<") & set(title + tooltip)  # KDE and waybar would read markup


def test_a_restarted_panel_gets_the_icon_back(desk: Desk, watcher: Watcher, panel: Panel) -> None:
    eventually(desk.icon.hosted, "hosted by the first panel")
    watcher.close()
    eventually(lambda: not desk.icon.hosted(), "no host noticed")
    with closing(Watcher(desk.bus.address)) as again:
        assert again.registered.get(timeout=LIMIT_S) == panel.service
        eventually(desk.icon.hosted, "hosted by the second panel")
        assert desk.icon.absence() is None


def test_a_restarted_bus_gets_the_icon_back_with_what_was_shown_last(bus: PrivateBus) -> None:
    desk = Desk(bus)
    desk.icon.update(ACTIVE, MENU)
    desk.start()
    with closing(Watcher(bus.address)) as watcher:
        watcher.registered.get(timeout=LIMIT_S)
        eventually(desk.icon.hosted, "hosted")
        bus.stop()
        eventually(lambda: not desk.icon.hosted(), "loss noticed")
    desk.icon.update(DRIFT, (HOME,))
    absence = desk.icon.absence()
    assert absence is not None
    assert "bus" in absence.reason
    bus.start()
    with (
        closing(Watcher(bus.address)) as watcher,
        closing(Panel(bus.address, watcher.registered.get(timeout=LIMIT_S))) as panel,
    ):
        assert [line.label for line in panel.menu()] == ["home"]
        assert panel.properties()["Status"] == "NeedsAttention"
    desk.stop()


def test_a_panel_that_comes_later_is_waited_for(bus: PrivateBus) -> None:
    desk = Desk(bus)
    desk.start()
    with closing(Watcher(bus.address, host=False)) as watcher:
        assert watcher.asked.get(timeout=LIMIT_S) == "IsStatusNotifierHostRegistered"
        absence = desk.icon.absence()
        assert absence is not None
        assert "panel" in absence.reason
        watcher.host_came()
        eventually(desk.icon.hosted, "the host's coming noticed")
    desk.stop()


def test_gnome_users_are_told_which_extension(bus: PrivateBus) -> None:
    desk = Desk(bus, XDG_CURRENT_DESKTOP="ubuntu:GNOME")
    desk.start()
    eventually(lambda: "GNOME" in getattr(desk.icon.absence(), "reason", ""), "connected, without a panel")
    absence = desk.icon.absence()
    assert absence is not None
    assert "AppIndicator" in absence.remedy
    desk.stop()


@pytest.mark.parametrize(
    "environ",
    [{}, {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}, {"DBUS_SESSION_BUS_ADDRESS": "tcp:host=x"}],
)
def test_without_a_session_bus_it_says_so_and_another_backend_is_tried(environ: dict[str, str]) -> None:
    from tray.icon.status_notifier import StatusNotifierIcon

    with pytest.raises(IconUnavailableError) as caught:
        StatusNotifierIcon(lambda _key: None, lambda: None, environ=environ).run()
    assert "session bus" in caught.value.title
    assert caught.value.hint


def test_stopped_before_it_runs_it_ends_at_once(bus: PrivateBus) -> None:
    desk = Desk(bus)
    desk.icon.stop()
    desk.start()
    desk.stop()


def test_stopping_while_the_bus_is_gone_ends_at_once(bus: PrivateBus) -> None:
    desk = Desk(bus)
    desk.icon._reconnect_s = (3600.0,)
    desk.start()
    with closing(Watcher(bus.address)) as watcher:
        watcher.registered.get(timeout=LIMIT_S)
        bus.stop()
        eventually(lambda: desk.icon._bus is None, "loss noticed")
    desk.stop()
    bus.start()
