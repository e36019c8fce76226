"""`pkcc-tray check` as a user runs it: its words and exit codes, what it takes from where, and no secret."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.gateway.certificates import make_authority
from support.gateway.no_network import without_network
from support.gateway.stand_in import Hosted, Proxy, Raw
from support.home.git_repository import repository
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import KEY, ROOT, UserHome, files_with

from profiles.base.errors import NotFoundError
from profiles.base.locations import PROFILE_VARIABLE
from profiles.base.secret import Secret
from profiles.claude_code.routing_names import HOST_FLAG
from profiles.gateway.asking.steps import Veil
from profiles.gateway.check.helper import helper_step
from profiles.routes.guard.asker import MARKERS
from tray.actions.more.check import check_profiles
from tray.app import App


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with Hosted(KEY) as running:
        yield running


def add(home: UserHome, gateway: str, name: str = "work", *options: str) -> None:
    home.add(name, "--provider", "@anthropic-prod", "--gateway", gateway, *options)


def steps_of(home: UserHome, *argv: str) -> list[dict[str, Any]]:
    (row,) = home.run("check", *argv, "--json").json()["data"]["profiles"]
    steps: list[dict[str, Any]] = row["steps"]
    return steps


def test_a_settings_file_that_cannot_be_read_is_named_first_and_nothing_else_blamed(
    home: UserHome, hosted: Hosted
) -> None:
    """For a missing comma a variable was to be unset that nobody had set."""
    add(home, hosted.url)
    home.ok("switch", "work")
    home.settings.write_text(home.settings.read_text().replace(",", "", 1))
    first, *others = steps_of(home)
    assert (first["step"], first["verdict"]) == ("settings", "failed")
    assert str(home.settings) in first["text"]
    assert "line" in first["text"]
    assert [step["step"] for step in others if step["verdict"] == "failed"] == []
    ran = home.run("check")
    assert ran.code == 5
    assert "ANTHROPIC_BASE_URL" not in ran.text


def test_a_route_that_works_says_so_step_by_step(home: UserHome, hosted: Hosted) -> None:
    add(home, hosted.url)
    home.ok("switch", "work")
    lines = home.ok("check").out.splitlines()
    assert lines[0] == f"work: {hosted.url}"
    assert [line.split()[:2] for line in lines[1:]] == [
        ["ok", "key"],
        ["ok", "helper"],
        ["ok", "connection"],
        ["ok", "gateway"],
        ["ok", "provider"],
    ]
    assert all(re.search(r"\(\d+ ms\)$", line) for line in lines[1:])


def test_the_json_is_as_documented(home: UserHome, hosted: Hosted) -> None:
    add(home, hosted.url)
    hosted.key = "another"
    ran = home.run("check", "work", "--json")
    answer = ran.json()
    assert (ran.code, ran.err, answer["ok"], answer["command"]) == (6, "", False, "check")
    (row,) = answer["data"]["profiles"]
    page = (ROOT / "docs" / "json.md").read_text().partition("## `check`")[2].partition("\n## ")[0]
    assert {*row} | {"profiles", "step", *row["steps"][0]} <= {*re.findall(r"`(\w+)`", page)}
    for step in row["steps"]:
        assert step["step"] in page
        assert step["verdict"] in ("ok", "warn", "failed")


def test_what_is_checked_unnamed_is_what_a_session_here_would_use(home: UserHome, hosted: Hosted) -> None:
    """A repository's sessions would fail at a gateway, and the check of another one would say all is well."""
    add(home, hosted.url, "rest")
    add(home, hosted.url, "pinned")
    add(home, hosted.url, "unused")
    repository(home.root / "one")
    home.ok("project", "add", "one", "--profile", "pinned")
    here = home.root / "one"

    def checked(cwd: Path) -> tuple[str, str]:
        answer = home.run("check", "--json", cwd=cwd).json()
        return answer["data"]["profiles"][0]["name"], " ".join(answer["notes"])

    assert checked(here) == ("pinned", "pinned is what sessions in this directory use; none is in use")
    home.ok("switch", "rest")
    assert checked(home.root) == ("rest", "")
    assert checked(here) == (
        "pinned",
        "pinned is what sessions in this directory use; rest is the one in use",
    )
    home.ok("switch", "pinned")
    assert checked(here) == ("pinned", "")
    home.ok("switch", "rest")
    home.ok("set", "pinned", "route.provider", "@later")  # not written there yet
    assert checked(here)[0] == "pinned"
    local = here / ".claude" / "settings.local.json"
    local.write_text(local.read_text().replace(hosted.url, "https://other.example"))
    name, notes = checked(here)
    assert (name, f"{local} decides where requests go here, by no profile" in notes) == ("pinned", True)
    home.environ |= {HOST_FLAG: "1", PROFILE_VARIABLE: "unused", "ANTHROPIC_BASE_URL": hosted.url}
    home.environ["ANTHROPIC_CUSTOM_HEADERS"] = "x-portkey-provider: @anthropic-prod"
    assert checked(here)[0] == "unused", "a shell of `exec`"


