"""The menu: what a user finds in it, in every state."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st
from support.counted import calls

from profiles.portkey.editions import AIRS
from tray.actions.policy.standing import Locks
from tray.icon.base import Entry, Face
from tray.icon.dbus_menu import DBusMenu
from tray.runtime.menu.change_words import Changed
from tray.runtime.menu.face import face_of
from tray.runtime.menu.menu import MOST_PROJECTS, build_menu
from tray.runtime.menu.profile_entries import FEW_PROFILES, GROUP_SIZE
from tray.runtime.menu.tray_state import Health, ProfileRow, ProjectRow, TrayState

WORK = ProfileRow("work", "Work", "vertex-ai")
HOME = ProfileRow("home", "", "anthropic")
CALM = TrayState("active", "work", (WORK, HOME), undo="back to home", autostart=False)


def many(count: int) -> tuple[ProfileRow, ...]:
    return tuple(ProfileRow(f"{chr(97 + number % 26)}{number:04}", "", "") for number in range(count))


def flat(entries: tuple[Entry, ...]) -> list[Entry]:
    return [entry for top in entries for entry in (top, *flat(top.children))]


def first(state: TrayState) -> list[tuple[str, str]]:
    """What stands above the first separator."""
    lines = [(entry.key, entry.label) for entry in build_menu(state)]
    return lines[: [key.partition(":")[0] for key, _ in lines].index("sep")]


def labels(state: TrayState) -> list[str]:
    return [entry.label for entry in build_menu(state)]


def keys(state: TrayState) -> list[str]:
    return [entry.key for entry in build_menu(state)]


def entry(state: TrayState, key: str) -> Entry:
    (found,) = [entry for entry in flat(build_menu(state)) if entry.key == key]
    return found


# All is right ----------------------------------------------------------------------------------------

USUAL = [
    "",
    "Open",
    "",
    "Manage profiles…",
    "Add profile…",
    "Edit Work…",
    "Look for problems…",
    "Preferences…",
    "",
    "Quit",
]


def test_where_all_is_right_the_ticked_profile_says_it_and_nothing_is_said_twice() -> None:
    assert labels(CALM._replace(budget="$ 61 of $ 500")) == [
        "Work (vertex-ai)",
        "home (anthropic)",
        "Off",
        "",
        "Budget: $ 61 of $ 500",
        "Check connection",
        "Undo: back to home",
        *USUAL,
    ]
    every = [label for label in labels(CALM) if label]
    assert len(set(every)) == len(every)


def test_every_line_above_and_below_the_profiles_can_be_chosen_in_every_state() -> None:
    """Grey text is what panels make least legible, and LXQt's light theme draws it like any other."""
    for state in STATES.values():
        grey = [e.key for e in flat(build_menu(state)) if not e.enabled and e.kind != "separator"]
        changing = ("profile:", "off", "undo", "sync")
        assert all(key.startswith(changing) for key in grey), grey
        assert not grey or state.busy or state.broken


def test_exactly_the_active_profile_is_marked_among_the_radio_items() -> None:
    marked = [entry.key for entry in flat(build_menu(CALM)) if entry.kind == "radio" and entry.checked]
    assert marked == ["profile:work"]
    off = CALM._replace(condition="off", active=None)
    assert [entry.key for entry in flat(build_menu(off)) if entry.kind == "radio" and entry.checked] == [
        "off"
    ]


def test_nothing_to_undo_and_nothing_to_check_are_not_offered() -> None:
    assert "undo" not in keys(CALM._replace(undo=""))
    assert "check" not in keys(CALM._replace(active=None, condition="off"))


def test_a_profile_in_use_that_no_longer_exists_is_still_named() -> None:
    assert "Edit gone…" in labels(CALM._replace(active="gone"))


def test_what_waits_for_the_profile_in_use_is_the_first_line() -> None:
    """At the end of the menu nobody sees where their key would go from now on."""
    state = CALM._replace(active="acme/work", waiting=("acme", "labs"))
    assert labels(state)[0] == "acme: changes to look at…"
    assert labels(state)[-2] == "labs: changes to look at…"


