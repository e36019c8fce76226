"""The menu: what a user finds in it, in every state."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from profiles.portkey.editions import AIRS
from tray.icon.base import Entry
from tray.runtime.menu.menu import MOST_PROJECTS, build_menu
from tray.runtime.menu.profile_entries import FEW_PROFILES, GROUP_SIZE
from tray.runtime.menu.tray_state import RECENT_SHOWN, ProfileRow, ProjectRow, TrayState

WORK = ProfileRow("work", "Work", "vertex-ai")
HOME = ProfileRow("home", "", "anthropic")
CALM = TrayState("active", "work", (WORK, HOME), undo="last switch: back to home", autostart=False)


def many(count: int) -> tuple[ProfileRow, ...]:
    return tuple(ProfileRow(f"{chr(97 + number % 26)}{number:04}", "", "") for number in range(count))


def flat(entries: tuple[Entry, ...]) -> list[Entry]:
    return [entry for top in entries for entry in (top, *flat(top.children))]


def labels(state: TrayState) -> list[str]:
    return [entry.label for entry in build_menu(state)]


def entry(state: TrayState, key: str) -> Entry:
    (found,) = [entry for entry in flat(build_menu(state)) if entry.key == key]
    return found


def test_the_order_is_the_designs() -> None:
    assert labels(CALM) == [
        "Work (vertex-ai)",
        "",
        "Work (vertex-ai)",
        "home (anthropic)",
        "Off",
        "",
        "Undo last switch: back to home",
        "Check connection",
        "",
        "Open",
        "Start at login",
        "Doctor",
        "Quit",
    ]
    assert not build_menu(CALM)[0].enabled


def test_exactly_the_active_profile_is_marked_among_the_radio_items() -> None:
    marked = [entry.key for entry in flat(build_menu(CALM)) if entry.kind == "radio" and entry.checked]
    assert marked == ["profile:work"]
    off = CALM._replace(condition="off", active=None)
    assert [entry.key for entry in flat(build_menu(off)) if entry.kind == "radio" and entry.checked] == [
        "off"
    ]


def test_drift_offers_what_to_do_and_says_what_changed() -> None:
    drifted = CALM._replace(condition="drift", drift=("ANTHROPIC_BASE_URL: https://evil.example",))
    keys = [entry.key for entry in build_menu(drifted)]
    assert keys.index("header") < keys.index("restore") < keys.index("profile:work")
    assert {"restore", "adopt", "ignore", "diff"} <= set(keys)
    assert "ANTHROPIC_BASE_URL: https://evil.example" in labels(drifted)
    assert "restore" not in [entry.key for entry in build_menu(CALM)]


def test_much_drift_does_not_fill_the_screen() -> None:
    drifted = CALM._replace(condition="drift", drift=tuple(f"line {number}" for number in range(50)))
    assert "and 47 more" in labels(drifted)
    assert len(build_menu(drifted)) < 25


def test_a_broken_profile_is_shown_with_its_reason_and_cannot_be_chosen() -> None:
    broken = CALM._replace(profiles=(WORK, HOME._replace(problem="no such field: gatewy")))
    home = entry(broken, "profile:home")
    assert home.label == "home: no such field: gatewy"
    assert not home.enabled


def test_while_switching_nothing_that_changes_settings_can_be_chosen_twice() -> None:
    busy = CALM._replace(busy=True)
    assert not any(entry(busy, key).enabled for key in ("profile:home", "off", "undo"))
    assert entry(busy, "quit").enabled
    assert [e.key for e in flat(build_menu(busy))] == [e.key for e in flat(build_menu(CALM))]


def test_an_error_is_readable_in_the_menu() -> None:
    assert "settings.json is not JSON" in labels(
        CALM._replace(condition="error", message="settings.json is not JSON")
    )


def test_an_error_after_a_long_path_is_readable_too() -> None:
    message = f"/home/{'deeper/' * 12}settings.json line 7, column 1: the end of the file expected"
    lines = labels(CALM._replace(condition="error", message=message))[1:]
    shown = lines[: lines.index("")]
    assert " ".join(shown).endswith("/settings.json line 7, column 1: the end of the file expected")
    assert all(len(line) <= 64 for line in shown)
    endless = labels(CALM._replace(condition="error", message="word " * 1_000))
    assert len(endless) <= len(labels(CALM)) + 4
    assert "one two" in labels(CALM._replace(condition="error", message="one\x85two"))


def test_where_starting_at_login_is_impossible_it_is_not_offered() -> None:
    assert "autostart" not in [e.key for e in build_menu(CALM._replace(autostart=None))]
    assert entry(CALM._replace(autostart=True), "autostart").checked


def test_nothing_to_undo_cannot_be_chosen() -> None:
    assert not entry(CALM._replace(undo=""), "undo").enabled


def test_without_profiles_the_menu_says_how_to_make_one() -> None:
    assert any("pkcc-tray add" in label for label in labels(TrayState("off", None, ())))


def test_an_active_profile_that_no_longer_exists_is_still_named() -> None:
    assert labels(CALM._replace(active="gone"))[0] == "gone"


def test_every_place_can_be_opened() -> None:
    places = {child.key for child in entry(CALM, "open").children}
    assert places == {
        f"open:{place}" for place in ("logs", "configs", "model-catalog", "api-keys", "settings", "profiles")
    }


def test_the_pages_are_those_of_the_active_profiles_edition() -> None:
    """A user of Prisma AIRS has no login at Portkey's own console."""
    labels_shown = [child.label for child in entry(CALM._replace(edition=AIRS), "open").children]
    assert labels_shown[0] == "Strata Cloud Manager"
    assert not any("Portkey" in label for label in labels_shown)


