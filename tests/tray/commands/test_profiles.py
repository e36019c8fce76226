"""add, show, set, edit, rename, copy, remove: what is stored, and when it comes into force."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome

from profiles.base.errors import PkccError
from profiles.profile.store import ProfileStore
from profiles.switching.outcome import Renamed
from profiles.switching.switcher import Switcher


def test_a_bad_config_file_is_refused_before_anything_is_stored(home: UserHome) -> None:
    """Else the key is stored for a profile that cannot be used, or `add` fails and has stored it."""
    path = home.root / "bad.json"
    for text, problem in (
        ("{", f"{path} line 1, column 2: "),
        ("[]", f"{path} holds no Portkey config"),
        (
            '{"strategy": {"mode": "x"}, "targets": [{"provider": "@a"}]}',
            f"{path}: The Portkey config is wrong",
        ),
        (
            '{"strategy": {"mode": "x"}, "targets": [{"provider": "a", "api_key": "s"}]}',
            f"{path}: The Portkey",
        ),
    ):
        path.write_text(text)
        ran = home.run("add", "work", "--config-file", "bad.json", "--key-stdin", stdin=KEY)
        assert ran.code == 1
        assert ran.err.startswith(f"Error: {problem}")
        assert len(ran.err.splitlines()) == 2
        assert not home.profiles.exists()
        assert home.ok("key", "list").out == "No keys yet.\n"


def test_parallel_changes_of_one_profile_are_all_kept(home: UserHome) -> None:
    """Else a script that sets two fields at once loses one of them, and is told that both are there."""
    home.add()
    fields = [f"metadata.k{number}" for number in range(6)]
    with ThreadPoolExecutor(len(fields)) as pool:
        done = list(pool.map(lambda field: home.spawn_in_turn("set", "work", field, "v"), fields))
    assert {ran.code for ran in done} == {0}, [ran.err for ran in done]
    assert home.stored()["metadata"] == {f"k{number}": "v" for number in range(6)}


def test_set_help_and_its_list_name_every_field_of_the_model(home: UserHome) -> None:
    import typing

    from profiles.profile.schema import model
    from tray.actions.profiles.set_field import FIELDS

    groups = {
        "models": [model.Models],
        "vertex": [model.Vertex],
        "route": list(typing.get_args(model.Route)[0].__args__),
    }
    known = {
        f"{group}.{field}" for group, parts in groups.items() for part in parts for field in part.model_fields
    }
    assert {*FIELDS} == ({*model.Profile.model_fields} | known) - {
        "schema_version",
        "name",
        "route.kind",
        "trusted",
    }
    text = "".join(home.ok("set", "--help").out.split())
    assert all(field in text for field in FIELDS)


ADVICE = [
    (
        ["--provider", "anthropic"],
        "the hosted gateway needs a provider of your workspace: did you mean @anthropic?",
    ),
    (["--config", "id:fallback"], "the ids of saved configs begin with pc-: is fallback one?"),
    (
        ["--provider", "@a", "--gateway", "https://gw.example"],
        "if this is the open-source gateway, it knows no @slugs",
    ),
    (
        ["--virtual-key", "v", "--gateway", "https://gw.example"],
        "if this is the open-source gateway, it knows no virtual keys",
    ),
    (
        ["--config", "pc-1", "--gateway", "https://gw.example"],
        "if this is the open-source gateway, it knows no saved configs",
    ),
    (["--provider", "@a", "--env", "NODE_OPTIONS=-r x"], "extra_env.NODE_OPTIONS makes programs load code"),
    (["--config-file", "c.json"], "config: organisations created since 2026-06-19 refuse an inline config"),
    (
        ["--config-inline", "c.json"],
        "config targets[0].forward_headers, targets[1].forward_headers: loses the",
    ),
]


@pytest.mark.parametrize(("options", "note"), ADVICE, ids=lambda part: " ".join(part)[:40])
def test_what_may_not_work_as_hoped_is_told_at_add_and_show(
    home: UserHome, options: list[str], note: str
) -> None:
    """Else it shows up as an error of the gateway in the middle of work."""
    targets = [{"provider": "@anthropic-1"}, {"provider": "@anthropic-2"}]
    config = {"strategy": {"mode": "fallback"}, "targets": targets}
    (home.root / "c.json").write_text(json.dumps(config))
    for ran in (home.ok("add", "work", *options, "--key-stdin", stdin=KEY), home.ok("show", "work")):
        assert f"Note: {note}" in ran.err


def test_a_good_route_is_left_in_peace(home: UserHome) -> None:
    for name, options in (
        ("a", ["--provider", "@a"]),
        ("b", ["--config", "pc-1"]),
        ("c", ["--virtual-key", "v"]),
    ):
        assert home.ok("add", name, *options, "--key-stdin", stdin=KEY).err == ""
    options = ["--provider", "anthropic", "--gateway", "http://127.0.0.1:8787"]
    assert home.ok("add", "d", *options, "--key-stdin", stdin=KEY).err == ""


def test_a_config_by_path_is_called_by_its_file(home: UserHome) -> None:
    """Else two such profiles look the same in every list."""
    (home.root / "fallback.json").write_text('{"provider": "@a"}')
    home.add("work", "--config-file", "fallback.json")
    assert home.ok("list").out == "   work  config file fallback.json\n"


def test_show_without_a_name_shows_the_active_profile(home: UserHome) -> None:
    home.add()
    assert home.run("show").err == "Error: No profile is in use\n  Name one: `pkcc-tray show NAME`.\n"
    home.ok("switch", "work")
    assert home.ok("show").out == home.ok("show", "work").out


def test_a_key_that_cannot_be_found_is_told_at_once(home: UserHome) -> None:
    """Else Claude Code asks the helper for it, and shows no more than that one is not logged in."""
    path = home.root / "key.txt"
    for name, reference, note in (
        ("shell", "env:K", "Note: K is not set here: Claude Code gets no key unless it is set where that is"),
        ("file", f"file:{path}", f"Note: there is no key file {path} yet"),
        ("safe", "vault:nope", "Note: the vault holds no key 'nope' yet"),
    ):
        assert home.ok("add", name, "--provider", "@a", "--key-ref", reference).err.startswith(note)
        assert home.ok("switch", name).err.startswith(note)
    listed = [line.split() for line in home.ok("key", "list").out.splitlines()]
    assert [row[1] for row in listed] == ["MISSING"] * 3
    home.environ["K"] = KEY
    path.write_text(KEY)
    home.ok("key", "set", "nope", stdin=KEY)
    listed = [line.split() for line in home.ok("key", "list").out.splitlines() if ":" in line]
    assert sorted(row[1] for row in listed) == ["env", "file", "vault"]
    for name in ("shell", "file", "safe"):
        assert home.ok("switch", name).err == ""


def test_a_manager_that_is_not_installed_is_told_at_the_switch_and_none_is_asked(
    home: UserHome, tmp_path: Path
) -> None:
    """Else only `check` and `doctor` said so, and the switch looked as if all were well."""
    (tmp_path / "bin").mkdir()
    home.environ["PATH"] = str(tmp_path / "bin")
    home.ok("add", "work", "--provider", "@a", "--key-ref", "vault-kv://secret/portkey/jane#api_key")
    note = "Note: its key cannot be read now. Vault or OpenBao: `vault` or `bao` is not installed; install"
    assert home.ok("switch", "work").err.startswith(note)
    program = tmp_path / "bin" / "bao"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-asked\nexit 2\n")
    program.chmod(0o755)
    assert home.ok("switch", "work").err == ""
    assert not (tmp_path / "was-asked").exists()


def test_add_says_what_a_switch_will_write(home: UserHome) -> None:
    ran = home.ok("add", "work", "--provider", "@a", "--metadata", "t=1", "--key-stdin", stdin=KEY)
    first, *written, last = ran.out.splitlines()
    assert (first, last) == ("Stored work: @a", "`pkcc-tray switch work` puts it in use.")
    assert [line.split()[0] for line in written] == [
        "env.ANTHROPIC_BASE_URL",
        "env.ANTHROPIC_AUTH_TOKEN",
        "env.ANTHROPIC_API_KEY",
        "header.x-portkey-provider",
        "header.x-portkey-metadata",
        "apiKeyHelper",
    ]
    assert stat.S_IMODE((home.profiles / "work.json").stat().st_mode) == 0o600
    assert home.settings.read_bytes() == SETTINGS


def test_add_without_a_key_says_how_to_give_it(home: UserHome) -> None:
    ran = home.ok("add", "work", "--provider", "@a")
    assert ran.err == "Note: no key is stored for it yet: `pkcc-tray key set work` asks for it\n"


def test_add_with_switch_is_one_step(home: UserHome) -> None:
    ran = home.ok("add", "work", "--provider", "@a", "--key-stdin", "--switch", stdin=KEY)
    assert ran.out.endswith("It is in use now.\n")
    home.settings.write_text("{")
    ran = home.run("add", "second", "--provider", "@a", "--key-ref", "env:K", "--switch")
    assert ran.code == 1
    assert ran.err.startswith("Error: 'second' is stored, but not active: ")
    assert home.stored("second")["api_key"] == "env:K"


ROUTES = [
    (["--provider", "@a"], {"kind": "provider", "provider": "@a"}),
    (["--virtual-key", "vk"], {"kind": "virtual_key", "provider": "anthropic", "virtual_key": "vk"}),
    (["--config", "pc-1"], {"kind": "config", "id": "pc-1"}),
]


@pytest.mark.parametrize(("options", "route"), ROUTES, ids=str)
def test_add_takes_every_route(home: UserHome, options: list[str], route: dict[str, str]) -> None:
    home.ok("add", "work", *options)
    assert home.stored()["route"] == route


@pytest.mark.parametrize("dialect", ["messages", "vertex"])
def test_a_hosted_gateway_is_known_by_name(home: UserHome, dialect: str) -> None:
    """Who uses Prisma AIRS need not look for its address, nor know which formats want a /v1."""
    path = "" if dialect == "messages" else "/v1"
    options = ["--provider", "@a", "--model", "m", "--dialect", dialect]
    home.ok("add", "airs", *options, "--gateway", "airs")
    assert home.stored("airs")["gateway"] == f"https://aigw.portkey.ai{path}"
    home.ok("set", "airs", "gateway", "portkey")
    assert home.stored("airs")["gateway"] == f"https://api.portkey.ai{path}"
    home.ok("set", "airs", "gateway", "AIRS")
    assert home.stored("airs")["gateway"] == f"https://aigw.portkey.ai{path}"
    assert "@slug" not in home.ok("show", "airs").out


def test_add_takes_every_field(home: UserHome) -> None:
    home.ok(
        "add", "full", "--label", "L", "--dialect", "vertex", "--provider", "@v", "--gateway",
        "https://gw.example/v1", "--project-id", "p", "--region", "r", "--model", "m", "--sonnet", "s",
        "--opus", "o", "--haiku", "h", "--fable", "f", "--small-fast", "sf", "--subagent", "sa",
        "--metadata", "a=1", "--metadata", "b=x=y", "--trace-id", "t", "--header", "X-A=1", "--env", "B=2",
        "--key-ref", "env:K", "--key-delivery", "settings", "--key-in", "header",
    )  # fmt: skip
    assert home.stored("full") == {
        "schema_version": 1,
        "name": "full",
        "label": "L",
        "dialect": "vertex",
        "route": {"kind": "provider", "provider": "@v"},
        "gateway": "https://gw.example/v1",
        "vertex": {"project_id": "p", "region": "r"},
        "models": {
            "default": "m",
            "sonnet": "s",
            "opus": "o",
            "haiku": "h",
            "fable": "f",
            "small_fast": "sf",
            "subagent": "sa",
        },
        "metadata": {"a": "1", "b": "x=y"},
        "trace_id": "t",
        "extra_headers": {"X-A": "1"},
        "extra_env": {"B": "2"},
        "api_key": "env:K",
        "key_delivery": "settings",
        "key_in": "header",
    }


REFUSED = [
    ([], "A profile needs a route"),
    (["--config", "pc-1", "--config-file", "c.json"], "A profile has one route, and more were given"),
    (["--no-route", "--provider", "@a"], "A profile has one route, and more were given"),
    (["--provider", "@a", "--region", "r"], "--project-id and --region are for --dialect vertex"),
    (["--provider", "@"], "route.provider: has no slug after the @"),
    (
        ["--provider", "@a", "--metadata", "team"],
        "--metadata takes NAME=VALUE\n  For example: --metadata team=",
    ),
    (["--provider", "@a", "--header", "team"], "--header takes NAME=VALUE\n  For example: --header X-Team="),
    (["--provider", "@a", "--key-ref", "env:K", "--key-stdin"], "--key-stdin does not go with --key-ref"),
    (["--dialect", "vertex", "--provider", "@a"], "models: the vertex format needs at least one model"),
    (["--provider", "@a", "--key-delivery", "helper", "--key-in", "header"], "key_in: a helper hands out"),
]


@pytest.mark.parametrize(("options", "title"), REFUSED, ids=lambda part: " ".join(part)[:30])
def test_what_cannot_work_is_refused_and_nothing_stored(
    home: UserHome, options: list[str], title: str
) -> None:
    ran = home.run("add", "work", *options, stdin=KEY)
    assert ran.code == 2
    assert ran.err.startswith(f"Error: {title}")
    assert len(ran.err.splitlines()) == 2
    assert not home.profiles.exists()
    assert home.ok("key", "list").out == "No keys yet.\n"


def test_a_refused_profile_takes_its_new_key_back(home: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise PkccError("The disk is full", "Free some space.")

    home.ok("key", "set", "old", stdin=KEY)
    with monkeypatch.context() as patch:
        patch.setattr(ProfileStore, "put", full)
        for key in ("work", "old"):
            ran = home.run("add", key, "--provider", "@a", "--key-stdin", stdin=KEY)
            assert (ran.code, ran.err) == (1, "Error: The disk is full\n  Free some space.\n")
    assert home.ok("key", "list").out == "old  vault  unused\n"


def test_a_name_is_taken_in_any_case(home: UserHome) -> None:
    home.add("work")
    for argv in (["add", "WORK", "--provider", "@a"], ["copy", "work", "Work"]):
        ran = home.run(*argv)
        assert ran.code == 4
        assert ran.err.startswith("Error: There is a profile 'work' already\n")


@pytest.mark.parametrize("options", [("--key-in", "token"), ("--key-in", "header"), ("--metadata", "a=b")])
def test_show_lists_all_that_a_switch_writes_blank_values_too(
    home: UserHome, options: tuple[str, ...]
) -> None:
    """Blanks that nobody announced would be found in the settings, and taken for somebody's mistake."""
    home.add("work", "--provider", "@a", *options)
    home.settings.write_text("{}")
    home.ok("switch", "work")
    env = home.env()
    lines = [line.split(": ", 1) for line in env.pop("ANTHROPIC_CUSTOM_HEADERS").split("\n")]
    written = {f"env.{name}": value for name, value in env.items()}
    written |= {f"header.{name}": value for name, value in lines}
    written |= {name: "x" for name in json.loads(home.settings.read_bytes()) if name != "env"}
    shown = home.ok("show", "work", "--json").json()["data"]["writes"]
    assert {*shown} == {*written}
    assert {slot for slot in shown if not shown[slot]} == {slot for slot in written if not written[slot]}
    assert [
        line.split()[0] for line in home.ok("show", "work").out.splitlines() if line.endswith("  (empty)")
    ] == [slot for slot in shown if not shown[slot]]