# What is wrong comes first ---------------------------------------------------------------------------

ALARM = CALM._replace(
    condition="drift",
    changed=Changed("Your key would go to api.portkey-ai.example", "api.portkey.ai", alarming=True),
)
MILD = CALM._replace(
    condition="drift", changed=Changed("Settings changed: Sonnet model and 1 more", keepable=True)
)
NO_KEY = CALM._replace(profiles=(WORK._replace(keyless=True), HOME))
NO_ANSWER = CALM._replace(health=Health("unreachable", "work", "nothing listens there"))
BROKEN = CALM._replace(
    condition="error", broken="settings.json is broken (line 7)", message="settings.json …"
)
FIRST_RUN = TrayState("off", None, (), autostart=False)
STATES = {
    "all is right": CALM,
    "key at risk": ALARM,
    "changed": MILD,
    "no key": NO_KEY,
    "no answer": NO_ANSWER,
    "another answers": NO_ANSWER._replace(health=NO_ANSWER.health._replace(other="home")),  # type: ignore[union-attr]
    "offline": CALM._replace(health=Health("offline", "work", "No network")),
    "broken": BROKEN,
    "error": CALM._replace(condition="error", message="The keyring does not answer"),
    "busy": CALM._replace(busy="Switching to Vertex EU…"),
    "first run": FIRST_RUN,
    "by hand": FIRST_RUN._replace(by_hand="@anthropic-prod"),
    "by hand, with profiles": CALM._replace(active=None, condition="off", by_hand=""),
}


def test_an_alarm_says_where_the_key_would_go_and_offers_the_way_back_alone() -> None:
    """Keeping an address, or leaving it, is a click that a thief waits for."""
    assert first(ALARM) == [
        ("first:/", "Your key would go to api.portkey-ai.example"),
        ("restore", "Restore api.portkey.ai"),
        ("diff", "See what changed…"),
    ]
    assert labels(ALARM)[4:] == labels(CALM)


def test_a_harmless_change_has_three_answers() -> None:
    assert first(MILD) == [
        ("first:/", "Settings changed: Sonnet model and 1 more"),
        ("restore", "Restore what Work writes"),
        ("adopt", "Keep the change in Work"),
        ("ignore", "Leave it for now"),
        ("diff", "See what changed…"),
    ]


def test_a_profile_without_its_key_looks_healthy_nowhere() -> None:
    assert first(NO_KEY) == [
        ("first:/", "Work has no key yet"),
        ("manage:/keys/work/enter", "Enter key…"),
    ]
    assert entry(NO_KEY, "profile:work").checked
    other = CALM._replace(profiles=(WORK, HOME._replace(keyless=True, label="Acme (client)")))
    assert first(other)[1] == ("manage:/keys/home/enter", "Acme (client): enter key…")
    assert face_of(NO_KEY) == Face("unreachable", "Claude Code: Work, no key yet", "vertex-ai")


def test_a_gateway_that_does_not_answer_is_asked_again_or_left() -> None:
    assert first(NO_ANSWER) == [
        ("first:/", "Work: the gateway does not answer"),
        ("check", "Check again"),
        ("diff", "Show details…"),
    ]
    assert [each.key for each in flat(build_menu(NO_ANSWER))].count("check") == 1
    assert first(STATES["another answers"])[1] == ("fallback:home", "Switch to home")


def test_a_broken_file_can_be_opened_and_looked_at_again_and_nothing_is_written_meanwhile() -> None:
    assert first(BROKEN) == [
        ("first:/", "settings.json is broken (line 7)"),
        ("open:settings", "Open the file"),
        ("look", "Look again"),
    ]
    assert not any(entry(BROKEN, key).enabled for key in ("profile:work", "profile:home", "off", "undo"))


