"""Ten tasks of a newcomer, typed as the README and `--help` say, in a terminal of 80 columns and 24 rows.

Each would end in a search on the web: a question that cannot be answered, a fault that nothing names, a
remedy that does not work, a word cut in two. The screens are kept (`Pane.keep`).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.client.real_client import prepare_home, require_client
from support.gateway.real_gateway import dead_port
from support.gateway.speaking_account import ANSWER, SpeakingAccount
from support.home.pane import Pane
from support.home.user_home import KEY

OPUS, SONNET = "claude-opus-5-5", "claude-sonnet-5-5"


class Person:
    """Somebody with a home, a repository, a key in a file, and an account at Portkey."""

    def __init__(self, pane: Pane, home: Path, account: SpeakingAccount) -> None:
        self.pane = pane
        self.home = home
        self.account = account
        self.settings = home / ".claude" / "settings.json"
        self.add = (
            f"pkcc-tray add work --provider @anthropic-prod --gateway {account.url} --key-stdin < key.txt"
        )

    def has(self, *names: str) -> None:
        """Those profiles are stored; the first is in use."""
        for name in names:
            models = f"--sonnet {SONNET} --opus {OPUS}"
            self.pane.run(f"{self.add.replace('work', name, 1)} {models} >/dev/null 2>&1")
        self.pane.run(f"pkcc-tray switch {names[0]} >/dev/null")

    def types(self, line: str, keep: str = "") -> str:
        """A command that asks nothing; its screen as one text, so that it does not matter where lines end."""
        screen = self.pane.run(line)
        if keep:
            self.pane.keep(keep)
        assert KEY not in screen
        assert "Traceback" not in screen
        return " ".join(screen.split())

    def env(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.settings.read_text())["env"]
        return found


@pytest.fixture
def person() -> Iterator[Person]:
    # As short a path as a person's; the client may write a last file while it goes.
    with tempfile.TemporaryDirectory(prefix="pkcc-", ignore_cleanup_errors=True) as home:
        yield from _person(Path(home) / "jane")


def _person(home: Path) -> Iterator[Person]:
    project = prepare_home(home)
    (project / "key.txt").write_text(f"{KEY}\n")
    environ = {"HOME": str(home), "LANG": "C.UTF-8", "PKCC_SECRETS": "vault"}
    with SpeakingAccount(KEY) as account, Pane(environ, project) as pane:
        account.spend(312.4)
        yield Person(pane, home, account)


def test_add_by_choosing(person: Person) -> None:
    pane = person.pane
    pane.begin("unset PKCC_SECRETS; pkcc-tray add")
    pane.answer("Name of the new profile [work]:", "Enter")
    pane.answer("keep keys there? (y/N):", text="y")
    asked = pane.answer("Which gateway?", "Down", "Down", "Enter")
    assert not re.search(r"^\w+$", asked, re.MULTILINE), "a word that stands alone: lines were broken twice"
    pane.answer("Its base URL", text=person.account.url)
    pane.answer("Portkey API key", text=KEY)
    pane.answer("> @anthropic-prod")
    pane.keep("add-route")
    pane.answer("> @anthropic-prod", "Enter")
    pane.answer("> the newest of each kind", "Enter")
    pane.answer("> store it, and switch to it")
    pane.keep("add-review")
    pane.answer("> store it, and switch to it", "Enter")
    pane.answer("Show in the tray what is spent? (Y/n):", text="n")
    assert "It is in use now." in pane.ended()
    assert "is accepted" in pane.keep("add-done")
    assert KEY not in person.settings.read_text()
    assert person.env()["ANTHROPIC_DEFAULT_OPUS_MODEL"] == OPUS


def test_add_by_script(person: Person) -> None:
    assert "--key-stdin < key.txt" in person.types("pkcc-tray add --help", "add-help")
    assert "`pkcc-tray switch work` puts it in use." in person.types(person.add, "add-script")
    assert "work" in person.types("pkcc-tray list", "list")


def test_import(person: Person) -> None:
    lines = f"x-portkey-api-key: {KEY}\nx-portkey-provider: @anthropic-prod"
    env = {"ANTHROPIC_BASE_URL": person.account.url, "ANTHROPIC_CUSTOM_HEADERS": lines}
    by_hand = json.dumps({"env": {**env, "ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": SONNET}})
    person.settings.write_text(by_hand)
    person.settings.chmod(0o600)
    assert "`pkcc-tray import` makes a profile of it." in person.types("pkcc-tray status", "status-by-hand")
    person.pane.begin("pkcc-tray import")
    person.pane.answer("Name of the profile", text="mine")
    person.pane.answer("Keep the key out of the settings", "Enter")
    person.pane.answer("Import it? (Y/n):")
    assert SONNET in person.pane.keep("import-review")
    person.pane.answer("Import it? (Y/n):", "Enter")
    assert "`pkcc-tray switch mine`" in person.pane.ended()
    said = person.types("pkcc-tray status", "status-imported")
    assert "`pkcc-tray switch mine`" in said, "it is imported: the next step is another one"
    assert "pkcc-tray import" not in said
    person.types("pkcc-tray switch mine", "switch-imported")
    assert KEY not in person.settings.read_text()


def test_switch_by_choosing_and_change_your_mind(person: Person) -> None:
    person.has("work", "acme")
    person.pane.begin("pkcc-tray switch")
    person.pane.answer("Switch to which profile?", "Down", "Enter")
    assert "acme is in use" in person.pane.ended()
    person.pane.begin("pkcc-tray switch")
    person.pane.answer("> acme")
    assert "Esc stops" in person.pane.keep("switch-which")
    person.pane.answer("> acme", "Escape")
    assert "Stopped." in person.pane.ended()
    assert "● acme" in person.types("pkcc-tray status", "status")


def test_why_a_request_fails_a_wrong_key(person: Person) -> None:
    person.has("work")
    person.types("echo pk-wrong-000000000000 | pkcc-tray key set work")
    said = person.types("pkcc-tray check work", "check-key")
    assert "does not accept this key (401" in said
    assert "`pkcc-tray key rotate work`" in said
    _, head, *steps = person.pane.screen.rstrip().splitlines()
    assert head.startswith("work: ")
    assert all(line.startswith("  ") for line in steps[:-1]), "a step goes on at the margin"
    person.types("pkcc-tray key rotate work < key.txt")
    assert "FAILED" not in person.types("pkcc-tray check work")


def test_why_a_request_fails_a_proxy_that_refuses(person: Person) -> None:
    person.has("work")
    with dead_port() as port:
        person.types(f"export HTTPS_PROXY=http://127.0.0.1:{port}")
        said = person.types("pkcc-tray check work", "check-proxy")
        assert f"The proxy http://127.0.0.1:{port} refuses the connection" in said
        assert "HTTPS_PROXY" in said
    person.types("unset HTTPS_PROXY")
    assert "FAILED" not in person.types("pkcc-tray check work")


def test_why_a_request_fails_another_base_url(person: Person) -> None:
    """With the real Claude Code: three commands name what was changed, and it answers again after."""
    claude = require_client()
    person.has("work")
    ask = f"{claude} -p ping --model sonnet </dev/null 2>&1"
    person.pane.run("export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 DISABLE_AUTOUPDATER=1")
    assert ANSWER in person.types(ask)
    host = urlsplit(person.account.url).netloc
    person.types(f"sed -i s/{host}/127.0.0.1:9/ ~/.claude/settings.json")
    for command in ("check work", "doctor", "status"):
        said = person.types(f"pkcc-tray {command}", f"changed-{command.split()[0]}")
        assert "http://127.0.0.1:9" in said or command == "doctor"
        assert "pkcc-tray restore" in said, command
    assert "open-source gateway" not in person.types("pkcc-tray doctor"), "the check found the account"
    person.types("pkcc-tray restore", "restore")
    assert ANSWER in person.types(ask)
    assert set(person.account.spoken) == {SONNET}


def test_why_a_request_fails_a_model_that_is_not_there(person: Person) -> None:
    person.has("work")
    person.types("pkcc-tray set work models.sonnet claude-sonnet-5")
    said = person.types("pkcc-tray check work", "check-model")
    remedy = re.search(r"`(pkcc-tray set work models.sonnet claude-sonnet-5-5)`", said)
    assert remedy, said
    person.types(remedy[1])
    assert "warn" not in person.types("pkcc-tray check work")
    assert "sonnet" in person.types("pkcc-tray models work", "models")


def test_pin_a_project_and_take_it_back(person: Person) -> None:
    person.has("work", "acme")
    person.types("git init -q .")
    assert "pinned to acme" in person.types("pkcc-tray switch acme --project", "pin")
    said = person.types("pkcc-tray status", "status-pinned")
    assert "acme" in said
    assert f"(not your settings: {person.account.url})" not in said, "the same value twice"
    assert "acme (pinned)" in person.types("pkcc-tray project list", "project-list")
    assert "1 " in person.types("pkcc-tray history", "history")
    assert "Undone: pin" in person.types("pkcc-tray undo", "undo")
    assert not (person.home / "project/.claude/settings.local.json").exists()


def test_rotate_a_key(person: Person) -> None:
    person.has("work")
    person.account.key = "pk-the-new-one-000000000"
    person.pane.begin("pkcc-tray key rotate work")
    person.pane.answer("New Portkey API key for 'work' (hidden):", text=person.account.key)
    assert "new key" in person.pane.ended()
    assert "FAILED" not in person.types("pkcc-tray check work", "rotated")


def test_see_what_was_spent(person: Person) -> None:
    person.has("work")
    person.pane.begin("pkcc-tray usage work --since 2026-11-01")
    person.pane.ended()
    rows = [line for line in person.pane.keep("usage").splitlines() if "requests" in line]
    assert len(rows) == 4, "a row of the table is broken in two"
    assert all("tokens" in row for row in rows)
    assert "$ 312.40 of $ 500.00 used" in person.types("pkcc-tray budget", "budget")


def test_remove_all_traces(person: Person) -> None:
    person.has("work", "acme")
    person.pane.begin("pkcc-tray uninstall")
    person.pane.answer("Take all of it away? (y/N):", text="y")
    assert "Remove the program" in person.pane.ended()
    person.pane.keep("uninstall")
    left = [path for path in person.home.rglob("*") if "pkcc" in path.name]
    assert left == []
    assert not person.settings.exists()
