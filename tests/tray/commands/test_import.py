"""Import from shells and other switchers: shown first, all or nothing, nothing run, no key in a file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, SETTINGS, Ran, UserHome, files_with

from profiles.base.errors import PkccError
from profiles.importing.bundles import MARK
from profiles.importing.sources import KINDS, STORES
from profiles.profile.store import ProfileStore
from profiles.secrets.store import SecretStore

OTHER = "sk-CANARY-of-another-vendor"
HOSTED = "https://api.portkey.ai"
PORTKEY = {
    "ANTHROPIC_BASE_URL": HOSTED,
    "ANTHROPIC_AUTH_TOKEN": KEY,
    "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider:@a",
}
ZAI = {"ANTHROPIC_BASE_URL": f"https://u:{OTHER}@api.z.ai/x?key={OTHER}", "ANTHROPIC_AUTH_TOKEN": OTHER}


def write(home: UserHome, name: str, text: str) -> str:
    path = home.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def cc_switch(home: UserHome, providers: dict[str, Any]) -> Path:
    path = home.root / ".cc-switch" / "cc-switch.db"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE providers (app_type TEXT, name TEXT, settings_config TEXT)")
        for name, content in providers.items():
            text = content if isinstance(content, str) else json.dumps(content)
            connection.execute("INSERT INTO providers VALUES ('claude', ?, ?)", (name, text))
        codex = json.dumps({"env": PORTKEY})
        connection.execute("INSERT INTO providers VALUES ('codex', 'codex', ?)", (codex,))
        connection.commit()
    return path


def ccs(home: UserHome, **profiles: dict[str, Any]) -> None:
    for name, env in profiles.items():
        write(home, f".ccs/{name}.settings.json", json.dumps({"env": env}))


def switcher(home: UserHome, **profiles: dict[str, str]) -> None:
    entries = {name: {"type": "api", "env": {}, **entry} for name, entry in profiles.items()}
    write(home, ".claude-provider-switcher/profiles.json", json.dumps({"version": 2, "profiles": entries}))
    keys = {name: {"backend": "file", "secret": KEY} for name in profiles}
    write(home, ".claude-provider-switcher/credentials.json", json.dumps(keys))


def left_out(ran: Ran) -> dict[str, str]:
    """What is left out, with the reasons."""
    rows = ran.json()["data"]["left_out"]
    return {row["what"] or row["name"]: row["reason"] for row in rows}


def nothing_made(home: UserHome) -> bool:
    return not home.profiles.exists() and not (home.root / ".local").exists()


# Exports of a shell --------------------------------------------------------------------------------------

SHELL_FILES = [
    (".bashrc", f"alias ll='ls -l'\nexport ANTHROPIC_BASE_URL={HOSTED} ANTHROPIC_AUTH_TOKEN='{KEY}'\n"
     "export ANTHROPIC_CUSTOM_HEADERS=$'x-portkey-provider: @a\\nX-Corp: 1'\n"),
    (".zshrc", f'export ANTHROPIC_AUTH_TOKEN="{KEY}" # mine\ntypeset -gx ANTHROPIC_CUSTOM_HEADERS='
     '"x-portkey-provider: @a\nX-Corp: 1"\n'),
    ("config.fish", f"set -gx ANTHROPIC_AUTH_TOKEN {KEY}\nset -gx ANTHROPIC_CUSTOM_HEADERS "
     "x-portkey-provider:' @a'\\nX-Corp:\\ 1\n"),
    ("profile.ps1", f"$env:ANTHROPIC_AUTH_TOKEN = '{KEY}'\r\n"
     '$env:ANTHROPIC_CUSTOM_HEADERS = "x-portkey-provider: @a`nX-Corp: 1"\r\n'),
    ("env.nu", f'$env.ANTHROPIC_AUTH_TOKEN = "{KEY}"\n'
     '$env.ANTHROPIC_CUSTOM_HEADERS = "x-portkey-provider: @a\\nX-Corp: 1"\n'),
    (".env", f"ANTHROPIC_AUTH_TOKEN={KEY}\n"
     'ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @a\\nX-Corp: 1"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SHELL_FILES, ids=[name for name, _ in SHELL_FILES])
def test_exports_in_any_shell_s_file_become_a_profile_with_the_key_in_the_store(
    home: UserHome, name: str, text: str
) -> None:
    path = write(home, name, text)
    ran = home.ok("import", path, "--name", "work")
    assert ran.out.startswith("Made work: @a\n1 key went into the key store: work\n")
    assert f"{path} still holds the key in clear text" in ran.err
    assert home.ok("key", "print", "work").out == KEY + "\n"
    stored = home.stored()
    assert stored["extra_headers"] == {"x-corp": "1"}  # else the switch would lose that line of theirs
    assert stored["key_delivery"] == "helper"
    assert not files_with("CANARY", home.own, home.root / ".local")
    assert "CANARY" not in ran.text


GLUED = [
    (".bashrc", 'export ANTHROPIC_CUSTOM_HEADERS="{}"\n'),
    (".env", "ANTHROPIC_CUSTOM_HEADERS={}\n"),
    ("config.fish", 'set -gx ANTHROPIC_CUSTOM_HEADERS "{}"\n'),
    ("profile.ps1", '$env:ANTHROPIC_CUSTOM_HEADERS = "{}"\n'),
    ("settings.json", '{{"env": {{"ANTHROPIC_CUSTOM_HEADERS": "{}"}}}}'),
]


@pytest.mark.parametrize(("name", "text"), GLUED, ids=[name for name, _ in GLUED])
def test_a_line_end_that_is_text_is_taken_as_it_was_meant_and_said(
    home: UserHome, name: str, text: str
) -> None:
    """By hand no request worked: the route went out inside the key. No advice for another shell is given."""
    end = r"\\n" if name.endswith(".json") else r"\n"
    path = write(home, name, text.format(f"x-portkey-api-key: {KEY}{end}x-portkey-provider: @a"))
    ran = home.ok("import", path, "--name", "work")
    assert "x-portkey-api-key and x-portkey-provider stood in one line, with \\n as text" in ran.err
    assert home.stored()["route"] == {"kind": "provider", "provider": "@a"}
    assert home.ok("key", "print", "work").out == KEY + "\n"


STARTS = f"""
export OTHER=1
alias cpk='ANTHROPIC_BASE_URL={HOSTED} ANTHROPIC_AUTH_TOKEN={KEY} ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @a" claude'
cpb() {{
  ANTHROPIC_BASE_URL={HOSTED} \\
  ANTHROPIC_AUTH_TOKEN={KEY} \\
  ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @b" \\
  claude "$@"
}}
alias zai='env ANTHROPIC_BASE_URL=https://api.z.ai/x ANTHROPIC_AUTH_TOKEN={OTHER} claude'
alias other='claude --settings ~/other.json'
"""  # noqa: E501


def test_each_alias_or_function_that_starts_claude_is_a_profile_of_its_own(home: UserHome) -> None:
    """The commonest form of several routes in one file: it was said that nothing stands there."""
    ran = home.ok("import", write(home, ".zshrc", STARTS), "--json")
    data = ran.json()["data"]
    assert [(row["name"], row["route"]) for row in data["profiles"]] == [
        ("cpk", "@a"),
        ("cpb", "@b"),
    ]
    assert [row["name"] for row in data["left_out"]] == ["zai"]
    notes = " ".join(ran.json()["notes"])
    assert "the alias 'cpk' goes on as it is: let it run `pkcc-tray exec cpk -- claude`" in notes
    assert "the alias 'other' starts Claude Code with settings of its own" in notes
    assert home.ok("key", "print", "cpb").out.strip() == KEY
    assert OTHER not in ran.text


def test_what_is_exported_counts_in_an_alias_too(home: UserHome) -> None:
    text = f"""export ANTHROPIC_BASE_URL={HOSTED} ANTHROPIC_AUTH_TOKEN={KEY}