@pytest.mark.parametrize("extra", [(), ("--json",)])
def test_each_way_to_fail_has_its_exit_code(home: UserHome, hosted: Hosted, extra: tuple[str, ...]) -> None:
    add(home, hosted.url)
    assert home.run("check", "nope", *extra).code == 3
    assert home.run("check", *extra).code == 4  # none is in use
    assert home.run("check", "work", "--all", *extra).code == 2
    hosted.answers["/v1/models"] = (412, {}, b"{}")
    assert home.run("check", "work", *extra).code == 6
    home.ok("set", "work", "gateway", "https://gateway.invalid")
    assert home.run("check", "work", *extra).code == 1
    home.ok("key", "remove", "work", "--force")
    ran = home.run("check", "work", *extra)
    assert ran.code == 5
    assert "pkcc-tray key set work" in ran.out


def test_a_model_that_ends_is_told_with_the_command_that_names_the_next(
    home: UserHome, hosted: Hosted
) -> None:
    add(home, hosted.url)
    home.ok("set", "work", "models.opus", "@anthropic-prod/claude-opus-4-20250514")
    command = "pkcc-tray set work models.opus @anthropic-prod/claude-opus-5-5"
    for argv in (["check", "work"], ["show", "work"], ["switch", "work"]):
        assert command in home.ok(*argv).text
    assert "models" in [
        step["step"] for step in home.ok("check", "work", "--json").json()["data"]["profiles"][0]["steps"]
    ]
    home.ok(*command.split()[1:])
    for argv in (["check", "work"], ["show", "work"], ["switch", "work"]):
        assert "retired" not in home.ok(*argv).text


def test_each_provider_that_the_models_name_is_looked_up(home: UserHome, hosted: Hosted) -> None:
    """A slug that is misspelled in one alias is refused in that alias alone, in mid-work."""
    models = ("--opus", "@anthropic-prod/claude-opus-5-5", "--sonnet", "@anthropic-prd/claude-sonnet-5-5")
    home.add("work", *models, "--gateway", hosted.url)
    found = [(step["verdict"], step["text"]) for step in steps_of(home, "work") if step["step"] == "provider"]
    assert ("failed", "This key's workspace has no provider @anthropic-prd") in found
    assert len(found) == 2
    assert [step["step"] for step in steps_of(home, "work", "--route")].count("upstream") == 2


def test_a_key_with_a_config_of_its_own_is_no_fault(home: UserHome, hosted: Hosted) -> None:
    """The check would ask for a route that is not needed."""
    home.add("work", "--no-route", "--gateway", hosted.url)
    assert home.run("check", "work").code == 0
    last = steps_of(home, "work", "--route")[-1]
    assert last["text"] == "Nothing names a route to ask along: the key's own config has to"


def test_all_are_checked_and_a_broken_one_is_named_with_its_remedy(home: UserHome, hosted: Hosted) -> None:
    assert "No profiles yet" in home.ok("check", "--all").out
    add(home, hosted.url, "a")
    add(home, hosted.url, "b")
    path = home.profiles / "b.json"
    path.write_text(path.read_text().replace(hosted.url, f"{hosted.url}/v1"))
    ran = home.run("check", "--all")
    assert ran.code == 1
    assert f"a: {hosted.url}\n" in ran.out
    assert re.search(rf"FAILED  profile .*the right URL is {hosted.url}\b", ran.out)
    add(home, "http://127.0.0.1:9", "z")
    home.ok("remove", "b")
    hosted.key = "another"
    rows = home.run("check", "--all", "--json").json()["data"]["profiles"]
    assert [(row["name"], row["exit_code"]) for row in rows] == [("a", 6), ("z", 1)]