def test_while_something_is_done_it_is_said_and_nothing_can_be_chosen_twice() -> None:
    busy = STATES["busy"]
    assert first(busy) == [("first:/", "Switching to Vertex EU…")]
    assert not any(entry(busy, key).enabled for key in ("profile:home", "off", "undo"))
    assert entry(busy, "quit").enabled
    assert [e.key for e in flat(build_menu(busy))][2:] == [e.key for e in flat(build_menu(CALM))]


def test_an_error_is_readable_in_the_menu() -> None:
    error = CALM._replace(condition="error", message="settings.json is not JSON")
    assert first(error) == [("message:0", "settings.json is not JSON")]


def test_an_error_after_a_long_path_is_readable_too() -> None:
    message = f"/home/{'deeper/' * 12}settings.json line 7, column 1: the end of the file expected"
    shown = [label for _, label in first(CALM._replace(condition="error", message=message))]
    assert " ".join(shown).endswith("/settings.json line 7, column 1: the end of the file expected")
    assert all(len(line) <= 64 for line in shown)
    endless = labels(CALM._replace(condition="error", message="word " * 1_000))
    assert len(endless) <= len(labels(CALM)) + 4
    assert "one two" in labels(CALM._replace(condition="error", message="one\x85two"))


def test_an_error_does_not_hide_the_alarm() -> None:
    both = first(ALARM._replace(message="The keyring does not answer"))
    assert [key for key, _ in both] == ["first:/", "restore", "diff", "message:0"]


# First run -------------------------------------------------------------------------------------------


def test_a_person_without_profiles_finds_what_to_begin_with() -> None:
    """A grey line that names a command is a dead end for anyone who opens no terminal."""
    assert labels(FIRST_RUN) == [
        "Welcome: no profiles yet",
        "Add your first profile…",
        "Import…",
        "",
        "Start at login",
        "Open",
        "Preferences…",
        "",
        "Quit",
    ]
    assert "autostart" not in keys(FIRST_RUN._replace(autostart=None))
    assert entry(FIRST_RUN._replace(autostart=True), "autostart").checked


def test_settings_made_by_hand_are_recognised_and_are_not_called_off() -> None:
    by_hand = STATES["by hand"]
    assert first(by_hand) == [
        ("first:/", "Through Portkey, set up by hand: @anthropic-prod"),
        ("take-over", "Make a profile of it…"),
        ("manage:/add", "Add profile…"),
        ("manage:/import", "Import…"),
    ]
    assert face_of(by_hand).title == "Claude Code: through Portkey, set up by hand"
    with_profiles = STATES["by hand, with profiles"]
    assert [key for key, _ in first(with_profiles)] == ["first:/", "take-over"]
    assert not entry(with_profiles, "off").checked


# Places ----------------------------------------------------------------------------------------------


def test_every_place_can_be_opened() -> None:
    places = {child.key for child in entry(CALM, "open").children if child.kind == "item"}
    assert places == {
        *(f"open:{place}" for place in ("logs", "configs", "model-catalog", "api-keys")),
        *("open:settings", "open:profiles"),
    }
    with mock.patch("tray.runtime.menu.menu.REPOSITORY", "owner/name"):
        assert entry(CALM, "open").children[-1] == Entry("help", "Help")


def test_the_pages_are_those_of_the_active_profiles_edition() -> None:
    """A user of Prisma AIRS has no login at Portkey's own console."""
    labels_shown = [child.label for child in entry(CALM._replace(edition=AIRS), "open").children]
    assert labels_shown[0] == "Strata Cloud Manager"
    assert not any("Portkey" in label for label in labels_shown)


def test_a_new_version_is_one_line_above_quit() -> None:
    assert labels(CALM._replace(update="1.2.0"))[-3:] == ["", "Version 1.2.0 is out…", "Quit"]
    assert "update" not in keys(CALM)