def test_show_tells_where_the_key_is(home: UserHome) -> None:
    home.ok("add", "work", "--provider", "@a", "--label", "Work")
    assert home.ok("show", "work").out.splitlines()[:5] == [
        "work (Work)",
        "  format    messages",
        "  route     @a",
        "  key       keyring:work, not stored yet; delivery: helper",
        f"  file      {home.profiles / 'work.json'}",
    ]
    home.ok("key", "set", "work", stdin=KEY)
    assert "keyring:work, stored in the vault; delivery: helper" in home.ok("show", "work").out
    home.ok("set", "work", "api_key", "env:K")
    assert "env:K, not found here; delivery: helper" in home.ok("show", "work").out
    home.environ["K"] = KEY
    assert "env:K, kept elsewhere; delivery: helper" in home.ok("show", "work").out
    home.ok("set", "work", "models.sonnet", "claude-3-7-sonnet@20250219")
    assert "retired" in home.ok("show", "work").err


SETS = [
    ("label", "Büro", lambda data: data["label"] == "Büro"),
    ("models.sonnet", "m", lambda data: data["models"] == {"sonnet": "m"}),
    ("metadata.a.b", "c", lambda data: data["metadata"] == {"a.b": "c"}),
    ("metadata", '{"x": "y"}', lambda data: data["metadata"] == {"x": "y"}),
    ("extra_headers.X-A", "1", lambda data: data["extra_headers"] == {"X-A": "1"}),
    ("route.provider", "@b", lambda data: data["route"]["provider"] == "@b"),
    ("route", '{"kind": "config", "id": "pc-2"}', lambda data: data["route"]["id"] == "pc-2"),
    ("allow_plain_http", "true", lambda data: data["allow_plain_http"] is True),
    ("api_key", 'cmd:["pass", "x"]', lambda data: data["api_key"] == 'cmd:["pass", "x"]'),
]


