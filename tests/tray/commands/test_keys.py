"""Keys at the command line: in by pipe or prompt, out by `key print` alone, and in force at once."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.home.user_home import KEY, SETTINGS, UserHome
from support.keyring.secret_service import secret_service

NEW_KEY = "pk-CANARY-4711-the-rotated-key"


def test_a_key_goes_in_and_comes_out_as_it_was(home: UserHome) -> None:
    home.ok("add", "work", "--provider", "@a")
    ran = home.ok("key", "set", "work", stdin=KEY + "\n")
    assert ran.text == "Stored the key work in the vault.\n"
    assert home.ok("key", "print", "work") == (0, KEY + "\n", "")
    ran = home.ok("key", "set", "work", "--stdin", stdin=NEW_KEY)
    assert ran.text == "Stored the new key work in the vault.\n"
    assert home.ok("key", "print", "work").out == NEW_KEY + "\n"


def test_a_key_that_is_typed_for_its_name_is_refused_and_not_shown(home: UserHome) -> None:
    for name in (NEW_KEY, "uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"):
        for verb in ("set", "rotate", "remove"):
            ran = home.run("key", verb, name, stdin=KEY)
            assert ran.code == 2
            assert "That looks like a key, not like its name" in ran.err
            assert name not in ran.out + ran.err
    assert (
        "anthropic-production-eu-west-1"
        in home.ok("key", "set", "anthropic-production-eu-west-1", stdin=KEY).out
    )


def test_a_rotated_key_is_in_force_without_a_switch(home: UserHome) -> None:
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.add("other", "--provider", "@a")
    home.ok("switch", "work")
    ran = home.ok("key", "rotate", "work", stdin=NEW_KEY)
    assert ran.text == "Stored the new key work in the vault, in force at once.\n"
    assert home.env()["ANTHROPIC_AUTH_TOKEN"] == NEW_KEY
    assert KEY not in home.settings.read_text()
    assert home.ok("key", "rotate", "other", stdin=NEW_KEY).out == "Stored the new key other in the vault.\n"
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_a_running_client_s_helper_is_asked_anew_after_a_rotation(home: UserHome) -> None:
    # Clients cache the helper's answer until the settings file is written again (facts).
    home.add("work")
    home.ok("switch", "work")
    before = home.settings.stat()
    assert "in force at once" in home.ok("key", "rotate", "work", stdin=NEW_KEY).out
    assert home.settings.stat().st_ino != before.st_ino
    home.ok("key", "remove", "work", "--force")
    assert (
        home.ok("key", "set", "work", stdin=KEY).out
        == "Stored the key work in the vault, in force at once.\n"
    )


def test_a_rotation_leaves_outside_changes_alone_and_says_so(home: UserHome) -> None:
    home.add("work", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "work")
    home.edit_settings("@a", "@mine")
    before = home.settings.read_bytes()
    ran = home.ok("key", "rotate", "work", stdin=NEW_KEY)
    assert ran.err.startswith("Note: the settings were changed by something else, so they were left alone")
    assert home.settings.read_bytes() == before
    home.settings.write_text("{")
    assert "were left as they are" in home.ok("key", "rotate", "work", stdin=KEY).err


def test_key_list_shows_where_used_unused_and_missing_and_never_a_value(home: UserHome) -> None:
    home.add("work")
    home.ok("copy", "work", "twin")
    home.ok("add", "later", "--provider", "@a")
    home.ok("add", "shell", "--provider", "@a", "--key-ref", "env:K")
    home.ok("copy", "shell", "shell2")
    home.ok("add", "pass", "--provider", "@a", "--key-ref", f'cmd:["echo", "{KEY}"]')
    spare = home.ok("key", "set", "spare", stdin=KEY)
    assert (
        spare.err == "Note: no profile uses the key 'spare': `pkcc-tray set PROFILE api_key keyring:spare`\n"
    )
    ran = home.ok("key", "list")
    assert [line.split(None, 2) for line in ran.out.splitlines()] == [
        ["later", "MISSING", "later"],
        ["spare", "vault", "unused"],
        ["work", "vault", "twin, work"],
        ["cmd:[…]", "cmd", "pass"],
        ["env:K", "MISSING", "shell, shell2"],
    ]
    assert "CANARY" not in ran.text + home.ok("key", "list", "--json").text
    (home.profiles / "twin.json").write_text("{")
    assert home.ok("key", "list").err == (
        "Note: 'twin' cannot be read, so its key may look unused: `pkcc-tray edit twin`\n"
    )


def test_a_key_that_others_use_too_names_them(home: UserHome) -> None:
    """Else one replaces the key of another profile without knowing."""
    home.add("work")
    home.ok("copy", "work", "twin")
    assert home.ok("key", "set", "work", stdin=NEW_KEY).err == "Note: twin uses the same key\n"
    home.ok("copy", "work", "third")
    assert home.ok("key", "rotate", "work", stdin=KEY).err == "Note: third, twin use the same key\n"


def test_an_unknown_key_is_answered_with_the_nearest_one(home: UserHome) -> None:
    home.add("work")
    assert home.run("key", "remove", "wrok").err == (
        "Error: There is no key named 'wrok'\n  Did you mean 'work'? `pkcc-tray key list` shows all.\n"
    )
    ran = home.run("key", "remove", "nope")
    assert (ran.code, ran.err.splitlines()[1]) == (3, "  `pkcc-tray key list` shows all.")


def test_a_key_in_use_is_not_forgotten_by_mistake(home: UserHome) -> None:
    home.add("work")
    home.ok("copy", "work", "twin")
    ran = home.run("key", "remove", "work")
    assert (ran.code, ran.err) == (
        4,
        "Error: The key 'work' is used by twin, work\n  Give them another key first, or say --force.\n",
    )
    assert home.ok("key", "remove", "work", "--force").out == "Forgot the key work.\n"
    assert home.run("key", "remove", "work", "--force").code == 3
    assert home.run("key", "rotate", "work", stdin=KEY).err == (
        "Error: There is no key 'work' to replace\n  `pkcc-tray key set work` stores one.\n"
    )


def test_a_displaced_value_that_is_damaged_does_not_bar_the_way_back(home: UserHome) -> None:
    """No command stores a kept value again, so `off` would be refused for ever."""
    home.edit_settings('"EDITOR": "vim"', '"EDITOR": "vim", "ANTHROPIC_API_KEY": "sk-ant-mine"')
    home.add()
    home.ok("switch", "work")
    (kept,) = (home.root / ".local/share/pkcc-tray/vault/keys").glob("displaced.*")
    kept.write_bytes(b"damaged")
    ran = home.run("off")
    assert ran.code == 5
    assert str(kept) in ran.err.splitlines()[1]
    kept.unlink()
    home.ok("off")
    assert home.env() == {"EDITOR": "vim", "ANTHROPIC_API_KEY": ""}


def test_what_was_displaced_is_out_of_reach_of_the_key_commands(home: UserHome) -> None:
    # It is what `off` gives back.
    old = "sk-CANARY-0123456789-my-own-anthropic-key"
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_API_KEY": old}}))
    before = home.settings.read_bytes()
    home.add("work")
    home.ok("switch", "work")
    assert home.ok("key", "list").out == "work  vault  work\n"
    index = json.loads((home.root / ".local/share/pkcc-tray/keys.json").read_bytes())["keys"]
    (displaced,) = (name for name in index if name.startswith("displaced."))
    spellings = (displaced, displaced.upper())  # Windows' keyring finds it by any of them
    for verb, name in itertools.product(("remove", "set", "rotate"), spellings):
        ran = home.run("key", verb, name, stdin=KEY)
        assert ran.code == 4
        assert ran.err.startswith("Error: Keys that begin with 'displaced.' are values of yours")
    home.ok("off")
    assert home.settings.read_bytes() == before


def test_a_key_that_lies_elsewhere_is_changed_there(home: UserHome) -> None:
    home.ok("add", "shell", "--provider", "@a", "--key-ref", "env:K")
    ran = home.run("key", "set", "shell", stdin=KEY)
    assert ran.code == 4
    assert ran.err.startswith("Error: The key of 'shell' lies elsewhere (env:…)\n")
    assert home.run("key", "print", "shell").code == 5
    home.environ["K"] = KEY
    assert home.ok("key", "print", "shell").out == KEY + "\n"


def test_a_key_in_a_secret_manager_is_rotated_there(home: UserHome) -> None:
    home.ok("add", "acme", "--provider", "@a", "--key-ref", "vault-kv://secret/portkey/jane#api_key")
    ran = home.run("key", "rotate", "acme", "--stdin", stdin="pk-new\n")
    assert ran.code == 4
    assert ran.err == (
        "Error: The key of 'acme' lies elsewhere (vault-kv:…)\n"
        "  `vault kv patch -mount=secret portkey/jane api_key=-`, or with `bao`, reads it from its input.\n"
    )
    assert "vault-kv://secret/portkey/jane#api_key  vault-kv  acme" in home.ok("key", "list").out


def test_key_print_says_on_its_error_stream_what_to_do(home: UserHome) -> None:
    # It is what a person sees through Claude Code when the helper fails (facts).
    home.ok("add", "work", "--provider", "@a")
    assert home.run("key", "print", "work") == (
        3,
        "",
        "Error: There is no key named 'work'\n  Store it: `pkcc-tray key set work`.\n",
    )
    assert home.run("key", "print", "no name").code == 2
    home.ok("key", "set", "work", stdin=KEY)
    ran = home.run("key", "print", "work", "--json")
    assert ran.code == 2
    assert "CANARY" not in ran.text


BAD_KEYS = [
    ("", "The key on standard input is empty"),
    ("\n", "The key on standard input is empty"),
    (KEY + "\nX-Evil: 1\n", "The key on standard input has a space, a line break or a control character"),
    (KEY + "\rX", "The key on standard input has a space, a line break or a control character"),
    (KEY + "\0", "The key on standard input has a space, a line break or a control character"),
    ("Bearer " + KEY, "The key on standard input has a space, a line break or a control character"),
    (KEY + "é", "The key on standard input has a character outside ASCII"),
    (KEY.encode() + b"\xff\xfe", "The key on standard input has a character outside ASCII"),
    (KEY * 100, "The key on standard input is too long"),
]


@pytest.mark.parametrize(("text", "title"), BAD_KEYS, ids=lambda part: repr(part)[:12] + repr(part)[-12:])
@pytest.mark.parametrize("argv", [("key", "set", "work"), ("add", "new", "--provider", "@b", "--key-stdin")])
def test_a_bad_key_is_refused_unseen_and_the_old_one_kept(
    home: UserHome, text: str | bytes, title: str, argv: tuple[str, ...]
) -> None:
    home.add("work")
    ran = home.run(*argv, stdin=text)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Error: {title}")
    assert len(ran.err.splitlines()) == 2
    assert "CANARY" not in ran.text
    assert home.ok("key", "print", "work").out == KEY + "\n"
    assert not (home.profiles / "new.json").exists()


def test_a_key_is_never_an_argument(home: UserHome) -> None:
    home.add("work")
    for argv in (["key", "set", "work", NEW_KEY], ["key", "rotate", "work", NEW_KEY]):
        ran = home.run(*argv)
        assert ran.err == (
            "Error: There is one argument too many\n"
            "  A key is never an argument: it is asked for, or piped in. "
            f"See `pkcc-tray key {argv[1]} --help`.\n"
        )
    assert home.ok("key", "print", "work").out == KEY + "\n"


# Where keys lie ------------------------------------------------------------------------------------------


def test_a_vault_is_made_once_and_opened_by_what_it_was_made_for(home: UserHome) -> None:
    del home.environ["PKCC_SECRETS"]
    ran = home.ok("key", "vault", "init")
    assert ran.out.splitlines() == [
        f"Made the vault {home.root}/.local/share/pkcc-tray/vault.",
        "Its key file lies beside it: a guard if the vault leaks alone, not against your own programs.",
    ]
    assert home.run("key", "vault", "init").code == 4
    home.add("work")
    assert home.ok("key", "print", "work").out == KEY + "\n"


def test_a_vault_under_a_passphrase_needs_it(home: UserHome) -> None:
    ran = home.run("key", "vault", "init", "--unlock", "passphrase")
    assert (ran.code, ran.err.splitlines()[0]) == (
        5,
        "Error: The vault's passphrase is needed, and nothing here can ask for it",
    )
    lay_identity(home.root / ".local/share/pkcc-tray/vault")
    home.environ["PKCC_VAULT_PASSPHRASE"] = PASSPHRASE
    ran = home.ok("key", "vault", "init", "--unlock", "passphrase")
    assert "where nobody can be asked: PKCC_VAULT_PASSPHRASE must be set where it is started" in ran.err
    home.add("work")
    assert home.ok("key", "print", "work").out == KEY + "\n"
    home.environ["PKCC_VAULT_PASSPHRASE"] = "CANARY wrong"
    ran = home.run("key", "print", "work")
    assert (ran.code, len(ran.err.splitlines()), "CANARY" in ran.text) == (5, 2, False)


def test_without_any_safe_place_nothing_is_stored_in_the_clear(home: UserHome) -> None:
    del home.environ["PKCC_SECRETS"]
    home.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={home.root}/no-bus"
    ran = home.run("add", "work", "--provider", "@a", "--key-stdin", stdin=KEY)
    assert ran.code == 5
    assert ran.err.startswith("Error: There is no safe place for keys. ")
    assert ran.err.splitlines()[1:] == ["  Make an encrypted vault: `pkcc-tray key vault init`."]
    assert not home.profiles.exists()
    home.environ["PKCC_SECRETS"] = "plaintext"
    assert home.run("key", "set", "x", stdin=KEY).code == 2


def test_the_system_keyring_holds_keys_and_a_locked_or_hanging_one_is_told(
    home: UserHome, tmp_path: Path
) -> None:
    with secret_service(tmp_path) as service:
        home.environ["PKCC_SECRETS"] = "auto"
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = service.address
        ran = home.ok(
            "add", "work", "--provider", "@a", "--key-delivery", "settings", "--key-stdin", stdin=KEY
        )
        assert home.ok("key", "print", "work").out == KEY + "\n"
        assert home.ok("key", "list").out == "work  keyring  work\n"
        home.ok("switch", "work")
        home.ok("off")
        service.lock()
        for argv in (["switch", "work"], ["key", "print", "work"], ["key", "set", "work"], ["diff", "work"]):
            ran = home.run(*argv, stdin=NEW_KEY)
            assert (ran.code, ran.out, len(ran.err.splitlines())) == (5, "", 2)
            assert "CANARY" not in ran.text
        service.pause()
        ran = home.run("switch", "work")
        assert (ran.code, len(ran.err.splitlines())) == (5, 2)
        assert home.settings.read_bytes() == SETTINGS
        assert home.run("status").code == 0
        service.resume()


@pytest.mark.parametrize("how", ["set", "edit", "import"])
def test_another_key_of_the_active_profile_is_in_force_in_running_sessions(home: UserHome, how: str) -> None:
    """A session keeps a helper's answer for five minutes, until the settings are written again."""
    home.add()
    home.ok("key", "set", "second", stdin=NEW_KEY)
    home.ok("switch", "work")
    before, data = home.settings.stat(), home.settings.read_bytes()
    if how == "set":
        home.ok("set", "work", "api_key", "keyring:second")
    elif how == "edit":
        home.environ["EDITOR"] = "sed -i s/keyring:work/keyring:second/"
        home.ok("edit", "work")
    else:
        bundle = home.root / "b.json"
        home.ok("export", "work", "-o", str(bundle))
        bundle.write_text(bundle.read_text().replace("keyring:work", "keyring:second"))
        home.ok("import", str(bundle), "--replace")
    after = home.settings.stat()
    assert home.settings.read_bytes() == data
    assert (after.st_ino, after.st_mtime_ns) != (before.st_ino, before.st_mtime_ns)
    assert home.ok("key", "print", "work").out == f"{NEW_KEY}\n"