alias gpt='ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @gpt" claude'
"""
    home.ok("import", write(home, ".bashrc", text), "--only", "gpt")
    assert home.stored("gpt")["route"] == {"kind": "provider", "provider": "@gpt"}
    assert home.ok("key", "print", "gpt").out.strip() == KEY


def test_what_an_alias_is_to_run_names_the_profile_that_was_made_of_it(home: UserHome) -> None:
    said = home.ok("import", write(home, ".zshrc", STARTS), "--only", "cpk", "--name", "mine").text
    assert "let it run `pkcc-tray exec mine -- claude`" in said


def test_the_documentation_s_placeholder_is_replaced_by_a_command_that_can_be_pasted(home: UserHome) -> None:
    env = {**PORTKEY, "ANTHROPIC_AUTH_TOKEN": "YOUR_PORTKEY_API_KEY"}
    home.settings.write_text(json.dumps({"env": env}))
    assert "replace it with `pkcc-tray key rotate mine`" in home.ok("import", "--name", "mine").text


def test_an_alias_with_settings_of_its_own_alone_is_named(home: UserHome) -> None:
    ran = home.run("import", write(home, ".bashrc", "alias x='claude --settings ~/x.json'\n"))
    assert (ran.code, "the alias 'x' starts Claude Code with settings of its own" in ran.err) == (1, True)


def test_a_reference_or_a_command_is_named_and_neither_expanded_nor_run(home: UserHome) -> None:
    home.environ["SECRET_OF_MINE"] = KEY
    path = write(
        home,
        ".bashrc",
        "touch pwned; export ANTHROPIC_MODEL=$(touch pwned)\n"
        'export ANTHROPIC_CUSTOM_HEADERS="x-portkey-api-key: $SECRET_OF_MINE\n'
        'x-portkey-provider: @a\n`touch pwned`\nx-portkey-trace-id: ${T:-pk-CANARY`touch pwned`}"\n',
    )
    ran = home.ok("import", path, "--name", "work", "--json")
    reason = "it refers to {}, which is neither expanded nor run"
    assert left_out(ran) == {
        "ANTHROPIC_MODEL": reason.format("something that a shell works out"),
        "x-portkey-api-key": reason.format("$SECRET_OF_MINE"),
        "ANTHROPIC_CUSTOM_HEADERS": reason.format("something that a shell works out"),
        "x-portkey-trace-id": reason.format("$T"),
    }
    assert ran.json()["data"]["keys_missing"] == ["work"]
    assert not (home.root / "pwned").exists()
    assert "CANARY" not in ran.text + json.dumps(home.stored())


NO_EXPORTS = [
    ("export EDITOR=vim\n", "exports nothing that Claude Code routes by"),
    ("ANTHROPIC_CUSTOM_HEADERS='x-portkey-provider: @a'\n", "exports nothing that Claude Code routes by"),
    ("export ANTHROPIC_BASE_URL=https://api.anthropic.com\n", "api.anthropic.com is not a known gateway"),
    (f"export ANTHROPIC_BASE_URL={HOSTED}\n", "it names no provider, virtual key or config: give --provider"),
    ('export ANTHROPIC_CUSTOM_HEADERS="x-portkey-provider: @a\\nno header"\n', "what comes then is no"),
    ("\0\n", "is not a text file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), NO_EXPORTS, ids=[problem for _, problem in NO_EXPORTS])
def test_a_start_file_without_a_route_is_refused_and_says_why(
    home: UserHome, text: str, problem: str
) -> None:
    ran = home.run("import", write(home, ".bashrc", text))
    assert (ran.code, ran.out) == (1, "")
    assert problem in ran.err
    assert len(ran.err.splitlines()) == 2
    assert nothing_made(home)


# Portkey's own command line -------------------------------------------------------------------------------


def test_what_portkey_s_own_command_line_writes_is_understood(home: UserHome) -> None:
    # Its settings: the token alone, no space behind the colon, the model at the top level.
    home.settings.write_text(json.dumps({"env": PORTKEY, "model": "claude-sonnet-4-5"}, indent=2) + "\n")
    ran = home.ok("import", "--name", "work")
    assert "CANARY" not in ran.text
    assert home.stored()["key_in"] == "token"
    assert ran.out.startswith("Made work: @a\n")
    # In a start file, as it writes one for each shell.
    pairs = {**PORTKEY, "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-config:pc-1"}
    lines = {".zshrc": 'export {}="{}"', "c.fish": 'set -gx {} "{}"', "p.ps1": '$env:{} = "{}"'}
    for name, line in (lines | {"env.nu": '$env.{} = "{}"'}).items():
        text = "\n".join(line.format(key, value) for key, value in pairs.items())
        ran = home.ok("import", write(home, name, f"# ── Portkey ──\n{text}\n# ── End ──\n"), "--dry-run")
        assert ran.out == "Would make pc-1: config pc-1\n1 key would go into the key store: pc-1\n"


@pytest.mark.parametrize("dialect", ["VERTEX", "BEDROCK"])
@pytest.mark.parametrize("one", [1, "1", True])
@pytest.mark.parametrize("colon", [": ", ":"])
def test_both_dialects_numbers_or_text_and_either_spacing(
    home: UserHome, dialect: str, one: object, colon: str
) -> None:
    config = json.dumps({"provider": "openai", "api_key": KEY, "retry": {"attempts": 2}})
    env = {
        f"ANTHROPIC_{dialect}_BASE_URL": f"{HOSTED}/v1",
        f"CLAUDE_CODE_USE_{dialect}": one,
        f"CLAUDE_CODE_SKIP_{dialect}_AUTH": one,
        "ANTHROPIC_MODEL": "claude-x",
        "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-api-key{colon}{KEY}\nx-portkey-config{colon}{config}",
    }
    ran = home.ok("import", write(home, "s.json", json.dumps({"env": env})), "--name", "work")
    assert ran.out.startswith(f"Made work: {dialect.lower()} · inline config\n2 keys went into the key store")
    stored = home.stored()
    assert stored["route"]["inline"]["api_key"] == "keyring:work.config-1"
    assert stored["route"]["inline"]["retry"] == {"attempts": 2}
    assert not files_with("CANARY", home.own)


# Other switchers' stores ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["messages", "vertex"])
@pytest.mark.parametrize("line", [f"Authorization: Bearer {KEY}", f"authorization:bearer  {KEY}"])
def test_a_header_line_that_authenticates_holds_the_key(home: UserHome, dialect: str, line: str) -> None:
    """Portkey's newer pages put it there: as a line of the profile's own it would lie in a file."""
    env = {"ANTHROPIC_BASE_URL": "https://aigw.portkey.ai"}
    if dialect == "vertex":
        env = {"ANTHROPIC_VERTEX_BASE_URL": "https://aigw.portkey.ai/v1", "CLAUDE_CODE_USE_VERTEX": "1"}
        env |= {"ANTHROPIC_MODEL": "claude-sonnet-4-5"}
    env["ANTHROPIC_CUSTOM_HEADERS"] = f"{line}\nx-portkey-provider: @p"
    path = write(home, "newer.json", json.dumps({"env": env}))
    ran = home.ok("import", path, "--name", "newer", "--json")
    assert KEY not in ran.out
    profile = home.ok("show", "newer", "--json").json()["data"]["profile"]
    assert "authorization" not in {name.lower() for name in profile.get("extra_headers", {})}
    assert files_with(KEY, home.root) == [Path(path)]
    home.ok("switch", "newer")
    env = home.env()
    lines = env["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    assert not any(each.lower().startswith("authorization") for each in lines)
    assert KEY in (env.get("ANTHROPIC_AUTH_TOKEN"), *(each.partition(": ")[2] for each in lines))


def test_a_header_line_beside_another_key_is_not_taken_for_it(home: UserHome) -> None:
    """`Authorization` may be the provider's key, which the gateway hands on."""
    headers = f"Authorization: Bearer {OTHER}\nx-portkey-api-key: {KEY}\nx-portkey-provider: @p"
    env = {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_CUSTOM_HEADERS": headers}
    ran = home.ok("import", write(home, "both.json", json.dumps({"env": env})), "--name", "both")
    assert OTHER not in ran.out
    home.ok("switch", "both")
    assert f"x-portkey-api-key: {KEY}" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert OTHER not in home.settings.read_text()


def test_a_store_s_portkey_entries_are_taken_and_the_others_named(home: UserHome) -> None:
    hooks = {"SessionStart": [{"hooks": [{"type": "command", "command": "touch pwned"}]}]}
    work = {
        "env": {
            **PORTKEY,
            "API_TIMEOUT_MS": 3000,
            "NODE_OPTIONS": "-r x",
            "DISABLE_MY_TOKEN": "file:~/.ssh/id",
        },
        "hooks": hooks,
        "permissions": {},
        "model": "opus",
    }
    helper = {"env": {**PORTKEY, "ANTHROPIC_AUTH_TOKEN": ""}, "apiKeyHelper": f"/bin/evil {OTHER}"}
    path = cc_switch(
        home, {"Work 工作": work, "Z.AI": {"env": ZAI}, "Official": {"env": {}}, "bad": "{", "h": helper}
    )
    before = path.read_bytes()
    ran = home.ok("import", "--from", "cc-switch", "--json")
    assert [row["name"] for row in ran.json()["data"]["profiles"]] == ["Work", "h"]
    found = left_out(ran)
    assert found == {
        "hooks": "it may run commands, and an import never takes one over",
        "permissions": "it is no part of a route",
        "NODE_OPTIONS, DISABLE_MY_TOKEN": "only routing, limits and what switches a feature off is taken",
        "Z.AI": "api.z.ai is not a known gateway of Portkey's",
        "Official": "it does not go through a gateway",
        "bad": found["bad"],
        "apiKeyHelper (/bin/evil …)": "a command is never taken over",
    }
    assert found["bad"].startswith("its settings cannot be read: line 1, column 2")
    stored = home.stored("Work")
    assert stored["extra_env"] == {"API_TIMEOUT_MS": "3000"}
    assert stored["models"] == {"setting": "opus"}
    assert "CANARY" not in ran.text
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["cc-switch.db"]
    assert not files_with("CANARY", home.own, home.root / ".local")
    assert not files_with("evil", home.own)


def test_a_store_larger_than_any_settings_file_is_read_by_name_too(home: UserHome) -> None:
    path = cc_switch(home, {"Work": {"env": PORTKEY}})
    with closing(sqlite3.connect(path)) as connection:  # its logs of requests lie in the same file
        connection.execute("CREATE TABLE logs (line)")
        connection.execute("INSERT INTO logs VALUES (zeroblob(20000000))")
        connection.commit()
    assert home.ok("import", str(path)).out.startswith("Made Work: @a\n")


def test_the_older_file_of_cc_switch_is_read_too(home: UserHome) -> None:
    providers = {
        "1": {"id": "1", "name": "Work", "settingsConfig": {"env": PORTKEY}},
        "2": {"settingsConfig": 5},
    }
    for content in ({"version": 2, "claude": {"providers": providers, "current": "1"}, "codex": {}},
                    {"providers": providers, "current": "1"}):  # fmt: skip
        write(home, ".cc-switch/config.json", json.dumps(content))
        for words in (["--from", "cc-switch"], [".cc-switch/config.json"], [".cc-switch"]):
            ran = home.ok("import", *words, "--dry-run")
            assert ran.out.startswith("Would make Work: @a\n1 key would go into the key store: Work\n")


def test_an_entry_that_names_no_route_gets_the_one_that_is_given(home: UserHome) -> None:
    switcher(
        home,
        plain={"base_url": HOSTED, "model": "claude-x"},
        slug={"base_url": HOSTED, "model": "@team-a/claude-x"},
        mine={"base_url": "https://gateway.example.org", "model": "claude-x"},
    )
    words = ("import", "--from", "claude-provider-switcher", "--json")
    ran = home.ok(*words, "--dry-run")
    assert [(row["name"], row["route"]) for row in ran.json()["data"]["profiles"]] == [
        ("plain", "the key's own config"),
        ("slug", "@team-a by model"),
    ]
    assert "plain: no header line names a route, and no model an @slug" in ran.text
    ran = home.ok(*words, "--dry-run", "--config", "pc-1")
    assert [row["route"] for row in ran.json()["data"]["profiles"]] == ["config pc-1", "config pc-1"]
    # A gateway that is not known to be Portkey's gets a key only where the user names it.
    assert left_out(ran).keys() == {"mine"}
    ran = home.ok(*words, "--only", "mine", "--provider", "@b", "--prefix", "old-")
    assert "old-mine: its requests, and its key, go to https://gateway.example.org" in ran.json()["notes"]
    assert home.stored("old-mine")["route"] == {"kind": "provider", "provider": "@b"}
    assert home.run(*words[:3], "--only", "nobody").code == 2
    ran = home.ok(*words, "--only", "plain", "--dry-run", "--provider", "@a", "--config", "pc-1")
    assert [row["route"] for row in ran.json()["data"]["profiles"]] == ["config pc-1 · @a"]


def test_a_vendor_s_own_key_is_not_taken_for_the_portkey_key(home: UserHome) -> None:
    env = {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a"}
    ccs(
        home,
        one={**env, "ANTHROPIC_API_KEY": KEY},
        two={**env, "ANTHROPIC_API_KEY": "sk-ant-CANARY"},
        three={**env, "ANTHROPIC_API_KEY": OTHER, "ANTHROPIC_AUTH_TOKEN": KEY},
    )
    ran = home.ok("import", "--from", "ccs", "--json")
    assert ran.json()["data"]["keys_stored"] == ["one", "three"]
    assert ran.json()["data"]["keys_missing"] == ["two"]
    assert left_out(ran) == {"ANTHROPIC_API_KEY": "it is not the Portkey key"}
    assert home.ok("key", "print", "three").out == KEY + "\n"


def test_models_name_the_providers_as_they_did(home: UserHome) -> None:
    """Portkey's own recommended form would be refused, or sent as another model than before."""
    env = {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_AUTH_TOKEN": KEY, "ANTHROPIC_MODEL": "@a/x"}
    small = "ANTHROPIC_SMALL_FAST_MODEL"
    ccs(home, one=env, two={**env, small: "@b/y"}, three={**env, small: "y"})
    ran = home.ok("import", "--from", "ccs", "--json")
    assert left_out(ran) == {}
    assert home.stored("two")["route"] == {"kind": "none"}
    assert home.stored("two")["models"] == {"default": "@a/x", "small_fast": "@b/y"}
    assert home.stored("three")["models"] == {"default": "@a/x", "small_fast": "y"}


def test_names_that_are_taken_stop_the_whole_import(home: UserHome) -> None:
    ccs(home, work=PORTKEY, more=PORTKEY)
    home.ok("key", "set", "work", stdin="pk-mine")
    ran = home.run("import", "--from", "ccs")
    assert (ran.code, ran.err.splitlines()[0]) == (4, "Error: There is another key 'work' already")
    home.ok("add", "More", "--provider", "@mine", "--key-ref", "env:X")
    assert home.run("import", "--from", "ccs").code == 4
    assert home.ok("list").out == "   More  @mine, its key is missing\n"
    assert home.ok("import", "--from", "ccs", "--prefix", "ccs-").out.startswith(
        "Made ccs-more: @a\nMade ccs-work"
    )
    home.ok("import", "--from", "ccs", "--prefix", "ccs-", "--replace")
    assert home.run("import", "--from", "ccs", "--name", "x").code == 2


def test_what_is_a_profile_already_is_not_stored_again(home: UserHome) -> None:
    """A second profile and a second copy of the key: one of them is forgotten when the key is replaced."""
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    home.ok("import")
    before = home.ok("key", "list", "--json").json()["data"]
    for change in ((), ("set", "a", "key_delivery", "helper")):
        home.ok(*change) if change else None
        again = home.run("import")
        assert (again.code, again.err) == (
            4,
            f"Error: {home.settings}: there is a profile of it already, 'a'\n  Nothing was imported. "
            "`pkcc-tray switch a` puts it in use, --name makes another one of it.\n",
        )
    assert home.ok("key", "list", "--json").json()["data"] == before
    home.ok("import", "--name", "mine")
    assert sorted(path.stem for path in home.profiles.glob("*.json")) == ["a", "mine"]


@pytest.mark.parametrize("env", [{"ANTHROPIC_AUTH_TOKEN": f"{KEY}-2"}, {"ANTHROPIC_MODEL": "@a/claude-x-1"}])
def test_another_setup_along_the_same_route_gets_the_next_name(home: UserHome, env: dict[str, str]) -> None:
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    home.ok("import")
    home.settings.write_text(json.dumps({"env": PORTKEY | env}))
    home.ok("import")
    assert sorted(path.stem for path in home.profiles.glob("*.json")) == ["a", "a-2"]


@pytest.mark.parametrize(
    ("dialect", "example"), [("vertex", "claude-sonnet"), ("bedrock", "us.anthropic.claude")]
)
@pytest.mark.parametrize("shell", [False, True])
def test_a_format_that_needs_a_model_says_which_variable_names_it(
    home: UserHome, dialect: str, example: str, shell: bool
) -> None:
    """`models` is a field of ours: who reads it knows nothing to put into the file."""
    env = {
        f"CLAUDE_CODE_USE_{dialect.upper()}": "1",
        f"ANTHROPIC_{dialect.upper()}_BASE_URL": f"{HOSTED}/v1",
        "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @a\nx-portkey-api-key: {KEY}",
    }
    exports = "".join(f"export {name}=$'{json.dumps(value)[1:-1]}'\n" for name, value in env.items())
    home.settings.write_text(json.dumps({"env": env}))
    path = write(home, ".bashrc", exports) if shell else str(home.settings)
    ran = home.run("import", path, "--name", "work")
    title, hint = ran.err.splitlines()
    assert (ran.code, title) == (1, f"Error: {path} names no model, and the {dialect} format needs one")
    assert hint.startswith(f"  Set ANTHROPIC_MODEL there (such as {example}")
    assert nothing_made(home)


def test_two_entries_whose_names_become_one_are_told_apart(home: UserHome) -> None:
    cc_switch(home, {"工作": {"env": PORTKEY}, "生产": {"env": PORTKEY}, "con": {"env": PORTKEY}})
    ran = home.ok("import", "--from", "cc-switch", "--json")
    names = [row["name"] for row in ran.json()["data"]["profiles"]]
    assert names == ["imported", "imported-2", "imported-con"]


# Without a FILE -------------------------------------------------------------------------------------------


def test_without_a_file_a_script_is_told_what_else_there_is(home: UserHome) -> None:
    assert "no Portkey route" in home.run("import").err
    cc_switch(home, {"Work": {"env": PORTKEY}})
    write(home, ".ccs/glm.settings.json", json.dumps({"env": ZAI}))  # nothing of Portkey's in it: not named
    bashrc = write(home, ".bashrc", SHELL_FILES[0][1])
    more = f"There is more to import: `pkcc-tray import --from cc-switch`, `pkcc-tray import {bashrc}`"
    ran = home.run("import")
    assert (ran.code, ran.err) == (1, f"Error: {home.settings} holds no Portkey route\n  {more}.\n")
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    ran = home.ok("import", "--name", "work")
    assert f"Note: {more}\n" in ran.err
    home.settings.write_text("{")
    assert "line 1, column 2" in home.run("import").err
    assert home.run("import", "--from", "ccs", "--dry-run").code == 1
    assert "where it always lies" in home.run("import", "--from", "claude-provider-switcher").err
    assert home.run("import", "--from", "fish").code == 2


def test_a_settings_file_that_is_not_there_is_not_said_to_hold_nothing(home: UserHome) -> None:
    """Who reads "holds no route" looks for a fault in a file that does not exist."""
    bashrc = write(home, ".bashrc", SHELL_FILES[0][1])
    home.settings.unlink(missing_ok=True)
    ran = home.run("import")
    more = f"There is more to import: `pkcc-tray import {bashrc}`."
    assert (ran.code, ran.err) == (1, f"Error: There is no file {home.settings}\n  {more}\n")


@pytest.mark.parametrize("value", [{"x-portkey-provider": "@a"}, ["x-portkey-provider: @a", "x-corp: 1"]])
def test_headers_that_are_no_text_are_named_where_they_get_lost(home: UserHome, value: object) -> None:
    """The profile has no provider, though the file seems to name one."""
    env = {**PORTKEY, "ANTHROPIC_CUSTOM_HEADERS": value}
    home.settings.write_text(json.dumps({"env": env}))
    assert "ANTHROPIC_CUSTOM_HEADERS is no text in quotes" in home.ok("import", "--dry-run").text


def test_a_person_chooses_sees_what_is_made_and_may_still_say_no(home: UserHome) -> None:
    cc_switch(home, {"Work": {"env": PORTKEY}, "Zai": {"env": ZAI}})
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    for answer in ("n", ""):
        with terminal(["import"], home.environ, home.root) as term:
            shown = term.expect("Number [1]: ")
            assert "1) ~/.claude/settings.json: settings" in shown
            assert "2) ~/.cc-switch: cc-switch" in shown
            term.type("2")
            shown = term.expect("Import it? (Y/n): ")
            assert "Would make Work: @a\n1 key would go into the key store: Work\nLeft out: Zai: " in shown
            assert nothing_made(home)
            term.type(answer)
            assert term.finish() == (4 if answer else 0)
            assert "CANARY" not in term.screen
    assert home.stored("Work")["api_key"] == "keyring:Work"


def test_a_person_names_the_profile_and_the_key_leaves_the_file(home: UserHome) -> None:
    """Else the key that one wanted out of the file is written into it again, and twice."""
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    home.add("taken")
    with terminal(["import"], home.environ, home.root) as term:
        term.answer("Name of the profile [a]: ", "taken")
        term.expect("There is a profile 'taken' already")
        term.answer("Name of the profile [a]: ", "work")
        term.answer("Keep the key out of the settings, from the first switch on? (Y/n): ", "")
        assert "in clear text" not in term.expect("Import it? (Y/n): ")
        term.type("")
        assert term.finish() == 0
    assert home.stored()["key_delivery"] == "helper"
    home.ok("switch", "work")
    assert KEY not in home.settings.read_text()


def test_a_helper_that_would_end_the_own_login_is_no_default(home: UserHome) -> None:
    """Beside a login of Claude Code's own the key is one header: Enter must not end that login."""
    headers = f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a"
    home.settings.write_text(
        json.dumps({"env": {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_CUSTOM_HEADERS": headers}})
    )
    with terminal(["import", "--name", "max"], home.environ, home.root) as term:
        term.answer("from the first switch on? (y/N): ", "")
        term.answer("Import it? (Y/n): ", "")
        assert term.finish() == 0
    assert home.stored("max")["key_in"] == "header"


def test_what_will_stand_in_clear_text_is_said_before_it_is_asked_about(home: UserHome) -> None:
    """Told after the yes, it is too late to choose otherwise."""
    home.settings.write_text(json.dumps({"env": PORTKEY}))
    told = "Note: a switch writes the key into the settings, as it was found there"
    with terminal(["import", "--name", "work"], home.environ, home.root) as term:
        term.answer("from the first switch on? (Y/n): ", "n")
        assert told in term.expect("Import it? (Y/n): ")
        term.type("")
        assert term.finish() == 0
        assert term.screen.count(told) == 1


def test_a_person_is_asked_for_the_keys_that_a_bundle_names(home: UserHome, tmp_path: Path) -> None:
    home.add("work")
    home.add("other")
    home.ok("export", "-o", "b.json")
    there = UserHome(tmp_path / "there")
    with terminal(["import", str(home.root / "b.json")], there.environ, there.root) as term:
        term.expect("Key other (Enter: later; it is not shown): ")
        assert not term.echoes()
        term.type("")
        term.expect("Key work (Enter: later; it is not shown): ")
        term.type(KEY)
        term.answer("Import it? (Y/n): ", "")
        assert term.finish() == 0
        assert "no key 'other' here yet: `pkcc-tray key set other`" in term.screen
        assert "CANARY" not in term.screen
    assert there.ok("key", "print", "work").out == KEY + "\n"


# All or nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("replace", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("failing", range(4))
def test_a_failure_at_any_step_leaves_everything_as_it_was(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, failing: int, replace: bool
) -> None:
    ccs(home, one=PORTKEY, two=PORTKEY)
    if replace:
        for name in ("one", "two"):
            home.ok("add", name, "--provider", "@old", "--key-stdin", stdin=f"pk-old-{name}")
        with (home.profiles / "one.json").open("a") as file:
            file.write("\n\n")  # as its user left it
    before = {path.name: path.read_bytes() for path in home.profiles.glob("*")}
    steps = iter(range(99))

    def stop_at(action: Any) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            if next(steps) == failing:
                raise PkccError("The disk is full", "Free some space.")
            return action(*args, **options)

        return step

    monkeypatch.setattr(ProfileStore, "put", stop_at(ProfileStore.put))
    monkeypatch.setattr(SecretStore, "put", stop_at(SecretStore.put))
    ran = home.run("import", "--from", "ccs", *(["--replace"] if replace else []))
    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: The disk is full")
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in home.profiles.glob("*")} == before
    keys = {name: home.run("key", "print", name).out for name in ("one", "two")}
    assert keys == {name: f"pk-old-{name}\n" if replace else "" for name in ("one", "two")}


# Hostile input --------------------------------------------------------------------------------------------

WHOLE = {"name": "work", "route": {"kind": "provider", "provider": "@a"}, "api_key": "keyring:work"}
HOSTILE_BUNDLES = [
    json.dumps({MARK: 1, "profiles": [{**WHOLE, "name": name}]})
    for name in ("../../x", "/etc/x", "..", "a/b", "a\\b", "a\0b", "con", "displaced.x", "", "x" * 65, " a")
] + [
    f'{{"{MARK}": 1, "profiles": [], "profiles": [{json.dumps(WHOLE)}]}}',
    f'{{"{MARK}": 1, "profiles": [{{"name": "a", "name": "b"}}]}}',
    f'{{"{MARK}": true, "profiles": [{json.dumps(WHOLE)}]}}',
    f'{{"{MARK}": 99, "profiles": [{json.dumps(WHOLE)}]}}',
    f'{{"{MARK}": 1, "profiles": ' + "[" * 100_000,
    f'{{"{MARK}": 1, "profiles": ' + "[" * 100_000 + "]" * 100_000 + "}",
    json.dumps({MARK: 1, "profiles": [{**WHOLE, "name": f"p{number}"} for number in range(1001)]}),
    f'{{"{MARK}": 1, "profiles": [' + " " * 17_000_000 + "]}",
    json.dumps({MARK: 1, "profiles": [{**WHOLE, "route": {"kind": "config", "path": "../x"}}]}),
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_BUNDLES, ids=[text[:70] for text in HOSTILE_BUNDLES])
def test_a_hostile_bundle_is_refused_and_touches_nothing(home: UserHome, text: str) -> None:
    ran = home.run("import", write(home, "b.json", text))
    assert ran.code in (1, 2), ran
    assert len(ran.err.splitlines()) == 2
    assert nothing_made(home)
    assert home.settings.read_bytes() == SETTINGS


def test_a_bundle_that_would_send_a_file_of_mine_says_so(home: UserHome) -> None:
    route = {"kind": "config", "path": "~/.config/gcloud/credentials.json"}
    ran = home.ok(
        "import", write(home, "b.json", json.dumps({MARK: 1, "profiles": [{**WHOLE, "route": route}]}))
    )
    assert "work sends the content of ~/.config/gcloud/credentials.json: check that it should" in ran.err


def test_a_command_in_a_header_never_travels(home: UserHome) -> None:
    home.ok(
        "add",
        "work",
        "--provider",
        "@a",
        "--key-ref",
        "env:X",
        "--header",
        f'X-My-Secret=cmd:["echo","{KEY}"]',
    )
    ran = home.ok("export")
    assert "CANARY" not in ran.text
    assert ran.err == "Note: work: X-My-Secret comes from a command, and is left out\n"
    ran = home.ok("import", write(home, "b.json", ran.out), "--prefix", "x-")
    assert ran.out.startswith("Made x-work: @a")


FIELDS = (
    f"{MARK} profiles providers claude env settingsConfig name route api_key hooks apiKeyHelper model backend"
    " secret base_url work ANTHROPIC_BASE_URL ANTHROPIC_AUTH_TOKEN ANTHROPIC_CUSTOM_HEADERS"
).split()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS | st.sampled_from([HOSTED, KEY]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
TEXTS = st.builds(json.dumps, JSON) | st.text(max_size=40)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=TEXTS, kind=st.none() | st.sampled_from(KINDS), name=st.sampled_from(["f.json", "f", "config.json"])
)
def test_no_file_whatever_makes_it_fail_or_leave_something(
    home: UserHome, text: str, kind: str | None, name: str
) -> None:
    (home.root / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    ran = home.run("import", name, *(["--from", kind] if kind else []), "--dry-run")
    assert ran.code in (0, 1, 2, 4), ran
    assert "inside pkcc-tray" not in ran.err
    assert KEY not in ran.text
    assert nothing_made(home)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=TEXTS, second=TEXTS, store=st.sampled_from(STORES))
def test_no_store_whatever_makes_it_fail_or_leave_something(
    home: UserHome, first: str, second: str, store: str
) -> None:
    names = {"cc-switch": ("config.json", "x"), "ccs": ("a.settings.json", "b.settings.json"),
             "claude-provider-switcher": ("profiles.json", "credentials.json")}[store]  # fmt: skip
    for name, text in zip(names, (first, second), strict=True):
        path = home.root / f".{store}" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for words in (["--from", store], [f".{store}"]):
        ran = home.run("import", *words, "--dry-run")
        assert ran.code in (0, 1, 2, 4), ran
        assert "inside pkcc-tray" not in ran.err
        assert KEY not in ran.text
    assert nothing_made(home)


@pytest.mark.parametrize("header", ["x-portkey-provider: @a", "x-portkey-config: pc-a"])
def test_a_key_behind_a_lost_line_end_is_no_part_of_a_name(home: UserHome, header: str) -> None:
    # A lost line end between two headers: the key would be shown, and kept in the profile in clear text.
    env = {**PORTKEY, "ANTHROPIC_CUSTOM_HEADERS": f"{header} key={KEY}\nx-portkey-api-key: {KEY}"}
    path = write(home, "a.settings.json", json.dumps({"env": env}))
    for extra in (["--dry-run"], []):
        ran = home.run("import", path, "--from", "settings", "--name", "new", *extra)
        assert ran.code != 0
        assert KEY not in ran.text
    assert files_with(KEY, home.own) == []


def test_a_lost_quote_makes_no_provider_of_the_next_variable(home: UserHome) -> None:
    text = f"export ANTHROPIC_BASE_URL={HOSTED}\n"
    text += f"export ANTHROPIC_CUSTOM_HEADERS='x-portkey-provider: ANTHROPIC_AUTH_TOKEN='{KEY}\n"
    ran = home.run("import", write(home, ".bashrc", text))
    assert ran.code != 0
    assert KEY not in ran.text
    assert files_with(KEY, home.own) == []


@pytest.mark.parametrize(
    "spoiled",
    [
        {"ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @a{KEY}"},
        {"ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-config: pc-{KEY}"},
        {"ANTHROPIC_MODEL": f"claude{KEY}"},
    ],
)
def test_a_key_that_slipped_into_what_is_shown_is_refused(home: UserHome, spoiled: dict[str, str]) -> None:
    path = write(home, "a.settings.json", json.dumps({"env": PORTKEY | spoiled}))
    for source in (["--from", "settings"], ["--from", "ccs"]):
        for extra in (["--dry-run"], []):
            ran = home.run("import", path, *source, *extra)
            assert ran.code != 0
            assert KEY not in ran.text
    assert files_with(KEY, home.own) == []


def test_a_helper_s_name_that_has_swallowed_the_key_is_not_told(home: UserHome) -> None:
    content = {"env": PORTKEY, "apiKeyHelper": f"echo{KEY} x"}
    ran = home.ok("import", write(home, "a.json", json.dumps(content)), "--from", "settings", "--name", "new")
    assert "apiKeyHelper (…)" in ran.text
    assert KEY not in ran.text


# A key that is here stays with its gateway ------------------------------------------------------------------


def _bundle(home: UserHome, file: Path, **fields: object) -> str:
    """The bundle of `work`, as a stranger changed it."""
    bundle = json.loads(home.ok("export", "work").out)
    bundle["profiles"] = [{**bundle["profiles"][0], **fields}]
    file.write_text(json.dumps(bundle))
    return str(file)


@pytest.mark.parametrize(
    "fields",
    [
        {"gateway": "https://evil.example"},
        {"name": "nice", "gateway": "https://evil.example"},
        {"name": "nice", "extra_headers": {"x-portkey-custom-host": "https://evil.example"}},
    ],
    ids=["the profile's own address", "a new profile with that key", "sent on by the gateway"],
)
def test_a_bundle_leads_no_key_that_is_here_to_another_address(
    home: UserHome, tmp_path: Path, fields: dict[str, object]
) -> None:
    """`--replace` of the active profile took force in running sessions at once; the note came after."""
    home.ok("add", "work", "--provider", "@p", "--key-stdin", stdin=KEY)
    home.ok("switch", "work")
    before = home.settings.read_bytes()
    file = _bundle(home, tmp_path / "b.json", **fields)
    ran = home.run("import", file, "--replace")
    assert ran.code == 4
    assert "https://evil.example" in ran.err
    assert "import it with --address" in ran.err
    assert home.settings.read_bytes() == before
    assert [path.name for path in home.profiles.glob("*.json")] == ["work.json"]
    home.ok("import", file, "--replace", "--address")


def test_a_bundle_of_the_same_address_or_for_a_key_that_nobody_uses_needs_no_word(
    home: UserHome, tmp_path: Path
) -> None:
    """Moving to another machine with the keys set first, and bringing a changed profile back."""
    home.ok("add", "work", "--provider", "@p", "--key-stdin", stdin=KEY)
    home.ok("import", _bundle(home, tmp_path / "b.json", trace_id="t"), "--replace")
    home.ok("key", "set", "spare", "--stdin", stdin=KEY)
    other = _bundle(
        home, tmp_path / "c.json", name="new", gateway="https://gw.example", api_key="keyring:spare"
    )
    home.ok("import", other)


@pytest.mark.parametrize("kind", [(), ("--from", "ccs")], ids=["settings", "store"])
def test_a_file_that_claude_code_leaves_out_is_named_as_such(home: UserHome, kind: tuple[str, ...]) -> None:
    """Its owner would believe that the profile does what the file did, which was nothing."""
    path = write(home, ".ccs/mine.settings.json", json.dumps({"env": PORTKEY, "verbose": "yes"}))
    place = kind or (path,)
    ran = home.ok("import", *place, "--yes", "--json")
    (note,) = [each for each in ran.json()["notes"] if "leaves" in each]
    assert note.endswith(
        f"Claude Code leaves {path} out as a whole, until this is put right: verbose must be true or false"
    )


@pytest.mark.parametrize("kind", [(), ("--from", "settings")], ids=["any", "settings"])
def test_settings_that_an_odd_variable_leads_away_from_are_said_to_be_that(
    home: UserHome, kind: tuple[str, ...]
) -> None:
    """Its user would look for a file that lies where the shell would have expanded the `~`."""
    home.environ["CLAUDE_CONFIG_DIR"] = "~/x"
    ran = home.run("import", *kind)
    assert ran.code == 1
    assert f"There is no file {home.root}/~/x/settings.json: " in ran.err
    assert "does not expand the `~`" in ran.err
    assert f"Set it to {home.root}/x." in ran.err
