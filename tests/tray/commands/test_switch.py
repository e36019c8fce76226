"""What a person reads when switching, looking and going back; and that it is true."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.home.git_repository import git
from support.home.user_home import KEY, SETTINGS, UserHome

from tray.app import App

VERTEX = (
    "--dialect",
    "vertex",
    "--virtual-key",
    "vk-1",
    "--model",
    "claude-sonnet-4-5@20250929",
)


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@anthropic-prod", "--metadata", "team=a", "--label", "Work")
    home.add("cloud", *VERTEX)
    return home


@contextmanager
def session(home: UserHome, directory: str = "/src/app") -> Iterator[int]:
    """A running Claude Code session, as its own files tell of it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        sessions = home.claude / "sessions"
        sessions.mkdir(exist_ok=True)
        (sessions / f"{process.pid}.json").write_text(
            json.dumps({"pid": process.pid, "cwd": directory, "version": "2.1.197", "startedAt": 1})
        )
        yield process.pid
        process.kill()
    (sessions / f"{process.pid}.json").unlink()


def test_off_where_something_took_the_file_away_says_that_it_carries_no_profile(home: UserHome) -> None:
    home.ok("switch", "work")
    home.settings.unlink()
    assert home.ok("off").out == f"Off already: {home.settings} carries no profile.\n"
    assert (home.ok("status", "--short").out, home.settings.exists()) == ("off\n", False)


def test_the_main_job_reads_as_it_happens(home: UserHome) -> None:
    path = home.settings
    assert home.ok("switch", "work").out == f"work is in use: {path}\nNew Claude Code sessions use it.\n"
    assert home.ok("switch", "work").out == f"work is in use already; {path} was right.\n"
    assert home.ok("switch", "cloud").out.startswith(f"cloud is in use: {path}\n")
    assert home.ok("undo").out == "Undone: work is in use again.\nNew Claude Code sessions use it.\n"
    assert home.ok("off").out == f"Off: {path} is as it was before.\n"
    assert path.read_bytes() == SETTINGS
    assert home.ok("off").out == f"Off already: {home.settings} carries no profile.\n"
    lines = [line.split(None, 3) for line in home.ok("history").out.splitlines()]
    assert [(line[0], line[3]) for line in lines] == [
        ("1", "off (from work)"),
        ("2", "switch to work (from off)"),
        ("3", "add cloud"),
        ("4", "add work"),
    ]


def test_a_switch_to_a_profile_without_a_key_says_so(home: UserHome) -> None:
    # A helper that fails shows up in Claude Code only, as "Not logged in" or worse.
    home.ok("add", "later", "--provider", "@a")
    note = "Note: no key is stored for it yet: `pkcc-tray key set later` asks for it\n"
    assert home.ok("switch", "later").err == note
    home.ok("key", "set", "later", stdin=KEY)
    assert home.ok("switch", "later").err == ""


def test_an_index_of_keys_that_cannot_be_read_does_not_deny_what_was_done(home: UserHome) -> None:
    """The settings were switched, and the command ended with "nothing was changed" and exit code 1."""
    home.ok("switch", "cloud", stdin=KEY)
    index = home.root / ".local/share/pkcc-tray/keys.json"
    index.unlink()
    index.mkdir()
    ran = home.run("switch", "work")
    assert ran.code == 0
    assert "work is in use" in ran.out
    assert "whether a key is stored for it is not known" in ran.err


def test_a_dash_switches_to_the_profile_before(home: UserHome) -> None:
    ran = home.run("switch", "-")
    assert (ran.code, ran.err.splitlines()[0]) == (4, "Error: No other profile was in use before")
    for name in ("work", "cloud"):
        home.ok("switch", name)
    assert home.ok("switch", "-").out.startswith("work is in use: ")
    assert home.ok("switch", "-").out.startswith("cloud is in use: ")
    home.ok("set", "cloud", "models.sonnet", "m2")  # a step from a profile to itself leads nowhere
    assert home.ok("switch", "-", "--dry-run").out != ""
    assert home.ok("switch", "-").out.startswith("work is in use: ")
    assert home.ok("switch", "-").out.startswith("cloud is in use: ")
    home.ok("off")
    assert home.ok("switch", "-").out.startswith("cloud is in use: ")