def test_projects_are_listed_with_what_is_wrong_and_written_again_by_a_click() -> None:
    rows = (
        ProjectRow("/home/me/api", "", "ok"),
        ProjectRow("/home/me/web/", "work", "changed"),
        ProjectRow(r"C:\me\old", "", "missing"),
    )
    assert "projects" not in keys(CALM)
    children = entry(CALM._replace(projects=rows), "projects").children
    assert [each.label for each in children] == [
        "api",
        "web (pinned to work): changed by something else",
        "old: its directory is gone",
        "",
        "Write all again",
    ]
    assert [each.key for each in children][:2] == ["project:/home/me/api", "project:/home/me/web/"]
    many_rows = tuple(ProjectRow(f"/p/{number}", "", "ok") for number in range(1000))
    children = entry(CALM._replace(projects=many_rows), "projects").children
    assert len(children) == MOST_PROJECTS + 3
    assert not entry(CALM._replace(projects=rows, busy="Switching…"), "sync").enabled


# Profiles --------------------------------------------------------------------------------------------


def test_a_broken_profile_is_shown_with_its_reason_and_leads_to_its_page() -> None:
    broken = CALM._replace(profiles=(WORK, HOME._replace(problem="no such field: gatewy")))
    assert entry(broken, "manage:/edit/home").label == "home: no such field: gatewy"
    assert "profile:home" not in keys(broken)


def test_a_long_name_is_cut_and_what_it_routes_to_stays_readable() -> None:
    """Near-equal profiles differ in their routes."""
    long = WORK._replace(label="x" * 500, hint="config pc-fallback-1a2b3c")
    (label,) = [e.label for e in build_menu(CALM._replace(profiles=(long,))) if e.key == "profile:work"]
    assert label == "x" * 27 + "… (config pc-fallback-1a2b3c)"
    both = long._replace(hint="y" * 500)
    assert all(len(label) <= 64 for label in labels(CALM._replace(profiles=(both,))))


def test_a_label_of_several_lines_is_one_line_in_the_menu() -> None:
    assert "two lines (vertex-ai)" in labels(CALM._replace(profiles=(WORK._replace(label="two\n  lines"),)))


def test_few_profiles_are_all_at_hand() -> None:
    assert "all" not in keys(CALM._replace(profiles=many(FEW_PROFILES)))


def test_of_many_the_favourites_and_the_one_in_use_are_at_hand_in_the_persons_order() -> None:
    rows = [row._replace(favourite=number % 10 == 0) for number, row in enumerate(many(40))]
    names = [row.name for row in rows]
    state = TrayState("active", names[39], tuple(rows), recent=(names[3], names[39]))
    top = [e.key for e in build_menu(state)]
    at_hand = [names[0], names[10], names[20], names[30], names[39]]
    assert top[: top.index("off") + 1] == [
        *(f"profile:{name}" for name in at_hand),
        "recent",
        "all",
        "find",
        "off",
    ]
    assert [e.key for e in entry(state, "recent").children] == [f"profile:{names[3]}", f"profile:{names[39]}"]


def test_who_wants_favourites_only_has_the_others_in_a_submenu() -> None:
    rows = (WORK, HOME, ProfileRow("third", "", "", favourite=True))
    state = CALM._replace(profiles=rows, favourites_only=True)
    assert [key for key in keys(state) if key.startswith("profile:")] == ["profile:work", "profile:third"]
    assert [e.key for e in entry(state, "all").children] == [
        f"profile:{name}" for name in ("home", "third", "work")
    ]
    alone = state._replace(active=None, condition="off", profiles=(WORK, HOME))
    assert "all" not in keys(alone), "without any favourite it would be an empty menu"


def test_a_hundred_favourites_do_not_fill_the_screen() -> None:
    rows = tuple(row._replace(favourite=True) for row in many(100))
    state = TrayState("active", rows[77].name, rows)
    top = [key for key in keys(state) if key.startswith("profile:")]
    assert len(top) == FEW_PROFILES + 1
    assert top[-1] == f"profile:{rows[77].name}"