@pytest.mark.parametrize(("field", "value", "holds"), SETS, ids=lambda part: str(part)[:20])
def test_set_changes_one_field(home: UserHome, field: str, value: str, holds: object) -> None:
    home.add()
    assert home.ok("set", "work", field, value).out == f"Changed {field} of work.\n"
    assert callable(holds)
    assert holds(home.stored())
    if field.startswith(("label", "models", "metadata", "extra")):
        home.ok("set", "work", field, "--unset")
        assert field.partition(".")[0] not in home.stored()


BAD_SETS = [
    (["modles.sonnet", "x"], "A profile has no field 'modles.sonnet'\n  Did you mean models.sonnet? `pkcc"),
    (["frobnicate", "x"], "A profile has no field 'frobnicate'\n  `pkcc-tray set --help` lists the fields."),
    (["models.sonet", "x"], "A profile has no field 'models.sonet'\n  Did you mean models.sonnet? `pkcc"),
    (["sonet", "x"], "A profile has no field 'sonet'\n  Did you mean models.sonnet? `pkcc"),
    (["metadata.", "x"], "A profile has no field 'metadata.'"),
    (["route.virtual_key", "x"], "A route of the kind provider has no virtual_key\n  Set the whole route, "),
    (["name", "x"], "name cannot be set"),
    (["label.x", "y"], "label has no fields of its own"),
    (["metadata", "{"], "metadata must be a JSON object"),
    (["allow_plain_http", "yes"], "allow_plain_http must be true or false\n  Write it in small letters."),
    (["label"], "Give a VALUE, or --unset"),
    (["label", "x", "--unset"], "Give a VALUE, or --unset"),
    (["route", "--unset"], "route: is missing"),
    (["gateway", "https://api.portkey.ai/v1"], "gateway: in the messages format Claude Code adds /v1"),
    (["api_key", KEY], "api_key: That is not a reference to a secret"),
]