def test_a_prompt_gets_one_word(home: UserHome) -> None:
    assert home.ok("status", "--short").text == "off\n"
    home.ok("switch", "work")
    assert home.ok("status", "--short").text == "work\n"
    home.edit_settings("https://api.portkey.ai", "https://evil.example")
    assert home.ok("status", "--short").text == "work!\n"
    home.settings.write_text("{")
    assert home.ok("status", "--short").text == "work!\n"


def test_nothing_done_is_said_so(tmp_path: Path) -> None:
    home = UserHome(tmp_path / "new")
    assert home.ok("history").out == "Nothing was done yet that could be undone.\n"
    assert home.ok("sessions").out == "No Claude Code session is running.\n"
    assert home.ok("tidy").out == "There was nothing to tidy.\n"
    assert home.run("undo").err == (
        "Error: There is nothing to undo\n  `pkcc-tray history` shows what was done.\n"
    )
    assert home.run("undo").code == 4
    assert home.run("restore").code == 4
    assert home.run("diff").err == (
        "Error: No profile is in use, so there is nothing to compare with\n"
        "  `pkcc-tray diff NAME` shows what a switch would change.\n"
    )


def test_a_dry_run_shows_every_change_masked_and_makes_none(home: UserHome) -> None:
    ran = home.ok("switch", "cloud", "--dry-run")
    *changes, last = ran.out.splitlines()
    assert sorted(changes) == [
        "+ env.ANTHROPIC_MODEL = claude-sonnet-4-5@20250929",
        "+ env.ANTHROPIC_VERTEX_BASE_URL = https://api.portkey.ai/v1",
        "+ env.ANTHROPIC_VERTEX_PROJECT_ID = portkey",
        "+ env.CLAUDE_CODE_SKIP_VERTEX_AUTH = 1",
        "+ env.CLAUDE_CODE_USE_VERTEX = 1",
        "+ header.x-portkey-api-key = ••••••••",
        "+ header.x-portkey-provider = vertex-ai",
        "+ header.x-portkey-virtual-key = vk-1",
    ]
    assert last == f"8 changes in {home.settings}; nothing was written (--dry-run)."
    assert home.settings.read_bytes() == SETTINGS
    assert home.ok("diff", "cloud").out.splitlines() == ran.out.splitlines()[:-1]
    home.ok("switch", "cloud")
    assert home.ok("diff", "cloud").out == "A switch to cloud would change nothing.\n"
    assert home.ok("diff").out == "Nothing was changed since the profile was written.\n"
    written = home.settings.read_bytes()
    assert "- header.x-portkey-api-key = ••••••••" in home.ok("off", "--dry-run").out
    assert "nothing was written" in home.ok("restore", "--dry-run").out
    assert home.settings.read_bytes() == written


def test_status_tells_who_decides_each_value(home: UserHome) -> None:
    home.ok("switch", "work")
    local = home.root / ".claude" / "settings.local.json"
    local.write_text('{"env": {"ANTHROPIC_MODEL": "opus-x"}}')
    home.environ["CLAUDE_CODE_SUBAGENT_MODEL"] = "from-the-shell"
    out = home.ok("status").out
    assert out.startswith(
        f"profile   work: @anthropic-prod\nstate     in use, as it was written\n"
        f"settings  {home.settings}\nsessions  0 running\n\nA new session in {home.root} would use:\n"
    )
    cells = [re.split(r" {2,}", line.strip()) for line in out.splitlines() if line.startswith("  ")]
    rows = {slot: rest for slot, *rest in cells}
    assert rows["env.ANTHROPIC_MODEL"] == ["this project, your own", "opus-x"]
    assert rows["env.CLAUDE_CODE_SUBAGENT_MODEL"] == ["this shell", "from-the-shell"]
    assert rows["env.ANTHROPIC_BASE_URL"] == ["your settings", "https://api.portkey.ai"]
    assert rows["model"] == ["your settings", "sonnet"]


def test_status_tells_a_line_end_that_is_text_from_one(home: UserHome) -> None:
    r"""`\n` in a list of values looks like two lines: why the route is unknown would stay a riddle."""
    lines = (
        r"x-portkey-provider: @a\nx-portkey-trace-id: t" + '\nx-portkey-config: {"x": "\\n"}\nx-portkey-a: b'
    )
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": lines}}))
    ran = home.ok("status")
    marked = [
        line.split()[0] for line in ran.out.splitlines() if "<- this \\n is text and ends no line" in line
    ]
    assert marked == ["header.x-portkey-provider"]
    assert f"in {home.settings} the header line of x-portkey-provider and x-portkey-trace-id has" in ran.err
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": lines.replace("\\n", "\n")}}))
    assert "\\n" not in home.ok("status").text


