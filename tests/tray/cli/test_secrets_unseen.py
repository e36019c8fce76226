"""A secret that gets in anywhere comes out nowhere: not on screen, not in a file, whatever goes wrong."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from support.home.user_home import UserHome, files_with
from support.missing import missing

from tray.cli.verbs import VERBS

SECRET = "pk-CANARY-9f8e7d6c5b4a39281706-typed-by-mistake"
ARGUMENTS = [
    *([*verb.words.split(), SECRET] for verb in VERBS),
    *([*verb.words.split(), "work", SECRET] for verb in VERBS),
    *([*verb.words.split(), "work", "x", SECRET] for verb in VERBS),
    *([*verb.words.split(), "work", f"--key={SECRET}"] for verb in VERBS),
    [SECRET],
    ["key", SECRET],
    [f"--key={SECRET}"],
    ["help", SECRET],
    ["add", "x", "--provider", "@a", f"--key-stdin={SECRET}"],
    ["add", "x", "--provider", "@a", "--key-stdin", SECRET],
    ["add", "x", "--provider", "@a", f"--switch={SECRET}"],
    ["add", "x", "--provider", "@a", "--key-ref", SECRET],
    ["add", "x", "--provider", "@a", "--key-ref", f"keyring:{SECRET}/x/y"],
    ["add", "x", "--provider", "@a", "--key-ref", f"env:{SECRET}"],
    ["add", "x", "--provider", "@a", "--key-ref", f"cmd:{SECRET}"],
    ["add", "x", "--provider", "@a", "--key-ref", f"op:{SECRET}"],
    ["add", "x", "--provider", "@a", "--dialect", SECRET],
    ["add", "x", "--provider", "@a", "--dialect", f"{SECRET} (choose from {SECRET})"],
    ["add", "x", "--provider", "@a", "--key-delivery", SECRET],
    ["add", "x", "--provider", "@a", "--header", f"Authorization=Bearer {SECRET}"],
    ["add", "x", "--provider", "@a", "--header", f"X-Api-Key2-Secret={SECRET}"],
    ["add", "x", "--provider", "@a", "--header", SECRET],
    ["add", "x", "--provider", "@a", "--env", f"OPENAI_API_KEY={SECRET}"],
    ["add", "x", "--provider", "@a", "--env", f"ANTHROPIC_AUTH_TOKEN={SECRET}"],
    ["add", "x", "--provider", "@a", "--metadata", SECRET],
    ["add", "x", "--provider", "@a", "--gateway", f"https://me:{SECRET}@gw.example"],
    ["add", "x", "--provider", "@a", "--gateway", f"https://gw.example/?key={SECRET}"],
    ["add", "x", "--provider", "@a", "--region", SECRET],
    ["add", "x", "--config", json.dumps({"provider": "a", "api_key": SECRET})],
    ["set", "work", "api_key", SECRET],
    ["set", "work", SECRET, "x"],
    ["set", "work", "extra_env.MY_TOKEN", SECRET],
    ["set", "work", "extra_headers.X-Token", SECRET],
    ["set", "work", "route", json.dumps({"kind": "config", "inline": {"provider": "a", "api_key": SECRET}})],
    ["set", "work", "route", SECRET],
    ["completion", SECRET],
    ["key", "vault", "init", "--unlock", SECRET],
]
# A name is a name: what is asked to be called so is called so, and a path is a path.
NAMED = {"add", "copy", "rename", "key", "export", "import", "config", "edit", "project", "policy"}


def is_named_so(argv: list[str]) -> bool:
    """Whether the secret was given as a new name or a path, which messages do repeat."""
    if argv == ["catalog", "check", SECRET]:
        return True
    return argv[0] in NAMED and argv[-1] == SECRET and len(argv) <= 3 and argv != ["key", SECRET]


@pytest.mark.parametrize("argv", [argv for argv in ARGUMENTS if not is_named_so(argv)], ids=" ".join)
def test_a_key_typed_as_an_argument_is_neither_repeated_nor_kept(home: UserHome, argv: list[str]) -> None:
    home.add("work")
    if argv[0] == "demo":
        argv = [*argv, "x"]
    for extra in ([], ["--json"], ["--debug"]):
        ran = home.run(*argv, *extra)
        assert ran.code != 0
        assert SECRET not in ran.text
        assert "CANARY-9f8e" not in ran.text
    assert not files_with("CANARY-9f8e", home.root)


def test_a_secret_in_the_settings_is_masked_and_kept_safe(home: UserHome) -> None:
    # The user's own values, of before the first switch, in every place that can hold one.
    old = {
        "ANTHROPIC_API_KEY": f"sk-{SECRET}",
        "ANTHROPIC_AUTH_TOKEN": SECRET,
        "AWS_BEARER_TOKEN_BEDROCK": SECRET,
        "ANTHROPIC_BASE_URL": f"https://me:{SECRET}@proxy.example",
        "ANTHROPIC_CUSTOM_HEADERS": f"Authorization: Bearer {SECRET}\nx-portkey-api-key: {SECRET}\n"
        f'x-portkey-config: {{"provider": "openai", "api_key": "{SECRET}"}}\nx-portkey-provider: @a',
    }
    home.settings.write_text(json.dumps({"env": old}, indent=2))
    before = home.settings.read_bytes()
    home.ok("add", "work", "--provider", "@b")
    home.ok("key", "set", "work", stdin="pk-of-work")
    for argv in (
        ["status"],
        ["switch", "work", "--dry-run"],
        ["diff", "work"],
        ["switch", "work"],
        ["status"],
        ["off", "--dry-run"],
        ["history"],
        ["undo"],
        ["switch", "work"],
        ["key", "list"],
        ["show", "work"],
        ["sessions"],
        ["export"],
    ):
        for extra in ([], ["--json"], ["--debug"]) if argv != ["undo"] else ([],):
            assert SECRET not in home.run(*argv, *extra).text
    ours = [home.root / ".config", home.root / ".local"]
    assert not files_with("CANARY", *ours)
    home.ok("switch", "work")
    home.ok("off")
    assert home.settings.read_bytes() == before


def test_a_secret_added_to_the_settings_is_masked_in_the_drift(home: UserHome) -> None:
    home.add("work")
    home.ok("switch", "work")
    home.edit_settings('"ANTHROPIC_AUTH_TOKEN": ""', f'"ANTHROPIC_AUTH_TOKEN": "{SECRET}"')
    home.edit_settings("x-portkey-provider:", f"x-portkey-api-key: {SECRET}\\nx-portkey-provider:")
    for argv in (["status"], ["diff"], ["restore", "--dry-run"], ["list"], ["import"]):
        for extra in ([], ["--json"], ["--debug"]):
            assert SECRET not in home.run(*argv, *extra).text
    home.ok("restore")
    assert SECRET not in home.settings.read_text()
    assert not files_with(SECRET, home.root / ".config", home.root / ".local")
    home.ok("undo")
    assert SECRET in home.settings.read_text()


def test_a_secret_in_the_shell_or_another_file_is_masked(home: UserHome) -> None:
    home.environ["ANTHROPIC_API_KEY"] = SECRET
    home.environ["ANTHROPIC_AUTH_TOKEN"] = SECRET
    home.environ["ANTHROPIC_CUSTOM_HEADERS"] = f"x-portkey-api-key: {SECRET}"
    (home.claude / "settings.local.json").write_text(
        json.dumps(
            {"env": {"ANTHROPIC_CUSTOM_HEADERS": f"x-api-key: {SECRET}"}, "apiKeyHelper": f"echo {SECRET}"}
        )
    )
    for extra in ([], ["--json"]):
        ran = home.ok("status", *extra)
        assert SECRET not in ran.text
        assert "shell" in ran.text


@pytest.mark.parametrize("where", ["profile", "config", "bundle", "editor"])
def test_a_secret_in_a_file_of_the_user_s_is_not_repeated(home: UserHome, where: str) -> None:
    home.add("work")
    clear = {**home.stored(), "api_key": SECRET, SECRET[:20]: SECRET}
    path = home.root / "file.json"
    if where == "profile":
        path = home.profiles / "work.json"
    texts = (
        json.dumps(clear),
        json.dumps({"pkcc_tray_bundle": 1, "profiles": [clear]}),
        json.dumps({"provider": "openai", "api_key": SECRET, "oops": SECRET}),
        f'{{"api_key": "{SECRET}',
        f'{{"api_key": {SECRET}}}',
    )
    for text in texts:
        path.write_text(text)
        home.environ["EDITOR"] = f"cp {path}"
        commands = {
            "profile": [
                ["list"],
                ["show", "work"],
                ["switch", "work"],
                ["status"],
                ["key", "list"],
                ["export"],
            ],
            "config": [["config", "check", str(path)], ["import", str(path)]],
            "bundle": [["import", str(path)], ["import", str(path), "--dry-run"]],
            "editor": [["edit", "work"]],
        }[where]
        for argv in commands:
            for extra in ([], ["--json"], ["--debug"]):
                assert SECRET not in home.run(*argv, *extra).text
    path.unlink()
    kept = files_with(SECRET, home.root)  # what was typed in an editor is not thrown away unasked
    assert [each for each in kept if "edits" not in each.parts] == []
    assert bool(kept) is (where == "editor")
    assert all(each.stat().st_mode & 0o077 == 0 for each in kept)


def test_no_process_is_ever_started_with_a_key_in_its_arguments(home: UserHome, tmp_path: Path) -> None:
    # Anybody on the machine may read the process list.
    if sys.platform != "linux":
        pytest.skip("strace exists on Linux only")
    if shutil.which("strace") is None:
        missing("strace")
    trace = tmp_path / "trace"
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    watch = ["strace", "-f", "-qq", "-s", "9999", "-v", "-e", "trace=execve", "-o", str(trace)]
    for argv, typed in ((["key", "rotate", "work"], SECRET), (["switch", "work"], "")):
        ran = home.spawn(*argv, stdin=typed, prefix=watch)
        assert ran.code == 0, ran
        assert "execve" in trace.read_text()
        assert "CANARY" not in trace.read_text()
    assert SECRET in home.settings.read_text()


HEADER = "X-License-Key"


@pytest.mark.parametrize("option", [f"--header={HEADER}=CANARY", "--env=GITHUB_PAT=CANARY"])
def test_a_header_that_is_a_secret_by_its_name_takes_a_reference_alone(home: UserHome, option: str) -> None:
    """It would be shown by `show`, kept in clear text in the profile, and exported to a colleague."""
    ran = home.run("add", "w", "--provider", "@a", "--key-ref", "env:K", option)
    assert (ran.code, "looks like a secret: give a reference" in ran.err) == (2, True)
    assert "CANARY" not in ran.text
    home.add()
    ran = home.run("set", "work", f"extra_headers.{HEADER}", "CANARY")
    assert (ran.code, "looks like a secret: give a reference" in ran.err) == (2, True)


def test_a_profile_of_before_with_one_in_clear_text_goes_on_and_shows_it_nowhere(
    home: UserHome,
) -> None:
    """After an upgrade the profile must still switch; and its remedy must work as it is printed."""
    home.add()
    data = {**home.stored(), "extra_headers": {HEADER: "CANARY-1"}}
    (home.profiles / "work.json").write_text(json.dumps(data))
    home.ok("switch", "work")
    assert f"{HEADER}: CANARY-1" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    home.ok("set", "work", "label", "Work")  # what has nothing to do with it is not refused
    home.edit_settings("CANARY-1", "CANARY-2")
    for words in (("show", "work"), ("diff",), ("status",), ("list",), ("export", "work")):
        for ran in (home.run(*words), home.run(*words, "--json")):
            assert "CANARY" not in ran.text, words
    assert "CANARY" not in home.run("restore", "--dry-run").text
    home.ok("restore")
    note = home.ok("show", "work").err
    key, setting = re.findall(r"`pkcc-tray ([^`]+)`", note)
    home.ok(*key.split(), stdin="lk-1")
    home.ok(*setting.split())
    assert f"{HEADER}: lk-1" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert "clear text" not in home.ok("show", "work").err
    assert "CANARY" not in (home.profiles / "work.json").read_text()


WRITTEN = (
    "the key is written into Claude Code's settings in clear text (mode 0600), and hooks and MCP servers"
)


@pytest.mark.parametrize(
    "options",
    [
        ("--dialect", "vertex", "--model", "m"),
        ("--dialect", "bedrock", "--model", "m"),
        ("--key-delivery", "settings"),
        ("--key-in", "header"),
    ],
)
def test_a_key_in_clear_text_is_told_where_it_is_chosen_and_what_is_told_helps(
    home: UserHome, options: tuple[str, ...]
) -> None:
    """Without it nobody learns that every hook can read the key, nor that it need not be so."""
    added = home.ok("add", "w", "--provider", "@a", *options, "--key-stdin", stdin="pk-CANARY")
    assert WRITTEN in added.err
    assert WRITTEN in home.ok("switch", "w").err
    home.ok("off")
    assert WRITTEN not in home.ok("switch", "w").err  # once is enough
    assert "pk-CANARY" in home.settings.read_text()
    assert "key in the file" in home.ok("list").out
    shown = home.ok("show", "w")
    assert "delivery: settings, in clear text in the file" in shown.out
    assert home.ok("show", "w", "--json").json()["data"]["writes_secret"] is True
    for command in re.findall(r"`pkcc-tray ([^`]+)`", shown.err.partition(WRITTEN)[2].partition("\n")[0]):
        home.ok(*command.split())
    assert "pk-CANARY" not in home.settings.read_text()
    assert WRITTEN not in home.ok("show", "w").err
    assert home.ok("show", "w", "--json").json()["data"]["writes_secret"] is False
    assert "key in the file" not in home.ok("list").out