@pytest.mark.parametrize(("words", "title"), BAD_SETS, ids=lambda part: " ".join(part)[:30])
def test_a_wrong_set_names_the_field_and_changes_nothing(
    home: UserHome, words: list[str], title: str
) -> None:
    home.add()
    home.ok("set", "work", "label", "L")
    before = home.stored()
    ran = home.run("set", "work", *words)
    assert ran.code == 2
    assert ran.err.startswith(f"Error: {title}")
    assert len(ran.err.splitlines()) == 2
    assert KEY not in ran.text
    assert home.stored() == before


def test_a_change_of_the_active_profile_is_in_force_at_once(home: UserHome) -> None:
    home.add()
    home.add("other")
    home.ok("switch", "work")
    assert home.ok("set", "work", "models.sonnet", "m").out == (
        "Changed models.sonnet of work, in force at once.\n"
    )
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "m"
    assert home.ok("set", "other", "models.sonnet", "x").out == "Changed models.sonnet of other.\n"
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "m"
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_a_change_never_overwrites_what_somebody_changed_outside(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    home.edit_settings("@anthropic-prod", "@mine")
    before = home.settings.read_bytes()
    ran = home.ok("set", "work", "models.sonnet", "m")
    assert ran.out == "Changed models.sonnet of work.\n"
    assert ran.err == (
        "Note: the settings were changed by something else, so they were left alone: see `pkcc-tray status`\n"
    )
    assert home.settings.read_bytes() == before
    assert (
        "The profile was edited since: `pkcc-tray switch work` puts that in force." in home.ok("status").out
    )
    both = home.run("adopt")
    assert both.code == 4
    assert both.err.startswith("Error: 'work' and the settings were both changed since the last switch\n")
    assert home.stored()["models"] == {"sonnet": "m"}


def test_a_change_is_kept_when_the_settings_cannot_follow(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    home.settings.write_text("{ broken")
    ran = home.ok("set", "work", "label", "L")
    assert ran.err.startswith(f"Note: {home.settings} line 1, column 3: ")
    assert ran.err.endswith(": the settings were left as they are\n")
    assert home.stored()["label"] == "L"


def test_rename_of_the_active_profile_renames_it_in_the_settings(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    assert home.ok("rename", "work", "job").out == "Renamed work to job, in force at once.\n"
    assert "key print job" in home.settings.read_text()
    assert home.ok("key", "print", "job").out == KEY + "\n"
    assert home.ok("status", "--json").json()["data"]["active"] == "job"
    home.ok("rename", "job", "Job")
    assert home.ok("list").out.split()[:2] == ["*", "Job"]
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_rename_waits_until_outside_changes_are_dealt_with(home: UserHome) -> None:
    # Else the settings would go on naming a profile that is gone, and so would status.
    home.add()
    home.ok("switch", "work")
    home.edit_settings("@anthropic-prod", "@mine")
    ran = home.run("rename", "work", "job")
    assert ran.code == 4
    assert ran.err.splitlines()[1] == "  Run `pkcc-tray restore` or `pkcc-tray adopt` first."
    assert home.stored()["name"] == "work"
    home.add("other")
    home.ok("rename", "other", "another")


def test_rename_is_taken_back_when_the_settings_cannot_follow(home: UserHome) -> None:
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.ok("key", "remove", "work", "--force")
    assert home.run("rename", "work", "job").code == 3
    assert home.ok("list").out == "*  work  @a, key in the file, its key is missing\n"


def test_a_rename_that_one_settings_file_cannot_follow_is_taken_back_everywhere(home: UserHome) -> None:
    """A rule, or another settings file, would go on with a name that no profile has."""
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    other = home.root / "other" / "settings.json"
    other.parent.mkdir()
    other.write_bytes(SETTINGS)
    home.ok("--settings", str(other), "switch", "work")
    home.ok("project", "rule", "add", "~/x/**", "--profile", "work")
    rules = home.own / "rules.json"
    before = [home.settings.read_bytes(), other.read_bytes(), rules.read_bytes()]
    renamed = Switcher.renamed

    def refused(switcher: Switcher, old: str, new: str) -> Renamed:
        if switcher.settings_path == str(other) and new == "job":
            raise PkccError("The disk is full", "Make room.")
        return renamed(switcher, old, new)

    with mock.patch.object(Switcher, "renamed", refused):
        ran = home.run("rename", "work", "job")
    assert (ran.code, ran.err.splitlines()[0]) == (1, "Error: The disk is full")
    assert [home.settings.read_bytes(), other.read_bytes(), rules.read_bytes()] == before
    assert home.stored("work")["name"] == "work"
    assert not (home.profiles / "job.json").exists()
    assert home.ok("status", "--json").json()["data"]["active"] == "work"
    assert home.ok("--settings", str(other), "status", "--json").json()["data"]["condition"] == "active"


def test_copy_shares_the_key_and_says_so(home: UserHome) -> None:
    home.add()
    assert home.ok("copy", "work", "twin").out == "Copied work to twin (same key: keyring:work).\n"
    assert home.stored("twin") == {**home.stored(), "name": "twin"}
    assert home.run("copy", "work", "no/name").code == 2


def test_remove_keeps_the_key_unless_told_and_never_one_in_use(home: UserHome) -> None:
    home.add()
    home.ok("copy", "work", "twin")
    assert home.ok("remove", "work", "--with-key").text == "Removed work.\n"
    assert home.ok("remove", "twin").text == (
        "Removed twin.\nNote: its key 'work' is kept: `pkcc-tray key remove work` forgets it\n"
    )
    home.add("next")
    assert home.ok("remove", "next", "--with-key").text == "Removed next and its key.\n"
    assert home.ok("key", "list").out == "work  vault  unused\n"


def test_remove_forgets_no_key_that_an_unreadable_profile_may_need(home: UserHome) -> None:
    home.add()
    home.ok("copy", "work", "twin")
    (home.profiles / "twin.json").write_text("{")
    assert "its key 'work' is kept" in home.ok("remove", "work", "--with-key").err
    assert home.ok("remove", "twin").out == "Removed twin.\n"
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_the_active_profile_cannot_be_removed(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    ran = home.run("remove", "work")
    assert (ran.code, ran.err) == (
        4,
        "Error: 'work' is the profile in use\n  Run `pkcc-tray off`, or switch to another one, first. "
        "`pkcc-tray remove work --yes` does the former itself.\n",
    )
    assert home.stored()["name"] == "work"


def editor(home: UserHome, script: str) -> None:
    """An editor that changes the file named by $1 as the shell script says."""
    path = home.root / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    home.environ["EDITOR"] = f"{path} --wait"


def test_edit_takes_what_the_editor_wrote_byte_for_byte(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    editor(home, r'sed -i "s/@anthropic-prod/@edited/; s/^{/{   /" "$2"')
    assert home.ok("edit", "work").out == "Changed work, in force at once.\n"
    assert (home.profiles / "work.json").read_text().startswith("{   \n")
    assert "@edited" in home.settings.read_text()
    editor(home, "true")
    assert home.ok("edit", "work").out == "Nothing was changed.\n"
    home.environ["VISUAL"] = home.environ.pop("EDITOR")
    assert home.ok("edit", "work").out == "Nothing was changed.\n"


BAD_EDITS = [
    ('echo "{" > "$2"', "line 2, column 1: expecting property name enclosed in double quotes"),
    ('sed -i "s/keyring:work/pk-CANARY-typed-in-clear-text/" "$2"', "api_key: That is not a reference to a"),
    ('sed -i "s/\\"work\\"/\\"b\\"/" "$2"', "`pkcc-tray rename work b` gives it another name."),
    ('rm "$2"', "The editor left no file behind"),
    ("exit 3", "The editor reported a failure"),
]


@pytest.mark.parametrize(("script", "problem"), BAD_EDITS)
def test_a_bad_edit_is_refused_and_the_profile_as_it_was(home: UserHome, script: str, problem: str) -> None:
    home.add()
    before = home.stored()
    editor(home, script)
    ran = home.run("edit", "work")
    assert ran.code == 1
    assert problem in ran.err
    assert len(ran.err.splitlines()) == 2
    assert "CANARY" not in ran.text
    assert home.stored() == before
    kept = list((home.root / ".local/state").rglob("edits/*/*"))
    if "editor" in problem.lower():
        assert kept == []
    else:  # what was typed is not lost
        (path,) = kept
        assert f"your text is kept in {path}.\n" in ran.err
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text() != (home.profiles / "work.json").read_text()
        assert "profiles/work.json" not in ran.err  # that file is right


def test_edit_without_a_terminal_says_what_to_do_instead(home: UserHome) -> None:
    """Else vi starts in a pipe, and a script hangs."""
    home.add()
    hint = f"Use `pkcc-tray set work FIELD VALUE`, or change {home.profiles}/work.json by hand."
    ran = home.run("edit", "work")
    assert (ran.code, ran.err) == (2, f"Error: An editor needs a terminal\n  {hint}\n")
    editor(home, "touch ran")
    ran = home.run("edit", "work", "--json")
    assert (ran.code, ran.json()["error"]["hint"]) == (2, hint)
    assert not (home.root / "ran").exists()


def test_what_an_editor_shows_is_no_answer(home: UserHome) -> None:
    home.add()
    editor(home, "echo from the editor")
    ran = home.spawn("edit", "work")
    assert (ran.code, ran.out) == (0, "Nothing was changed.\n")
    assert ran.err == "from the editor\n"


def test_an_edit_never_overwrites_what_another_process_changed_meanwhile(home: UserHome) -> None:
    """Else the other change is lost, and nobody is told."""
    home.add()
    profile = home.profiles / "work.json"
    editor(home, f'sed -i s/@anthropic-prod/@other/ {profile}; sed -i s/@anthropic-prod/@mine/ "$2"')
    ran = home.run("edit", "work")
    assert ran.code == 4
    assert ran.err.startswith("Error: The profile 'work' was changed by something else meanwhile\n")
    assert home.stored()["route"]["provider"] == "@other"
    (kept,) = (home.root / ".local/state").rglob("edits/*/work.json")
    assert str(kept) in ran.err
    assert "@mine" in kept.read_text()


def test_edit_without_an_editor_says_what_to_set(home: UserHome) -> None:
    home.add()
    home.environ["EDITOR"] = "/no/such/editor"
    assert home.run("edit", "work").err == (
        "Error: The editor '/no/such/editor' cannot be started: no such file or directory\n"
        "  Set VISUAL or EDITOR to one that works.\n"
    )
    home.environ["EDITOR"] = "'unclosed"
    assert home.run("edit", "work").code == 1


def test_edit_can_mend_a_broken_profile(home: UserHome) -> None:
    home.add()
    whole = (home.profiles / "work.json").read_text()
    (home.profiles / "work.json").write_text(whole.replace("}", "", 1))
    (home.root / "whole").write_text(whole)
    editor(home, f'cat {home.root / "whole"} > "$2"')
    assert home.ok("edit", "work").out == "Changed work.\n"
    assert home.stored()["name"] == "work"
    assert json.loads(whole) == home.stored()


def test_schema_accepts_every_stored_profile(home: UserHome) -> None:
    import jsonschema

    home.add()
    home.add("cloud", "--dialect", "vertex", "--provider", "@v", "--model", "m", "--metadata", "a=b")
    schema = json.loads(home.ok("schema").out)
    for name in ("work", "cloud"):
        jsonschema.validate(home.stored(name), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**home.stored(), "modles": {}}, schema)


def test_the_list_shows_a_gateway_that_is_not_the_usual_one(home: UserHome) -> None:
    """Profiles of two gateways look alike else, and a key goes to the one that was not meant."""
    home.add("usual", "--provider", "@a")
    home.add("secure", "--provider", "@a", "--gateway", "airs")
    rows = {line.split()[0]: line for line in home.ok("list").out.replace("*", " ").splitlines()}
    assert "@a at aigw.portkey.ai" in rows["secure"]
    assert " at " not in rows["usual"]
    found = home.ok("list", "--json").json()["data"]["profiles"]
    gateways = {row["name"]: row["gateway"] for row in found}
    assert (gateways["usual"], gateways["secure"]) == ("https://api.portkey.ai", "https://aigw.portkey.ai")