def test_status_names_the_change_that_steals_keys(home: UserHome) -> None:
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", "https://evil.example")
    out = home.ok("status").out
    assert "state     changed by something else" in out
    assert (
        "  changed: env.ANTHROPIC_BASE_URL: https://api.portkey.ai → https://evil.example"
        "  <- this decides where your key goes"
    ) in out.splitlines()
    assert "`pkcc-tray restore` writes the profile again." in out.splitlines()
    assert "adopt" not in out, "it would be refused here"
    assert home.ok("diff").out == (
        "- env.ANTHROPIC_BASE_URL = https://api.portkey.ai\n+ env.ANTHROPIC_BASE_URL = https://evil.example\n"
    )
    assert home.ok("restore").out.splitlines()[:2] == [
        f"Restored work: {home.settings}",
        "1 value changed by something else was replaced: ANTHROPIC_BASE_URL.",
    ]
    undone = home.ok("undo", "--force")
    assert "evil.example" in home.settings.read_text()
    assert undone.err == ("Note: your key would go to evil.example: `pkcc-tray restore` puts that right\n")


def test_status_says_what_became_of_a_file_that_is_gone_or_broken(home: UserHome) -> None:
    home.ok("switch", "work")
    home.settings.unlink()
    out = home.ok("status").out
    assert "state     the settings file is gone" in out
    assert "`pkcc-tray restore` writes the profile again, `pkcc-tray off` leaves it so." in out
    assert home.run("adopt").code == 4
    home.settings.write_text("{\n  oops")
    ran = home.ok("status")
    assert "state     the settings file cannot be read" in ran.out
    assert f"Note: {home.settings} line 2, column 3: " in ran.err


def test_status_tells_of_a_profile_that_is_gone_or_broken_while_active(home: UserHome) -> None:
    home.ok("switch", "work")
    (home.profiles / "work.json").write_text("{")
    ran = home.ok("status")
    assert ran.out.startswith("profile   work: @anthropic-prod\nstate     in use, as it was written\n")
    assert ran.err.startswith(f"Note: {home.profiles}/work.json line 1, column 2: ")
    (home.profiles / "work.json").unlink()
    ran = home.ok("status")
    assert ran.err == "Note: There is no profile 'work'. `pkcc-tray list` shows all.\n"
    assert "switch work" not in ran.out
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_settings_switched_by_hand_are_followed(home: UserHome) -> None:
    home.ok("switch", "cloud")
    of_cloud = home.settings.read_bytes()
    home.ok("switch", "work")
    home.settings.write_bytes(of_cloud)
    hint = "These are the settings of 'cloud': `pkcc-tray switch cloud` puts it in use."
    assert hint in home.ok("status").out
    assert home.ok("switch", "cloud").out.startswith("cloud is in use")
    assert home.ok("status").out.startswith("profile   cloud: vertex · vk-1\nstate     in use, as it was")


def test_a_conversation_that_changes_vendors_is_warned_of(home: UserHome) -> None:
    """Claude refuses a conversation that holds another vendor's thinking, with words that explain nothing."""
    home.add("gpt", "--provider", "@openai", "--model", "gpt-5")
    home.add("opus", "--provider", "@a", "--model", "claude-opus-5-5")
    words = "Invalid signature in thinking block"
    with session(home):
        home.ok("switch", "opus")
        assert words not in home.ok("switch", "work").text
        assert words in home.ok("switch", "gpt").text
        assert "/clear" in home.ok("switch", "opus").text
    assert words not in home.ok("switch", "gpt").text, "nobody is in a conversation"


