"""What Claude Code gets for a session's status line: the true route, and never an error or a secret."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest
from support.gateway.serving import ROOT, serving
from support.home.user_home import KEY, Ran, UserHome

from profiles.base.locations import find_locations
from profiles.profile.config.names import keep_names
from profiles.profile.rendering import mark_of
from tray.actions.more.this_session import Live
from tray.app import App
from tray.runtime.key_cache import KeyCache
from tray.runtime.menu.tray_state import Health, TrayState
from tray.runtime.requests import Answering, live_of
from tray.runtime.watch.budget import record as records
from tray.runtime.watch.budget.figures import Figure, Left
from tray.terminal.words.status.status_line import line_for

NAMES = {"pc-main-ca7a87": "Main fallback"}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and paths of Linux and macOS")
MAIN = str(ROOT / "tray" / "__main__.py")


class Session:
    """A process that stands for Claude Code, started in a shell, in `directory`."""

    def __init__(self, home: UserHome, shell: Mapping[str, str], *words: str) -> None:
        self.home = home
        self.directory = home.root / "project"
        self.directory.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", "read line", *words], env=home.environ | dict(shell), stdin=subprocess.PIPE
        )
        self.shell = dict(shell)
        self.file = home.claude / "sessions" / f"{self.process.pid}.json"
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps({"pid": self.process.pid, "cwd": str(self.directory)}))

    def line(self, *options: str, given: str | None = None, **env: str) -> Ran:
        """What the command prints for the session as its settings are now, with these variables besides."""
        handed = {"model": {"id": "claude-sonnet-5-5"}, "workspace": {"project_dir": str(self.directory)}}
        environ = {
            **self.home.environ, **self.shell, **self.home.env(), "CLAUDE_PID": str(self.process.pid),
            "NO_COLOR": "1", **env,
        }  # fmt: skip
        given = json.dumps(handed) if given is None else given
        return self.home.spawn("statusline", *options, stdin=given, env=environ)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.file.unlink()


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@anthropic-prod")
    home.add("home", "--provider", "@home", "--key-delivery", "settings")
    home.ok("switch", "work")
    return home


@pytest.fixture
def session(home: UserHome) -> Iterator[Session]:
    running = Session(home, {})
    yield running
    running.end()


def test_it_tells_profile_route_and_model(session: Session) -> None:
    assert session.line("--says", "work") == (0, "work · @anthropic-prod · claude-sonnet-5-5\n", "")
    session.home.ok("switch", "home")
    assert session.line("--says", "home").out == "home · @home · claude-sonnet-5-5\n"


def test_a_saved_config_is_called_by_its_name(session: Session) -> None:
    session.home.ok("set", "work", "config", "pc-main-ca7a87")
    locations = find_locations(session.home.environ)
    keep_names(locations._replace(state_dir=str(session.home.root / ".local/state/pkcc-tray")), NAMES)
    assert session.line("--says", "work").out == "work · config Main fallback · claude-sonnet-5-5\n"


def test_it_tells_the_session_s_own_route_and_not_what_the_settings_say_now(session: Session) -> None:
    old = {name: str(value) for name, value in session.home.env().items()}
    session.home.ok("switch", "home")
    assert session.line("--says", "home", **old).out.startswith(
        "work · settings now say `home`: restart the session · @anthropic-prod"
    )
    session.home.ok("off")
    assert "settings now say no profile: restart" in session.line("--says", "home", **old).out


def test_through_the_tray_it_is_the_same_as_alone(session: Session) -> None:
    alone = session.line("--says", "work", "--beside", "cat")
    with serving(session.home.environ, session.home.root, MAIN):
        (session.home.own / "profiles" / "other.json").write_text("broken")
        assert session.line("--says", "work", "--beside", "cat") == alone
        assert session.line("--says", "nobody").out == "work · @anthropic-prod · claude-sonnet-5-5\n"


def test_a_project_that_is_pinned_is_no_drift(session: Session) -> None:
    session.home.ok("project", "add", str(session.directory), "--profile", "home")
    local = json.loads((session.directory / ".claude" / "settings.local.json").read_text())["env"]
    assert session.line("--says", "work", **local).out == "home · @home · claude-sonnet-5-5\n"


def test_a_project_that_follows_with_metadata_of_its_own_is_of_the_same_profile(session: Session) -> None:
    session.home.ok("project", "add", str(session.directory), "--metadata", "team=blue")
    local = json.loads((session.directory / ".claude" / "settings.local.json").read_text())["env"]
    assert "team" in local["ANTHROPIC_CUSTOM_HEADERS"]
    assert session.line("--says", "work", **local).out == "work · @anthropic-prod · claude-sonnet-5-5\n"


def test_a_session_of_exec_has_the_profile_that_it_was_started_with(home: UserHome, session: Session) -> None:
    env = {
        "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1",
        "PKCC_PROFILE": "home",
        "ANTHROPIC_CUSTOM_HEADERS": "",
    }
    assert session.line("--says", "work", **env).out == "home · @home · claude-sonnet-5-5\n"
    env["ANTHROPIC_BASE_URL"] = "https://elsewhere.example"
    assert "home" not in session.line("--says", "work", **env).out


def test_a_session_with_settings_of_its_own_is_not_told_to_restart(home: UserHome) -> None:
    other = {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @home"}
    running = Session(home, {}, "--settings", "x.json")
    assert running.line("--says", "work", **other).out == "home · @home · claude-sonnet-5-5\n"
    running.end()


def test_of_another_system_s_session_nothing_is_claimed(session: Session) -> None:
    """In a container its number is some other process here."""
    said = {"pid": session.process.pid, "pidDomain": "linux:another:pid:[1]", "updatedAt": time.time() * 1000}
    session.file.write_text(json.dumps(said))
    other = {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @home"}
    assert session.line("--says", "work", **other).out == "home · @home · claude-sonnet-5-5\n"


def test_a_route_that_is_no_profile_s_is_named_without_login_and_key(session: Session) -> None:
    env = {
        "ANTHROPIC_BASE_URL": f"https://me:{KEY}@api.portkey.ai/x",
        "ANTHROPIC_CUSTOM_HEADERS": f'x-portkey-config: {{"api_key": "{KEY}"}}\nx-portkey-api-key: {KEY}',
    }
    for served in (False, True):
        if served:
            with serving(session.home.environ, session.home.root, MAIN):
                ran = session.line("--says", "work", **env)
        else:
            ran = session.line("--says", "work", **env)
        assert ran.out.startswith("inline config via api.portkey.ai (no profile) · settings now say `work`")
        assert KEY not in ran.text


def test_where_nothing_is_ours_nothing_is_shown(session: Session) -> None:
    session.home.ok("off")
    assert session.line() == (0, "", "")
    assert session.line(ANTHROPIC_API_KEY=KEY) == (0, "", "")


@pytest.mark.parametrize(
    "given", ["", "garbage", "null", "[1]", '{"model": 1}', '{"model": {"id": [1]}}', "\0"]
)
def test_bad_input_takes_away_the_model_and_no_more(session: Session, given: str) -> None:
    assert session.line("--says", "work", given=given) == (0, "work · @anthropic-prod\n", "")


def test_what_is_broken_shows_less_and_no_error(session: Session) -> None:
    home = session.home
    (home.profiles / "work.json").write_text("{")
    ran = session.line("--says", "work")
    assert (ran.code, ran.out.partition(" ")[0], ran.err) == (0, "@anthropic-prod", "")
    home.own.rename(home.own.with_name("away"))
    home.own.write_text("no directory")
    assert (*session.line("--says", "work"),)[::2] == (0, "")
    lost = {"HOME": "", "XDG_CONFIG_HOME": ""}
    assert session.line("--says", "work", "--beside", "echo theirs", **lost) == (0, "theirs\n", "")


def test_control_characters_and_width_are_kept_in_check(session: Session) -> None:
    given = json.dumps({"model": {"id": "\x1b]0;x\x07\u202e模型模型模型" + "x" * 500}})
    out = session.line("--says", "work", given=given).out
    assert out.rstrip("\n").isprintable()
    assert len(out) < 130
    assert session.line("--says", "work", COLUMNS="40").out == "work · @anthropic-prod\n"
    assert session.line("--says", "work", COLUMNS="1").out == "work\n"
    assert session.line("--says", "work", COLUMNS="-" * 9).code == 0


def test_colours_follow_no_color(session: Session) -> None:
    assert "\x1b[1mwork\x1b[0m" in session.line("--says", "work", NO_COLOR="").out
    assert "\x1b" not in session.line("--says", "work").out


# What only the tray knows --------------------------------------------------------------------------------


def test_a_gateway_that_is_unreachable_and_the_budget_are_told_of_the_active_profile_s_sessions(
    home: UserHome,
) -> None:
    app = app_of(home)
    health = Health("unreachable", "work", "no answer")
    state = TrayState("active", "work", (), budget="$ 61 of $ 500 this month", health=health)

    def live(name: str) -> Live:
        return live_of(state, name)

    asked = {name: str(value) for name, value in home.env().items()} | {"NO_COLOR": "1"}
    asked["given"] = json.dumps({"model": {"id": "m"}})
    assert (
        line_for(app, asked, asked["given"], "work", live)
        == "work · gateway unreachable · @anthropic-prod · m · $ 61 of $ 500 this month\n"
    )
    asked["ANTHROPIC_CUSTOM_HEADERS"] = "x-portkey-provider: @home"
    assert line_for(app, asked, asked["given"], "work", live) == "home · @home · m\n"


def test_the_tray_hears_that_a_session_is_there_and_answers_with_what_it_shows(home: UserHome) -> None:
    heard: list[str] = []
    app = app_of(home)
    answering = Answering(
        app, KeyCache(app.secrets, lambda: 0), change=lambda work: work(), on_show=lambda: None,
        on_quit=lambda: None, on_session=lambda: heard.append("session"),
        live=lambda name: live_of(TrayState("active", "work", (), budget="$ 61 of $ 500"), name),
    )  # fmt: skip
    request = {"do": "line", **home.env(), "says": "work", "NO_COLOR": "1"}
    assert answering(request) == {"text": "work · @anthropic-prod · $ 61 of $ 500\n"}
    assert heard == ["session"]


def test_without_a_tray_the_budget_is_the_one_that_was_known_last_with_its_age(session: Session) -> None:
    app = app_of(session.home)
    left = Left("a", "cost", 500.0, 61.0, None, "monthly", "", "", "")
    figure = Figure(mark_of(app.store.rendered("work")), 1.0, time.time() - 3600, (left,))
    records.save(app.locations, records.Record({"work": figure}))
    assert "$" not in session.line("--says", "work").out, "nobody asked for it"
    session.home.ok("preference", "usage", "on")
    alone = session.line("--says", "work")
    assert "· $ 61 of $ 500 this month (" in alone.out
    assert session.line() == alone, "the route tells the profile"
    coloured = session.line("--says", "work", "--json", NO_COLOR="")
    assert coloured.json()["data"] == {"text": alone.out.rstrip()}, "model and budget, and no colours"


def test_through_the_tray_little_is_loaded(session: Session) -> None:
    """It runs at each message of each session."""
    home = session.home
    with serving(home.environ, home.root, MAIN):
        ran = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "tray", "statusline", "--says", "work"],
            env=home.environ | home.env(), cwd=home.root, input="{}", capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "tray.cli.status_line" in loaded
    assert {"json", "re", "subprocess", "tray.app", "profiles.claude_code.owned_slots"} & loaded == set()


def app_of(home: UserHome) -> App:
    with mock.patch.dict(os.environ, home.environ, clear=True):
        locations = find_locations(home.environ)
    return App(locations, home.environ, interactive=False, directory=str(home.root))


# The user's own ------------------------------------------------------------------------------------------


def test_the_user_s_own_gets_the_same_input_and_its_lines_stand_above(session: Session) -> None:
    given = json.dumps({"model": {"id": "m"}, "é": "x" * 200_000})
    ran = session.line(
        "--says", "work", "--beside", 'wc -c; echo "it\'s $COLUMNS"', given=given, COLUMNS="77"
    )
    first, second, ours = ran.out.splitlines()
    assert (int(first), second) == (len(given.encode()), "it's 77")
    assert ours.startswith("work")


@pytest.mark.parametrize("theirs", ["exit 3", "echo x; exit 1", "/no/such/program", "true", "("])
def test_one_that_fails_or_says_nothing_shows_nothing_as_without_us(session: Session, theirs: str) -> None:
    ran = session.line("--says", "work", "--beside", theirs)
    assert (ran.code, ran.out) == (0, "work · @anthropic-prod · claude-sonnet-5-5\n")


@pytest.mark.parametrize(
    "theirs",
    ["yes", "while :; do echo x; done", "head -c 1500000 /dev/zero | tr '\\0' x"],
    ids=["yes", "shell", "much"],
)
def test_one_that_prints_without_end_ends_and_fills_no_memory(session: Session, theirs: str) -> None:
    """Claude Code ends such a one by what it prints, which it does not see where ours keeps it all."""
    command = [sys.executable, "-m", "tray", "statusline", "--says", "work", "--beside", theirs]
    ran = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -v 400000; exec {shlex.join(command)}"],
        env={**session.home.environ, **session.home.env(), "NO_COLOR": "1"}, cwd=session.home.root,
        input=b"{}", capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, "work · @anthropic-prod\n", b"")


@pytest.mark.parametrize("theirs", ["printf 'a\\nb\\n\\n'", "head -c 1000000 /dev/zero | tr '\\0' x; echo"])
def test_what_it_prints_is_shown_whole_without_blank_lines_at_its_end(session: Session, theirs: str) -> None:
    out = session.line("--says", "work", "--beside", theirs).out
    alone = subprocess.run(["/bin/sh", "-c", theirs], stdout=subprocess.PIPE, check=True).stdout.decode()
    assert out == alone.rstrip("\n") + "\nwork · @anthropic-prod · claude-sonnet-5-5\n"


def test_one_that_cannot_be_started_shows_nothing_and_takes_nothing(session: Session) -> None:
    for text in ("00", "6563686f2000", "eda080"):
        ran = session.line("--says", "work", "--beside-hex", text)
        assert ran == (0, "work · @anthropic-prod · claude-sonnet-5-5\n", "")


def test_one_that_hangs_ends_with_the_group_that_claude_code_ends(session: Session) -> None:
    """Else each run would leave a process behind."""
    home, note = session.home, session.home.root / "pid"
    theirs = f"echo $$ > {shlex.quote(str(note))}; sleep 600"
    command = [sys.executable, "-m", "tray", "statusline", "--says", "work", "--beside", theirs]
    running = subprocess.Popen(
        ["/bin/sh", "-c", shlex.join(command)], env=home.environ | home.env(), cwd=home.root,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    wait_for(lambda: note.is_file() and note.read_text().strip() != "")
    os.killpg(running.pid, signal.SIGTERM)
    running.communicate(timeout=20)
    wait_for(lambda: not Path(f"/proc/{note.read_text().strip()}").exists())


def wait_for(holds: object) -> None:
    deadline = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_person_who_types_it_is_not_kept_waiting(home: UserHome) -> None:
    reading, writing = os.pipe()  # nobody ever writes, or closes it
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tray", "statusline"], env=home.environ, cwd=home.root, stdin=reading,
            capture_output=True, timeout=20, check=False,
        )  # fmt: skip
    finally:
        os.close(reading)
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
