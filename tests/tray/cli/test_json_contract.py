"""docs/json.md is what scripts are written by: each command's fields are those, no more and no less."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from support.catalog_homes import Publisher, join
from support.catalogs import Signer
from support.gateway.account import HostedAccount
from support.home.user_home import KEY, ROOT, UserHome

from tray.cli.verbs import VERBS

ENVELOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "ok", "command", "notes"],
    "properties": {
        "schema": {"const": "pkcc-tray/1"},
        "ok": {"type": "boolean"},
        "command": {"enum": ["", *(verb.words for verb in VERBS)]},
        "data": {"type": "object"},
        "notes": {"type": "array", "items": {"type": "string", "pattern": "^[^\\n]+$"}},
        "error": {
            "type": "object",
            "additionalProperties": False,
            "required": ["title", "hint", "exit_code"],
            "properties": {
                "title": {"type": "string", "minLength": 1},
                "hint": {"type": "string", "minLength": 1},
                "exit_code": {"enum": [1, 2, 3, 4, 5, 6, 7]},
            },
        },
    },
    "oneOf": [{"required": ["data"]}, {"required": ["error"]}],
}


def documented() -> dict[str, set[str]]:
    """Command → the fields that docs/json.md names for it."""
    fields: dict[str, set[str]] = {}
    commands: list[str] = []
    for line in (ROOT / "docs" / "json.md").read_text().splitlines():
        if line.startswith("#"):
            commands = re.findall("`([^`]+)`", line)
            fields |= {command: set() for command in commands}
        elif line.startswith("- `"):
            for command in commands:
                fields[command] |= {*re.findall("`([^`]+)`", line.partition(": ")[0])}
    return fields


def furnish(home: UserHome) -> None:
    home.add("work", "--config", "pc-1")
    (home.root / "c.json").write_text('{"provider": "@a", "oops": 1}')
    home.add("file", "--config-file", "c.json")
    home.ok("switch", "work")
    (home.claude / "sessions").mkdir()

    (home.root / "x.env").write_text(
        "ANTHROPIC_CUSTOM_HEADERS='x-portkey-provider: @a'\nANTHROPIC_MODEL=$M\n"
    )


def drift(home: UserHome) -> None:
    home.edit_settings("pc-1", "pc-2")


def bundle(home: UserHome) -> None:
    home.ok("export", "work", "--output", "b.json")
    home.ok("rename", "work", "work2")


def project(home: UserHome) -> None:
    (home.root / "repo").mkdir()
    home.ok("project", "add", "repo", "--metadata", "a=b")
    home.ok("project", "rule", "add", "~/repo", "--metadata", "a=b")


def empty(home: UserHome) -> None:
    home.ok("off")
    for name in ("work", "file"):
        home.ok("remove", name)


def install_client(home: UserHome) -> None:
    """Without one doctor would complain, and rightly."""
    client = home.root / ".local" / "bin" / "claude"
    client.parent.mkdir(parents=True)
    client.write_text("#!/bin/sh\necho 2.1.331\n")
    client.chmod(0o755)


def target(home: UserHome) -> None:
    for name in ("own-place", "there"):
        (home.root / name).mkdir()
    home.ok("target", "add", "there", "there")


ACCOUNT = HostedAccount(KEY)
SAVED = "pc-main-000000"


@pytest.fixture(scope="module", autouse=True)
def running_account() -> Iterator[None]:
    with ACCOUNT:
        yield


def account(home: UserHome) -> None:
    home.add("there", "--provider", "@anthropic-prod", "--gateway", ACCOUNT.url, "--sonnet", "m")
    (home.root / "main.json").write_text(json.dumps(ACCOUNT.shelf.now(SAVED)))


def catalog(home: UserHome) -> None:
    home.ok("catalog", "new", "cat", "--from", "work", "--name", "acme")
    (home.root / "acme.key").write_bytes(Signer().secret_file(KEY))


def published(home: UserHome) -> None:
    Publisher(home.root / "share").publish()


def joined(home: UserHome) -> None:
    published(home)
    join(home, Publisher(home.root / "share"))


def changed(home: UserHome) -> None:
    joined(home)
    Publisher(home.root / "share").publish(serial=50)
    home.ok("catalog", "update")


def waiting(home: UserHome) -> None:
    joined(home)
    Publisher(home.root / "share").publish(serial=50, contact="else@acme.example")
    home.ok("catalog", "update")


Prepare = Callable[[UserHome], None] | None
COMMANDS: list[tuple[str, list[str], Prepare, set[str]]] = [
    # command, arguments, what happens before, documented fields that are not there in this form
    ("list", [], None, set()),
    ("show", ["work"], None, set()),
    ("add", ["new", "--provider", "@a", "--key-stdin"], None, set()),
    ("set", ["work", "label", "L"], None, set()),
    ("set", ["file", "label", "L"], None, {"written"}),
    ("rename", ["work", "job"], None, set()),
    ("copy", ["work", "twin"], None, set()),
    ("remove", ["file", "--with-key"], None, set()),
    ("switch", ["file"], None, set()),
    ("switch", ["file", "--dry-run"], None, set()),
    ("off", [], None, set()),
    ("restore", [], drift, set()),
    ("undo", [], None, set()),
    ("tidy", [], None, set()),
    ("history", [], None, set()),
    ("status", [], drift, {"managed"}),
    ("status", ["--short"], drift, {"managed"}),
    ("sessions", [], None, set()),
    ("target add", ["other", "own-place"], target, set()),
    ("target list", [], None, set()),
    ("target remove", ["there"], target, set()),
    ("diff", [], drift, set()),
    ("diff", ["file"], None, {"active"}),
    ("adopt", [], drift, set()),
    ("switch", ["work", "--project", "repo"], project, set()),
    ("project add", ["repo", "--metadata", "a=b"], project, set()),
    ("project list", [], project, set()),
    ("project show", ["repo"], project, set()),
    ("project remove", ["repo"], project, set()),
    ("project sync", [], project, set()),
    ("project rule add", ["~/x/**", "--metadata", "a=b"], None, set()),
    ("project rule list", [], None, set()),
    ("project rule remove", ["~/repo"], project, set()),
    ("key set", ["work"], None, set()),
    ("key rotate", ["work"], None, set()),
    ("key list", [], None, set()),
    ("trust add", ["https://mirror.example"], None, set()),
    ("trust list", [], None, set()),
    (
        "trust remove",
        ["https://mirror.example"],
        lambda home: home.ok("trust", "add", "https://mirror.example"),
        set(),
    ),
    ("key remove", ["work", "--force"], None, set()),
    ("key vault init", [], None, set()),
    ("explain", ["there"], account, set()),
    ("explain", ["--file", "c.json"], None, set()),
    ("config new", ["--fallback", "@a", "@b", "-o", "new.json"], None, set()),
    ("config check", ["c.json"], None, set()),
    ("config show", ["work"], None, {"file", "config"}),
    ("config show", ["file"], None, {"id"}),
    ("config push", ["c.json", "--profile", "there", "--yes"], account, set()),
    ("config pull", [SAVED, "--profile", "there"], account, set()),
    ("config diff", ["main.json", SAVED, "--profile", "there"], account, set()),
    ("config list", ["--profile", "there"], account, {"id", "versions"}),
    ("config list", ["--profile", "there", "--versions", SAVED], account, {"asked_at", "whole", "configs"}),
    ("policy show", [], None, set()),
    ("policy check", ["policy.json"], lambda home: (home.root / "policy.json").write_text("{}"), set()),
    ("policy claude-settings", ["there"], account, set()),
    ("catalog new", ["new", "--from", "work", "--name", "acme"], None, set()),
    ("catalog check", ["cat", "--against", "cat"], catalog, set()),
    ("join", ["./share", "--key", Signer().public.text, "--yes", "--key-stdin"], published, set()),
    ("catalog add", ["./share", "--key", Signer().public.text, "--yes"], published, set()),
    ("catalog list", [], joined, set()),
    ("catalog show", ["acme"], joined, set()),
    ("catalog diff", ["acme"], joined, set()),
    ("catalog update", [], joined, set()),
    ("catalog accept", ["acme"], waiting, set()),
    ("catalog rollback", ["acme"], changed, set()),
    ("catalog remove", ["acme"], joined, set()),
    ("catalog trust", ["acme", "--key", Signer().public.text, "--yes"], joined, set()),
    ("catalog override", ["acme/work", "label", "L"], joined, set()),
    ("catalog sign", ["cat", "--minisign-key", "acme.key"], catalog, set()),
    ("check", ["--all"], empty, set()),  # its rows: tests/tray/commands/test_check.py
    ("models", ["there"], account, set()),
    ("usage", ["there"], account, set()),
    ("budget", ["there"], account, set()),
    ("import", ["b.json"], bundle, set()),
    ("export", [], None, {"file"}),
    ("export", ["--output", "x.json"], None, {"pkcc_tray_bundle"}),
    ("preference", ["on_drift", "ignore"], None, {"decided", "by"}),
    ("quit", [], None, set()),
    ("statusline", [], None, set()),
    ("statusline on", [], None, set()),
    ("statusline off", [], None, set()),
    ("statusline status", [], None, set()),
    ("autostart on", [], None, set()),
    ("autostart off", [], None, set()),
    ("desktop install", [], None, set()),
    ("desktop remove", [], None, set()),
    ("uninstall", ["--dry-run"], None, set()),
    ("uninstall", ["--yes"], None, set()),
    ("autostart status", [], None, set()),
    ("doctor", [], install_client, set()),
    ("doctor", ["--fix"], install_client, set()),
    ("support", [], None, set()),
    ("link", ["pkcc-tray://join?source=https://ai.acme.example/pkcc-catalog.json"], None, set()),
    ("completion", ["bash"], None, set()),
]


@pytest.mark.parametrize(
    ("command", "arguments", "prepare", "absent"),
    COMMANDS,
    ids=[f"{c} {' '.join(a)}" for c, a, _, _ in COMMANDS],
)
def test_each_command_s_fields_are_the_documented_ones(
    home: UserHome, command: str, arguments: list[str], prepare: Prepare, absent: set[str]
) -> None:
    if command == "key vault init":
        home.environ["PKCC_SECRETS"] = "auto"
    else:
        furnish(home)
    if prepare is not None:
        prepare(home)
    ran = home.run(*command.split(), *arguments, "--json", stdin=KEY)
    answer = ran.json()
    jsonschema.validate(answer, ENVELOPE)
    assert (ran.code, ran.err, answer["command"]) == (0, "", command), answer
    assert {*answer["data"]} == documented()[command] - absent
    assert KEY not in ran.out


def test_every_command_is_documented_and_tried() -> None:
    words = {verb.words for verb in VERBS}
    assert {*documented()} == words - {"key print", "edit", "exec", "tray", "manage"}  # which have no JSON
    assert {command for command, *_ in COMMANDS} == words - {
        "key print",
        "edit",
        "exec",
        "manage",
        "tray",
        "schema",
        "policy schema",
        "demo",
    }


ROWS: dict[tuple[str, str], set[str]] = {
    ("models there", "models"): {"id", "provider", "name", "claude", "used_as", "price"},
    ("config list --profile there", "configs"): {
        *("id", "name", "status", "default", "changed_at", "used_by"),
    },
    ("usage there", "rows"): {"of", "cost", "requests", "tokens"},
    **{
        (f"{command} there", "budgets"): {
            *(
                "of",
                "kind",
                "limit",
                "used",
                "left",
                "counted",
                "alert_at",
                "resets",
                "next_reset",
                "status",
                "since",
            ),
        }
        for command in ("usage", "budget")
    },
    ("explain there", "failures"): {"on", "then"},
    ("explain there", "models"): {"model", "provider", "used_as", "path", "price", "ends"},
    ("list", "profiles"): {
        "name",
        "active",
        "favourite",
        "key_present",
        "catalog",
        "refused",
        "withdrawn",
        "model",
        "label",
        "dialect",
        "route",
        "key",
        "key_delivery",
        "gateway",
        "writes_secret",
        "trusted",
        "config_name",
    },
    ("status", "drift"): {
        "slot",
        "kind",
        "expected",
        "actual",
        "alarming",
        "surrounding",
        "by_hand",
        "dialog",
    },
    ("status", "effective"): {"slot", "value", "source", "path", "losers", "alarming"},
    ("diff", "changes"): {"slot", "before", "after", "alarming", "dialog"},
    ("history", "steps"): {"number", "at", "action", "what", "from", "name", "who"},
    ("project list", "projects"): {
        *("directory", "settings", "pin", "profile", "metadata", "rule", "condition", "problem"),
    },
    ("project rule list", "rules"): {"path", "profile", "metadata", "exclude"},
    ("key list", "keys"): {"name", "stored_in", "used_by", "present"},
    ("import --dry-run x.env", "left_out"): {"name", "what", "reason"},
    ("restore --dry-run", "changes"): {"slot", "before", "after", "blank", "was_blank"},
    ("doctor", "findings"): {"check", "severity", "what", "why", "command", "advice", "fixable"},
}


@pytest.mark.parametrize(("command", "field"), ROWS, ids=[f"{c} {f}" for c, f in ROWS])
def test_rows_have_the_documented_columns(home: UserHome, command: str, field: str) -> None:
    furnish(home)
    if command.startswith("project"):
        project(home)
    account(home)
    drift(home)
    rows: list[dict[str, Any]] = home.run(*command.split(), "--json").json()["data"][field]
    assert rows
    for row in rows:
        assert {*row} == ROWS[command, field]


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["show", "nope"], 3),
        (["key", "remove", "work"], 4),
        (["key", "print", "env"], 5),
        (["set", "work", "label"], 2),
        (["frobnicate"], 2),
        (["switch"], 2),
        (["config", "check", "nowhere"], 1),
    ],
    ids=str,
)
def test_an_error_has_the_exit_code_of_its_kind_inside_and_out(
    home: UserHome, argv: list[str], code: int
) -> None:
    furnish(home)
    home.ok("add", "env", "--provider", "@a", "--key-ref", "env:NOT_SET")
    ran = home.run(*argv[: argv.index("print") + 2 if "print" in argv else None])
    assert ran.code == code
    if "print" in argv:
        return  # a key is never put into JSON
    ran = home.run(*argv, "--json")
    answer = ran.json()
    jsonschema.validate(answer, ENVELOPE)
    assert (ran.code, answer["error"]["exit_code"], ran.err) == (code, code, "")


def test_findings_make_ok_false_and_are_data_all_the_same(home: UserHome) -> None:
    (home.root / "c.json").write_text('{"strategy": {"mode": "x"}, "targets": []}')
    ran = home.run("config", "check", "c.json", "--json")
    answer = ran.json()
    jsonschema.validate(answer, ENVELOPE)
    assert (ran.code, answer["ok"]) == (1, False)
    assert {"level", "path", "message", "line", "column"} == {*answer["data"]["findings"][0]}


def test_what_is_json_anyway_is_in_the_envelope_too(home: UserHome) -> None:
    assert home.ok("schema", "--json").json()["data"] == json.loads(home.ok("schema").out)
    assert home.ok("--help", "--json").json()["data"]["text"] == home.ok("--help").out