def test_a_switch_names_the_value_for_which_the_file_is_left_out(home: UserHome) -> None:
    """A user who reads "active" and no more would send everything to Anthropic."""
    home.settings.write_text('{"model": null}')
    said = home.ok("switch", "work").text
    assert f"leaves {home.settings} out as a whole" in said
    assert "model must be text in quotes" in said
    home.ok("off")
    ran = home.ok("switch", "work")
    again, undone = home.ok("switch", "work"), home.ok("undo")
    for said in (ran, again):
        assert said.out == f"work is written, but not in force: {home.settings}\n"
    assert "use it" not in undone.out
    home.ok("switch", "work")
    home.add("local", "--provider", "openai", "--gateway", "http://127.0.0.1:9")
    for argv in (["status"], ["check", "local"]):
        assert home.run(*argv).text.count("out as a whole") == 1
    assert home.ok("switch", "work", "--json").json()["data"]["dropped"] == "model must be text in quotes"
    home.settings.write_text(home.settings.read_text().replace("null", '"opus"'))
    home.add("other")
    assert "out as a whole" not in home.ok("switch", "other").text


def test_running_sessions_are_told_of_with_what_they_keep(home: UserHome) -> None:
    with session(home) as pid:
        home.ok("switch", "cloud")
        ran = home.ok("switch", "work")
        blanks = json.loads(home.ok("status", "--json").out)["data"]["blanks"]
        assert blanks > 0
        assert ran.out.splitlines() == [
            f"work is in use: {home.settings}",
            "1 running session follows within about 2 seconds:",
            f"  /src/app (pid {pid})",
            "They keep the model they were started with: restart them to change it.",
            f"{blanks} values stay empty until it ends; `pkcc-tray tidy` takes them out then.",
        ]
        row = home.ok("sessions").out.split()
        assert row[:3] == [str(pid), "2.1.197", "/src/app"]
        assert "@anthropic-prod" in row
        refused = home.run("tidy")
        assert refused.code == 4
        assert refused.err.startswith("Error: Claude Code sessions that run still need the empty values\n")
    assert f"{blanks} empty values protect sessions that are not seen, until " in home.ok("status").out
    assert home.ok("tidy").out.startswith("The empty values are gone.\n")
    assert "" not in {
        value
        for name, value in home.env().items()
        if name not in ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
    }