def test_many_gateways_are_asked_at_the_same_time(home: UserHome) -> None:
    """Twenty routes behind a VPN that is off must not take twenty times as long."""
    with Raw(b"HTTP/1.1 200 OK\r\n\r\n", drip_s=0.05) as slow:
        for name in "abcdef":
            home.add(name, "--provider", "@x", "--gateway", slow.url, "--key-delivery", "settings")
        started = time.monotonic()
        assert home.run("check", "--all").code == 1
        assert time.monotonic() - started < 4  # one after the other: 6
    assert len(slow.received) == 6


# The helper --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (["/nowhere/pkcc-tray"], "exit status 127"),
        (["/bin/echo"], "something else than the profile's key"),
        (["/bin/true"], "prints nothing"),
    ],
)
def test_a_helper_that_fails_is_found_although_the_key_is_good(
    home: UserHome, hosted: Hosted, monkeypatch: pytest.MonkeyPatch, argv: list[str], text: str
) -> None:
    """Claude Code would send an empty key, and only say that it was refused."""
    add(home, hosted.url)
    monkeypatch.setattr(App, "helper_argv", lambda _: argv)
    ran = home.run("check", "work")
    assert ran.code == 5
    assert text in ran.out
    assert "ok      gateway" in ran.out


def helper(command: str, directory: Path, limit_s: float = 10) -> str:
    step = helper_step(
        command, Secret(KEY), {"PATH": "/usr/bin:/bin"}, str(directory), Veil([Secret(KEY)]), limit_s
    )
    assert KEY not in step.text + step.hint
    assert (step.exit_code == 0) is (step.verdict == "ok")
    return step.text


def test_the_helper_is_run_by_the_shell_as_claude_code_runs_it(tmp_path: Path) -> None:
    assert helper(f"printf '\\n%s \\n' '{KEY}'", tmp_path) == "prints the key"
    assert "exit status 3" in helper("exit 3", tmp_path)
    assert "status 1: no such key" in helper("echo 'no such key' >&2; echo more >&2; exit 1", tmp_path)
    assert helper(f"echo 'bad {KEY}' >&2; exit 1", tmp_path) == "The helper fails with exit status 1"
    assert "cannot be started" in helper("true", tmp_path / "gone")


def test_a_helper_that_hangs_ends_with_all_it_started(tmp_path: Path) -> None:
    started = time.monotonic()
    assert "does not finish" in helper("sleep 60 & echo $! > pid; wait", tmp_path, limit_s=0.5)
    assert time.monotonic() - started < 5
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return  # ended; nobody reaps it in this container
        time.sleep(0.05)  # another process's end has no event for us
    pytest.fail("it runs on")


# The environment ---------------------------------------------------------------------------------------


def test_proxy_and_certificates_are_those_a_session_would_have(home: UserHome, tmp_path: Path) -> None:
    """Settings beat the shell, and a profile's own variables both."""
    authority = make_authority(tmp_path)
    with Hosted(KEY, authority.server_context()) as hosted, Proxy() as right, Proxy() as wrong:
        add(home, hosted.url)
        home.environ["NODE_EXTRA_CA_CERTS"] = str(authority.path)
        home.environ["HTTPS_PROXY"] = wrong.url
        home.edit_settings('"EDITOR": "vim"', f'"HTTPS_PROXY": "{right.url}"')
        assert f"through {right.url}" in home.ok("check", "work").out
        home.ok("set", "work", "extra_env.HTTPS_PROXY", wrong.url)
        assert f"through {wrong.url}" in home.ok("check", "work").out