def test_with_many_profiles_the_recent_ones_and_the_active_one_are_at_hand() -> None:
    profiles = many(40)
    names = [row.name for row in profiles]
    state = TrayState("active", names[39], profiles, recent=tuple(names[:20]))
    top = [e.key.removeprefix("profile:") for e in build_menu(state) if e.key.startswith("profile:")]
    assert set(top) == {names[39], *names[: RECENT_SHOWN - 1]}


def test_few_profiles_are_all_at_hand() -> None:
    assert not [
        e for e in build_menu(CALM._replace(profiles=many(FEW_PROFILES))) if e.key.startswith("group:")
    ]


@given(
    st.lists(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z"), unique_by=str.casefold, max_size=60),
    st.lists(st.text(max_size=10), max_size=60),
    st.data(),
)
def test_every_profile_is_in_the_menu_exactly_once_and_every_key_is_unique(
    names: list[str], titles: list[str], data: st.DataObject
) -> None:
    titles += [""] * len(names)
    profiles = tuple(ProfileRow(name, title, "") for name, title in zip(names, titles, strict=False))
    active = data.draw(st.sampled_from([None, *names]))
    recent = tuple(data.draw(st.lists(st.sampled_from(names), unique=True)) if names else ())
    entries = flat(build_menu(TrayState("active", active, profiles, recent)))
    keys = [e.key for e in entries]
    assert len(set(keys)) == len(keys)
    assert {key.removeprefix("profile:") for key in keys if key.startswith("profile:")} == set(names)
    assert all("\n" not in e.label for e in entries)


def test_switching_among_many_renames_no_submenu() -> None:
    profiles = many(100)
    before, after = (
        build_menu(TrayState("active", name, profiles, recent=(name,))) for name in ("a0000", "m0012")
    )
    groups = [e.key for e in flat(before) if e.kind == "submenu"]
    assert groups == [e.key for e in flat(after) if e.kind == "submenu"]
    assert len(groups) > 2


def test_submenus_are_named_by_what_is_in_them() -> None:
    alike = tuple(ProfileRow(f"team-{number:03}", "", "") for number in range(60))
    others = (ProfileRow("alpha", "", ""), ProfileRow("beta", "Beta", ""))
    menu = build_menu(TrayState("off", None, (*alike, *others)))
    assert [e.label for e in menu if e.key.startswith("group:")] == [
        "A\N{EN DASH}B",
        "team-000 … team-024",
        "team-025 … team-049",
        "team-050 … team-059",
    ]


def test_a_thousand_profiles_fit_on_the_screen_and_build_at_once() -> None:
    state = TrayState("active", "a0000", many(1000))
    best = 1.0
    for _try in range(5):
        start = time.perf_counter()
        menu = build_menu(state)
        best = min(best, time.perf_counter() - start)
    assert best < 0.05  # a few ms; the rest is for a busy machine
    assert len(menu) < 35
    assert all(len(e.children) <= GROUP_SIZE for e in flat(menu))


def test_a_long_label_does_not_make_the_menu_wider_than_the_screen() -> None:
    assert all(
        len(label) <= 64 for label in labels(CALM._replace(profiles=(WORK._replace(label="x" * 500),)))
    )


def test_a_label_of_several_lines_is_one_line_in_the_menu() -> None:
    assert "two lines (vertex-ai)" in labels(CALM._replace(profiles=(WORK._replace(label="two\n  lines"),)))


def test_a_new_version_is_one_line_near_the_end() -> None:
    assert labels(CALM._replace(update="1.2.0"))[-3:] == ["Version 1.2.0 is out …", "Doctor", "Quit"]
    assert "update" not in [entry.key for entry in build_menu(CALM)]


def test_projects_are_listed_with_what_is_wrong_and_written_again_by_a_click() -> None:
    rows = (
        ProjectRow("/home/me/api", "", "ok"),
        ProjectRow("/home/me/web/", "work", "changed"),
        ProjectRow(r"C:\me\old", "", "missing"),
    )
    assert "projects" not in [each.key for each in build_menu(CALM)]
    children = entry(CALM._replace(projects=rows), "projects").children
    assert [each.label for each in children] == [
        "api",
        "web (work): changed by something else",
        "old: its directory is gone",
        "",
        "Write all of them again",
    ]
    assert [each.key for each in children][:2] == ["open:/home/me/api", "open:/home/me/web/"]
    many_rows = tuple(ProjectRow(f"/p/{number}", "", "ok") for number in range(1000))
    children = entry(CALM._replace(projects=many_rows), "projects").children
    assert len(children) == MOST_PROJECTS + 3
    assert not entry(CALM._replace(projects=rows, busy=True), "sync").enabled


def test_the_connection_can_be_checked_only_of_a_profile() -> None:
    assert entry(CALM, "check").enabled
    assert not entry(CALM._replace(active=None, condition="off"), "check").enabled