def test_two_switches_at_once_leave_one_of_them_whole(home: UserHome) -> None:
    # Torn or mixed settings would send one profile's key along the other one's route.
    argv = [sys.executable, "-m", "tray", "switch"]
    runs = [
        subprocess.Popen([*argv, name], env=home.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for name in ("work", "cloud") * 4
    ]
    for run in runs:
        out, _ = run.communicate(timeout=60)
        assert run.returncode == 0, out
    status = home.ok("status", "--json").json()["data"]
    assert (status["condition"], status["active"] in ("work", "cloud")) == ("active", True)
    assert bool(home.env().get("CLAUDE_CODE_USE_VERTEX")) is (status["active"] == "cloud")
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_the_key_that_settings_name_is_handed_out_by_that_very_command(home: UserHome) -> None:
    home.ok("switch", "work")
    helper = json.loads(home.settings.read_bytes())["apiKeyHelper"]
    environ = {name: home.environ[name] for name in ("HOME", "PATH")}  # as a session has it, elsewhere
    done = subprocess.run(helper, shell=True, env=environ, cwd="/", capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, KEY + "\n", b"")


def test_list_marks_the_active_profile_and_tells_what_breaks_another(home: UserHome) -> None:
    home.ok("switch", "work")
    (home.profiles / "bad.json").write_text('{"name": "bad"}')
    lines = home.ok("list").out.splitlines()
    assert lines[1].split() == ["cloud", "vertex", "·", "vk-1,", "key", "in", "the", "file"]
    assert lines[2].split() == ["*", "work", "@anthropic-prod", "Work"]
    assert lines[0].split(None, 2)[:2] == ["bad", "broken:"]
    assert "route: is missing" in lines[0]


def test_a_state_directory_is_private(home: UserHome) -> None:
    home.ok("switch", "work")
    for path in home.root.rglob("*"):
        if home.claude not in (path, *path.parents):
            assert os.stat(path).st_mode & 0o077 == 0 or path.name in (".config", ".local", "share", "state")


def test_a_file_that_wins_over_the_switch_is_named_at_once(home: UserHome) -> None:
    """Else one believes in a route that a project's own settings send somewhere else, with the key."""
    project = home.root / "project"
    (project / ".claude").mkdir(parents=True)
    settings = project / ".claude" / "settings.json"
    settings.write_text('{"env": {"ANTHROPIC_BASE_URL": "https://elsewhere.example"}}')
    wins = f"in this directory {settings} wins, with ANTHROPIC_BASE_URL"
    assert wins in home.spawn("switch", "work", cwd=project).err
    assert wins in home.spawn("status", cwd=project).err
    assert "wins" not in home.spawn("switch", "cloud").err


@pytest.mark.parametrize("name", ["settings.json", "settings.local.json"])
def test_a_project_that_lets_others_read_the_key_is_named(home: UserHome, name: str) -> None:
    """A clone with a proxy and a CA of its own reads the key on the wire; nothing else would say so."""
    settings = home.root / "project" / ".claude" / name
    settings.parent.mkdir(parents=True)
    env = {
        "HTTPS_PROXY": "http://ann:pw-CANARY@x",
        "NODE_EXTRA_CA_CERTS": "./ca.pem",
        "NO_PROXY": "localhost",
    }
    settings.write_text(json.dumps({"env": env, "apiKeyHelper": "/tmp/theirs --CANARY"}))
    inside = {"cwd": settings.parents[1]}
    home.ok("switch", "work")
    sets = f"in this directory {settings} sets HTTPS_PROXY, NODE_EXTRA_CA_CERTS, and so who can read your key"
    helps = f"{settings} wins, with apiKeyHelper: a command of its own hands out the key"
    for said in (home.spawn("switch", "work", **inside).text, home.spawn("status", **inside).text):
        assert sets in said
        assert helps in said
        assert "CANARY" not in said
    rows = home.spawn("status", "--json", **inside).json()["data"]["effective"]
    alarms = {row["slot"] for row in rows if row["alarming"]}
    assert alarms == {"env.HTTPS_PROXY", "env.NODE_EXTRA_CA_CERTS", "apiKeyHelper"}
    found = home.spawn("doctor", "--json", **inside).json()["data"]["findings"]
    severities = {row["check"]: row["severity"] for row in found}
    assert (severities["project-proxy"], severities["overridden"]) == ("problem", "problem")
    settings.write_text('{"env": {"HTTPS_PROXY": "", "NODE_TLS_REJECT_UNAUTHORIZED": "1"}}')
    assert "in this directory" not in home.spawn("status", **inside).text.replace("A new session in", "")


@pytest.mark.parametrize(
    ("exported", "said"),
    [
        (
            {"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1", "PKCC_PROFILE": "cloud"},
            "this shell was started by `pkcc-tray exec cloud`: sessions you start in it keep that profile",
        ),
        ({"CLAUDE_CODE_USE_COWORK_PLUGINS": "1"}, "exports CLAUDE_CODE_USE_COWORK_PLUGINS: sessions you st"),
        ({"CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST": "1"}, "exports CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"),
        ({"CLAUDE_CODE_SIMPLE": "1"}, "exports CLAUDE_CODE_SIMPLE: sessions you start in it do not follow"),
        ({"CLAUDE_CODE_HOST_AUTH_ENV_VAR": "X"}, "exports CLAUDE_CODE_HOST_AUTH_ENV_VAR: sessions you start"),
        (
            {"ANTHROPIC_UNIX_SOCKET": "/run/s"},
            "exports ANTHROPIC_UNIX_SOCKET: sessions you start in it do",
        ),
    ],
)
def test_a_switch_says_where_this_shell_s_sessions_will_not_follow(
    home: UserHome, exported: dict[str, str], said: str
) -> None:
    """The settings are right, the next session goes another way all the same, and nothing would say why."""
    assert "sessions you start" not in home.ok("switch", "work").text
    home.environ |= exported
    assert said in home.ok("switch", "cloud").text
    assert said in home.ok("status").text
    rows = home.run("doctor", "--json").json()["data"]["findings"]
    flags = [row["command"] for row in rows if row["check"] == "shell-flag"]
    assert flags == ([] if "PKCC_PROFILE" in exported else [f"unset {next(iter(exported))}"])


def test_what_the_shell_says_of_proxies_is_shown_and_alarms_nobody(home: UserHome) -> None:
    """Everybody behind a company's proxy would be told of it at every step."""
    home.environ |= {"HTTPS_PROXY": "http://proxy.corp:3128", "NODE_EXTRA_CA_CERTS": "/etc/corp.pem"}
    assert home.ok("switch", "work").err == ""
    said = home.ok("status")
    assert said.err == ""
    assert "env.HTTPS_PROXY this shell http://proxy.corp:3128" in [
        " ".join(row.split()) for row in said.out.splitlines()
    ]
    rows = home.run("doctor", "--json").json()["data"]["findings"]
    assert not {"shell-variable", "project-proxy", "drift"} & {row["check"] for row in rows}


def test_a_second_configuration_directory_on_one_settings_file_is_pointed_out(home: UserHome) -> None:
    """Each would put the other's values back as if they were the user's own."""
    home.ok("switch", "work")
    assert "another pkcc-tray" not in home.ok("switch", "cloud").err
    home.ok("switch", "work")
    other = str(home.root / "other")
    home.ok("--config-dir", other, "add", "q", "--provider", "@q", "--key-ref", "env:X")
    ran = home.run("--config-dir", other, "switch", "q")
    assert "these settings were another pkcc-tray's" in ran.err


def test_an_upgrade_that_lies_elsewhere_is_no_second_one(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its user was told to run `off` of a program that is not there any more."""
    with monkeypatch.context() as before:
        before.setattr(App, "helper_argv", lambda _: ["/opt/before/pkcc-tray"])
        home.ok("switch", "work")
    assert "/opt/before/pkcc-tray key print work" in home.settings.read_text()
    assert "another pkcc-tray" not in home.ok("switch", "work").err
    assert "/opt/before" not in home.settings.read_text()


def test_a_dry_run_shows_the_blanks_that_shield_the_route(home: UserHome) -> None:
    out = home.ok("switch", "work", "--dry-run").out
    assert '+ env.ANTHROPIC_AUTH_TOKEN = ""' in out.splitlines()
    assert '+ env.ANTHROPIC_API_KEY = ""' in out.splitlines()


HEADER_SETUP = {
    "env": {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": "dummy",
        "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-api-key: {KEY}\n"
        "x-portkey-provider: @anthropic-prod\nX-Team: core",
    }
}


@pytest.mark.parametrize("command", [("diff", "written"), ("switch", "written", "--dry-run")])
def test_what_a_switch_would_change_is_shown_whole(home: UserHome, command: tuple[str, ...]) -> None:
    """A key that takes a stand-in's place, and lines that come and move, would be written unannounced."""
    home.add("written", "--provider", "@anthropic-prod", "--key-delivery", "settings")
    home.settings.write_text(json.dumps(HEADER_SETUP))
    ran = home.ok(*command)
    assert [line for line in ran.out.splitlines() if line[0] in "+-~"] == [
        "- env.ANTHROPIC_AUTH_TOKEN = ••••••••",
        "+ env.ANTHROPIC_AUTH_TOKEN = ••••••••",
        '+ env.ANTHROPIC_API_KEY = ""',
        '+ header.x-api-key = ""',
        "~ header lines in this order and spelling: X-Team, x-portkey-api-key, x-api-key, x-portkey-provider",
    ]
    assert KEY not in ran.text
    home.ok("switch", "written")
    assert home.env()["ANTHROPIC_AUTH_TOKEN"] == KEY
    assert "nothing" in home.ok("diff", "written").out
    shown = home.ok("off", "--dry-run").out
    for line in ("- header.x-api-key", "- env.ANTHROPIC_API_KEY"):
        assert f'{line} = ""' in shown
    assert "~ header lines in this order and spelling: x-portkey-api-key, x-portkey-provider, X-Team" in shown


def test_a_line_without_a_colon_is_never_shown_among_the_header_lines(home: UserHome) -> None:
    """A key that stands there alone, left by a slip, would be read off the screen as a name."""
    home.add("written", "--provider", "@anthropic-prod", "--key-delivery", "settings")
    lines = f"x-portkey-provider: @anthropic-prod\n{KEY}\n{KEY}: \nX-Team: core"
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": lines}}))
    for argv in (
        ["diff", "written"],
        ["diff", "written", "--json"],
        ["switch", "written", "--json"],
        ["off"],
    ):
        assert KEY.lower() not in home.ok(*argv).text.lower()
    assert "••••••••, ••••••••, X-Team" in home.ok("diff", "written").out


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights of their own there")
@pytest.mark.parametrize("last", ["the link", "the directory"])
def test_a_directory_of_two_names_has_one_memory(home: UserHome, last: str) -> None:
    """A linked ~/.claude, and CLAUDE_CONFIG_DIR in some shells: `off` would put our route back for theirs."""
    dotfiles = home.root / "dotfiles"
    home.claude.rename(dotfiles)
    home.claude.symlink_to(dotfiles)
    environ = {**home.environ, "CLAUDE_CONFIG_DIR": str(dotfiles)}
    home.ok("switch", "work")
    assert home.spawn("switch", "cloud", env=environ).code == 0
    assert home.ok("status").out.startswith("profile   cloud")
    if last == "the link":
        home.ok("off")
    else:
        assert home.spawn("off", env=environ).code == 0
    assert home.settings.read_bytes() == SETTINGS
    assert "Off already" in home.spawn("off", env=environ).out
    assert home.settings.read_bytes() == SETTINGS


def test_an_upgrade_takes_what_the_older_version_wrote_for_right(home: UserHome) -> None:
    """Everybody with a written key would be told of changes that nobody made."""
    home.add("written", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "written")
    home.edit_settings(r"\nx-api-key: \n", r"\n")
    (state_path,) = (home.root / ".local/state/pkcc-tray/targets").glob("*/state.json")
    state = json.loads(state_path.read_text())
    headers = state["current"]["rendered"]["headers"]
    headers.remove(["x-api-key", ""])
    state_path.write_text(json.dumps(state))
    found = home.run("status", "--json").json()["data"]
    assert (found["condition"], found["drift"], found["edited_since"]) == ("active", [], False)
    assert "profile-edited" not in home.run("doctor").out
    home.ok("switch", "written")
    assert r"\nx-api-key: \n" in home.settings.read_text()
    home.ok("switch", "work")
    assert "x-api-key" not in home.settings.read_text()


def test_a_model_that_claude_code_s_own_dialog_changed_is_named_as_that(home: UserHome) -> None:
    """A user who said Yes to Claude Code would look for an intruder, and would not see the lost provider."""
    home.ok("set", "cloud", "models.sonnet", "@vertex/claude-sonnet-5")
    home.ok("switch", "cloud")
    home.edit_settings("@vertex/claude-sonnet-5", "claude-sonnet-5-5")
    words = "Claude Code's own dialog changed the Sonnet model, which dropped the provider"
    said = home.ok("status").out
    assert words in said
    assert "`pkcc-tray restore` writes the profile again" in said
    assert words in home.ok("diff").out
    rows = home.run("doctor", "--json").json()["data"]["findings"]
    (row,) = [row for row in rows if row["check"] == "drift"]
    assert row["why"] == "Claude Code's own dialog changed the Sonnet model, and dropped the provider."
    home.ok("restore")
    assert "@vertex/claude-sonnet-5" in home.settings.read_text()


def test_a_switch_that_writes_a_key_into_a_tracked_file_says_so(home: UserHome) -> None:
    """Dotfiles in a bare repository: the next `git commit -a` would publish the key."""
    apart = (f"--git-dir={home.root / '.cfg'}", f"--work-tree={home.root}")
    git(home.root, "init", "-q", "--bare", str(home.root / ".cfg"))
    git(home.root, *apart, "add", str(home.settings))
    assert "git tracks" not in home.ok("switch", "work").err, "a helper leaves no key there"
    said = home.ok("switch", "cloud").err
    assert f"git tracks {home.settings}, and its next commit takes the key along" in said
    remedy = said.split("takes the key along: `")[1].split("`")[0]
    subprocess.run(["/bin/sh", "-c", remedy], env=home.environ, check=True)
    assert git(home.root, *apart, "ls-files") == ""
    assert KEY in home.settings.read_text()


@pytest.mark.parametrize("value", ["~/x", None])
def test_a_switch_that_writes_a_key_into_a_file_git_would_take_says_so(
    home: UserHome, value: str | None
) -> None:
    """`CLAUDE_CONFIG_DIR='~/x'` in a clone: the key lies beside the sources, and `git add .` publishes it."""
    clone = home.root / "clone" if value else home.root
    clone.mkdir(exist_ok=True)
    git(clone, "init", "-q")
    if value:
        home.environ["CLAUDE_CONFIG_DIR"] = value
    path = clone / "~" / "x" / "settings.json" if value else home.settings
    ran = home.run("switch", "cloud", cwd=clone)
    assert KEY in path.read_text()
    said = f"git does not ignore {path}, and the next `git add .` takes the key along: the line "
    line, _, excludes = ran.err.split(said)[1].split(" keeps it out")[0].partition(" in ")
    Path(excludes).write_text(f"{line}\n")
    assert git(clone, "check-ignore", str(path)).strip() == str(path)