@pytest.mark.parametrize(
    ("delivery", "file", "shell"),
    [
        ("helper", "settings.json", {}),
        ("settings", "settings.local.json", {}),
        ("settings", "settings.json", {HOST_FLAG: "1"}),
    ],
)
def test_a_cloned_repository_cannot_read_the_key_through_a_proxy_of_its_own(
    home: UserHome, tmp_path: Path, delivery: str, file: str, shell: dict[str, str]
) -> None:
    """A session there gets no key by the guard, and one of `exec` leaves its files aside."""
    authority = make_authority(tmp_path)
    with (
        Hosted(KEY, authority.server_context("gateway.invalid")) as stranger,
        Proxy(leads_to=int(stranger.url.rpartition(":")[2])) as proxy,
    ):
        add(home, "https://gateway.invalid", "work", "--key-delivery", delivery)
        network = {"HTTPS_PROXY": proxy.url, "NODE_EXTRA_CA_CERTS": str(authority.path)}
        clone = home.root / "clone"
        (clone / ".claude").mkdir(parents=True)
        (clone / ".claude" / file).write_text(json.dumps({"env": network}))
        home.environ |= shell
        home.run("check", "work", cwd=clone)
        # As `!` runs it in a session there, whose variables hold those of the clone's files.
        home.spawn(
            "check",
            "work",
            cwd=clone,
            env=home.environ | network | {MARKERS[0]: "cli", "PYTHONPATH": str(ROOT)},
        )
        assert (proxy.asked, stranger.asked) == ([], [])
        home.environ = {name: value for name, value in home.environ.items() if name not in shell}
        home.ok("trust", "add", "--profile", "work", "--proxy", proxy.url)
        home.ok("trust", "add", "--profile", "work", "--ca", str(authority.path))
        home.run("check", "work", cwd=clone)
        assert stranger.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_user_of_prisma_airs_is_checked_as_its_pages_say(home: UserHome, tmp_path: Path) -> None:
    """Its gateway lists models only, and its console is another than Portkey's."""
    authority = make_authority(tmp_path)
    with (
        Hosted(KEY, authority.server_context("aigw.portkey.ai")) as hosted,
        Proxy(leads_to=int(hosted.url.rpartition(":")[2])) as proxy,
    ):
        models = {"object": "list", "data": [{"id": "@anthropic-prod/claude-sonnet-5-5"}]}
        hosted.answers["/v1/models"] = (200, {}, json.dumps(models).encode())
        add(home, "airs")
        home.environ |= {"NODE_EXTRA_CA_CERTS": str(authority.path), "HTTPS_PROXY": proxy.url}
        ran = home.ok("check", "work")
        assert ran.out.startswith("work: https://aigw.portkey.ai\n")
        assert "@anthropic-prod is there, with 1 model" in ran.out
        assert {asked.path for asked in hosted.asked} == {"/v1/models"}
        assert hosted.asked[0].headers["authorization"] == f"Bearer {KEY}"
        text = "AI Gateway Error: Invalid API Key. Error Code: 03"
        refused = {"status": "failure", "message": text, "error": {"message": text, "code": "03"}}
        hosted.answers["/v1/models"] = (401, {}, json.dumps(refused).encode())
        assert "Strata Cloud Manager → API Keys" in home.run("check", "work").out


def test_another_profiles_variables_do_not_count(home: UserHome, hosted: Hosted) -> None:
    """The active one's stand in the settings, but will not when this one is switched to."""
    add(home, hosted.url, "work", "--env", "HTTP_PROXY=http://127.0.0.1:9")
    add(home, hosted.url, "other")
    home.ok("switch", "work")
    assert home.run("check", "work").code == 1
    home.ok("check", "other")


def test_headers_of_the_users_own_are_sent_and_hidden(home: UserHome, hosted: Hosted) -> None:
    """A firewall before a gateway may want one; a key among them is a key."""
    add(home, hosted.url, "work", "--header", "CF-Access-Client-Secret=keyring:cf", "--header", "X-Corp=1")
    home.ok("key", "set", "cf", stdin="cf-CANARY-secret-of-the-firewall\n")
    hosted.answers["/v1/models"] = (403, {}, b'{"message": "cf-CANARY-secret-of-the-firewall"}')
    ran = home.run("check", "work")
    assert "CANARY" not in ran.text
    assert hosted.asked[0].headers["cf-access-client-secret"] == "cf-CANARY-secret-of-the-firewall"
    assert hosted.asked[0].headers["x-corp"] == "1"
    home.ok("key", "remove", "cf", "--force")
    assert home.run("check", "work").code == 5


# For the tray ------------------------------------------------------------------------------------------