@given(
    st.lists(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,8}\Z"), unique_by=str.casefold, max_size=60),
    st.lists(st.text(max_size=10), max_size=60),
    st.data(),
)
def test_every_profile_can_be_chosen(names: list[str], titles: list[str], data: st.DataObject) -> None:
    titles += [""] * len(names)
    favourites = data.draw(st.sets(st.sampled_from(names))) if names else set()
    profiles = tuple(
        ProfileRow(name, title, "", favourite=name in favourites)
        for name, title in zip(names, titles, strict=False)
    )
    active = data.draw(st.sampled_from([None, *names]))
    recent = tuple(data.draw(st.lists(st.sampled_from(names), unique=True)) if names else ())
    wish = data.draw(st.booleans())
    entries = flat(build_menu(TrayState("active", active, profiles, recent, favourites_only=wish)))
    chosen = {e.key.removeprefix("profile:") for e in entries if e.key.startswith("profile:")}
    assert chosen == set(names)
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
    state = TrayState("off", None, (*alike, *others))
    assert [e.label for e in entry(state, "all").children] == [
        "A\N{EN DASH}B",
        "team-000 … team-024",
        "team-025 … team-049",
        "team-050 … team-059",
    ]


def test_a_thousand_profiles_fit_on_the_screen_and_build_at_once() -> None:
    state = TrayState("active", "a0000", many(1000))
    assert calls(lambda: build_menu(state)) < 1000 * 40  # a few ms
    menu = build_menu(state)
    assert len(menu) < 35
    assert all(len(e.children) <= GROUP_SIZE for e in flat(menu))


def test_the_lines_of_a_thousand_profiles_are_made_anew_only_where_they_change() -> None:
    """Each edit by something else, and each end of it, would make them all: while somebody works there."""
    state = TrayState("active", "a0000", many(1000))
    before = entry(state, "all")
    changed = state._replace(condition="drift", changed=Changed("The model was changed"), undo="another")
    assert calls(lambda: build_menu(changed)) < 1000
    assert entry(changed, "all").children is before.children
    assert entry(state._replace(active="b0001"), "all") != before
    menu = DBusMenu(lambda _key, _number: None)
    menu.show(build_menu(state))
    assert calls(lambda: menu.show(build_menu(changed))) < 1000 * 6


# What an administrator decides ------------------------------------------------------------------------

LOCKS = Locks("Acme IT", "", "https://it.acme.example", "Acme IT decides this", off=True)
LOCKED = CALM._replace(profiles=(WORK, HOME._replace(refused=True)), locks=LOCKS)


def test_what_is_locked_is_grey_and_says_who_decides() -> None:
    """A line that is only gone, or only grey, leaves a person to look for a fault that is none."""
    assert labels(LOCKED)[:3] == [
        "Work (vertex-ai)",
        "home: Acme IT decides this",
        "Off: Acme IT decides this",
    ]
    assert [entry(LOCKED, key).enabled for key in ("profile:work", "profile:home", "off")] == [
        True,
        False,
        False,
    ]
    assert labels(LOCKED)[-2:] == ["Managed by Acme IT", "Quit"]
    assert entry(LOCKED, "managed").enabled
    assert not entry(LOCKED._replace(locks=LOCKS._replace(url="")), "managed").enabled


def test_a_profile_that_is_not_allowed_asks_for_no_key() -> None:
    rows = (WORK, HOME._replace(refused=True, keyless=True))
    assert "profile:home" in keys(LOCKED._replace(profiles=rows))


def test_what_is_in_use_against_the_policy_is_said_first_with_what_is_to_be_in_its_place() -> None:
    locks = LOCKS._replace(problem="Acme IT requires the profile work", required="work")
    state = LOCKED._replace(active="home", locks=locks)
    assert first(state)[:2] == [
        ("first:/", "Acme IT requires the profile work"),
        ("required:work", "Switch to Work"),
    ]
    for without in (state._replace(profiles=()), state._replace(active="work")):
        assert "required:work" not in keys(without)


def test_without_the_manager_nothing_leads_there_but_one_line_that_says_why() -> None:
    state = LOCKED._replace(locks=LOCKS._replace(manager=True))
    assert [each for each in keys(state) if each.startswith(("manage", "edit"))] == ["manage:/", "managed"]
    assert entry(state, "manage:/").label == "Manage profiles: Acme IT decides this"
    assert not entry(state, "manage:/").enabled