def test_the_tray_can_ask_for_the_same_steps(
    home: UserHome, hosted: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(home, hosted.url)
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    app = App.start(home.environ, None, None, wants_json=True)
    assert [step.step for step in check_profiles(app, ["work"]).profiles[0].steps] == [
        step["step"] for step in steps_of(home, "work")
    ]
    with pytest.raises(NotFoundError):
        check_profiles(app, ["nope"])


# On a terminal -----------------------------------------------------------------------------------------


def test_a_terminal_gets_the_same_lines_in_colours(home: UserHome, hosted: Hosted) -> None:
    add(home, hosted.url)
    hosted.key = "another"
    home.environ["TERM"] = "xterm-256color"
    screens = []
    for environ in ({}, {"NO_COLOR": "1"}):
        with terminal(["check", "work"], {**home.environ, **environ}, home.root, columns=160) as term:
            assert term.finish() == 6, term.screen
            screens.append(term.screen)
    assert "\x1b[1m\x1b[38;5;160m  FAILED  gateway" in screens[0]
    assert "\x1b[3" not in screens[1]
    took = re.compile(r"\(\d+ ms\)")
    piped = [took.sub("", line).split() for line in home.run("check", "work").out.splitlines()]
    shown = without_styles(screens[0])
    shown = shown[shown.rindex("work: http") :]  # before it: the sign that it is being asked
    assert [took.sub("", line).split() for line in shown.splitlines()] == piped


# Nothing of the key ------------------------------------------------------------------------------------

NASTY = [
    b'HTTP/1.1 401 no\r\n\r\n{"message": "%s"}',
    b"HTTP/1.1 200 %s\r\ncontent-type: %s\r\n\r\n<html>%s",
    b"HTTP/1.1 302 x\r\nlocation: http://%s/\r\n\r\n",
    b"HTTP/1.1 %s\r\n\r\n",
    b"%s",
    b'HTTP/1.1 500 x\r\nx-%s: %s\r\n\r\n{"error": {"code": "%s", "message": "fetch failed %s"}}',
]


@pytest.mark.parametrize("answer", NASTY)
@pytest.mark.parametrize("extra", [(), ("--json",), ("--debug",), ("--route", "--debug")])
def test_a_server_that_repeats_the_key_gets_it_nowhere(
    home: UserHome, answer: bytes, extra: tuple[str, ...]
) -> None:
    with Raw(answer.replace(b"%s", KEY.encode())) as raw:
        add(home, raw.url)
        ran = home.run("check", "work", *extra)
    assert ran.code in (1, 6)
    assert KEY in raw.received[0].decode()
    assert "CANARY" not in ran.text
    assert "Traceback" not in ran.text
    assert not files_with(KEY, home.root)


def test_nothing_is_written_but_what_was_found(home: UserHome, hosted: Hosted) -> None:
    """`check` may be run at any time: it changes neither the settings nor anything of ours."""

    def files() -> dict[Path, bytes]:
        found = (path for path in home.root.rglob("*") if path.is_file())
        return {path: path.read_bytes() for path in found if not path.name.startswith("checks.json")}

    add(home, hosted.url)
    home.ok("show", "work")
    before = files()
    home.ok("check", "work")
    assert files() == before


def test_an_own_gateway_in_the_settings_of_another_kind_is_json_safe(home: UserHome, hosted: Hosted) -> None:
    add(home, hosted.url)
    hosted.answers["/v1/models"] = (400, {}, json.dumps({"message": "\x1b[31m\u202e\ud800 bad"}).encode())
    ran = home.run("check", "work")
    assert ran.code == 6
    assert "\x1b" not in ran.text
    assert home.run("check", "work", "--json").json()["ok"] is False


def test_without_a_key_only_whether_it_answers_is_told_and_no_key_is_read(
    home: UserHome, hosted: Hosted
) -> None:
    home.ok(
        "add", "work", "--provider", "@a", "--gateway", hosted.url, "--key-ref", 'cmd:["/no/such/program"]'
    )
    ran = home.ok("check", "work", "--no-key")
    assert ran.out.splitlines()[0] == f"work: {hosted.url}"
    assert re.fullmatch(r"  ok      gateway  it answers \(\d+ ms\)", ran.out.splitlines()[1])
    hosted.answers["/v1/models"] = (503, {}, b"")
    answer = home.run("check", "work", "--no-key", "--json")
    assert answer.code == 1
    (row,) = answer.json()["data"]["profiles"]
    assert [step["verdict"] for step in row["steps"]] == ["failed"]
    assert home.run("check", "work", "--no-key", "--route").code == 2


def test_without_a_key_no_proxy_that_a_project_names_is_gone_by(home: UserHome, hosted: Hosted) -> None:
    add(home, hosted.url)
    project = home.root / "project"
    (project / ".claude").mkdir(parents=True)
    with Proxy(refuses=502) as proxy:
        (project / ".claude" / "settings.json").write_text(json.dumps({"env": {"HTTP_PROXY": proxy.url}}))
        assert home.run("check", "work", "--no-key", cwd=project).code == 0
        assert proxy.asked == []


def test_on_a_machine_without_a_network_the_gateway_is_not_blamed(home: UserHome) -> None:
    add(home, "https://gateway.invalid")
    ran = home.spawn("check", "work", "--no-key", "--json", prefix=without_network())
    (step,) = ran.json()["data"]["profiles"][0]["steps"]
    assert (step["step"], step["verdict"]) == ("network", "failed")
