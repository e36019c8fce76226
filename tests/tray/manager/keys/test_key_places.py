"""Where keys lie: moving them, a vault made by the page, and keys that lie in files where they should not."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.home.user_home import KEY, files_with
from support.keyring.secret_service import SecretService, secret_service

NEW = "pk-CANARY-4711-of-the-new-portkey-key"


@pytest.fixture
def service(home: Any, tmp_path: Path) -> Iterator[SecretService]:
    """A user with a system keyring. Ask for it before a visitor."""
    with secret_service(tmp_path) as running:
        del home.environ["PKCC_SECRETS"]
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = running.address
        yield running


@pytest.fixture
def no_keyring(home: Any) -> None:
    """A user with neither a keyring nor a vault. Ask for it before a visitor."""
    del home.environ["PKCC_SECRETS"]


def test_a_key_moves_to_the_vault_and_back(service: SecretService, visitor: Any, home: Any) -> None:
    home.add("work")
    text = visitor.words("/keys")
    assert "work System keyring Used by: work" in text
    assert "Move to the" not in text  # there is no vault yet
    assert "System keyring Works New keys go here" in text
    assert "Vault Not made yet" in text
    visitor.fill("/keys/vault", unlock="key-file")
    assert "Move to the vault" in visitor.words("/keys")
    visitor.end_of(visitor.fill("/keys/move", name="work"))
    text = visitor.words("/keys")
    assert "The key work lies in the vault now" in text
    assert "work Vault, opened by a key file" in text
    assert home.ok("key", "print", "work").out.strip() == KEY
    visitor.end_of(visitor.fill("/keys/move", name="work"))
    assert "work System keyring Used by: work" in visitor.words("/keys")
    assert home.ok("key", "print", "work").out.strip() == KEY


def test_new_keys_go_where_the_person_says(service: SecretService, visitor: Any, home: Any) -> None:
    visitor.fill("/keys/vault", unlock="key-file", from_now_on="1")
    assert "Vault Works New keys go here" in visitor.words("/keys")
    visitor.end_of(visitor.fill("/keys/new", name="team", key=NEW))
    assert "team Vault" in visitor.words("/keys")
    visitor.fill("/keys/place", place="keyring")
    assert "System keyring Works New keys go here" in visitor.words("/keys")
    visitor.end_of(visitor.fill("/keys/new", name="other", key=NEW))
    assert "other System keyring" in visitor.words("/keys")


def test_a_locked_keyring_says_that_it_will_ask(service: SecretService, visitor: Any, home: Any) -> None:
    home.add("work")
    service.lock()
    text = visitor.words("/keys")
    assert "System keyring Locked" in text
    assert "work System keyring" in text
    assert "The system keyring is locked It asks you for its password" in visitor.words("/keys/new")


def test_without_any_place_a_vault_is_offered_and_made(no_keyring: None, visitor: Any, home: Any) -> None:
    text = visitor.words("/keys/new")
    assert "There is no safe place for keys yet" in text
    assert "Create a vault" in text
    text = visitor.words("/keys")
    assert "System keyring Not there" in text
    assert "No system keyring can be reached." in text
    assert visitor.end_of(visitor.fill("/keys/new", name="team", key=NEW)) == "/keys/team/replace"
    text = visitor.words("/keys/team/replace")
    assert "There is no safe place for keys. No system keyring can be reached" in text
    assert "pkcc-tray key vault init" not in text
    text = visitor.words("/keys/vault")
    assert "How is it opened?" in text
    assert "~/.local/share/pkcc-tray/vault" in text
    assert "Choose how it is opened" in visitor.fill("/keys/vault").text
    visitor.fill("/keys/vault", unlock="key-file")
    assert "The vault is made" in visitor.words("/keys")
    assert visitor.get("/keys/vault").status_code == 303
    visitor.end_of(visitor.fill("/keys/new", name="team", key=NEW))
    assert "team Vault, opened by a key file" in visitor.words("/keys")


def test_what_is_wrong_with_a_vaults_form_is_said_beside_its_field(
    no_keyring: None, visitor: Any, home: Any
) -> None:
    page = visitor.fill("/keys/vault", unlock="passphrase", passphrase="", again="").text
    assert '<a href="#passphrase">Type a passphrase</a>' in page
    assert 'value="passphrase" checked' in page
    page = visitor.fill("/keys/vault", unlock="passphrase", passphrase="horse", again="house").text
    assert "The two passphrases differ" in page
    assert "horse" not in page
    page = visitor.fill("/keys/vault", unlock="environment").text
    assert "The vault opens with PKCC_VAULT_IDENTITY, which is not set" in page
    assert not list(home.root.rglob("vault.json"))


def test_a_vault_under_a_passphrase_takes_a_key_with_it(no_keyring: None, visitor: Any, home: Any) -> None:
    lay_identity(home.root / ".local/share/pkcc-tray/vault")
    visitor.fill("/keys/vault", unlock="passphrase", passphrase=PASSPHRASE, again=PASSPHRASE)
    text = visitor.words("/keys")
    assert "PKCC_VAULT_PASSPHRASE must be set where it is started" in text
    assert "Passphrase of the vault" in visitor.words("/keys/new")
    assert "Type the passphrase of the vault" in visitor.fill("/keys/new", name="team", key=NEW).text
    wrong = visitor.fill("/keys/new", name="team", key=NEW, passphrase="wrong")
    assert visitor.end_of(wrong) == "/keys/team/replace"
    assert "The vault's passphrase is wrong" in visitor.words("/keys/team/replace")
    visitor.end_of(visitor.fill("/keys/team/replace", passphrase=PASSPHRASE))  # the key is held
    assert "The key team is stored" in visitor.words("/keys")
    home.environ["PKCC_VAULT_PASSPHRASE"] = PASSPHRASE
    home.ok("add", "team", "--provider", "@a", "--key-ref", "keyring:team")
    assert home.ok("key", "print", "team").out.strip() == NEW
    assert files_with(PASSPHRASE, home.root) == files_with(NEW, home.root) == []


def test_keys_in_files_are_found_each_with_a_way_out(visitor: Any, home: Any) -> None:
    home.add("work", "--provider", "@a", "--label", "Work")
    (home.root / ".bashrc").write_text(f"alias l=ls\nexport PORTKEY_API_KEY={KEY}\n")
    copy = home.claude / "settings.json.bak"
    copy.write_text(f'{{"env": {{"ANTHROPIC_AUTH_TOKEN": "{KEY}"}}}}')
    copy.chmod(0o644)
    page = visitor.get("/keys").text
    text = visitor.words("/keys")
    assert "Keys found in clear text 2" in text
    assert (
        "~/.bashrc , line 2 Gives PORTKEY_API_KEY to every program that you start. It is the key work."
        in text
    )
    assert "~/.claude/settings.json.bak An old copy of the settings holds a key." in text
    assert "Other users of this computer can read it." in text
    assert KEY not in page

    how = dict(re.findall(r'href="(/keys/found/\w+)">(How to take it out|Remove the copy…)', page))
    ways = {label: address for address, label in how.items()}
    steps = visitor.words(ways["How to take it out"])
    assert "It is stored already, as work: nothing is lost." in steps
    assert "Open ~/.bashrc, and take out line 2, which has PORTKEY_API_KEY." in steps
    visitor.fill(ways["How to take it out"])  # what is no copy is not removed
    assert (home.root / ".bashrc").exists()

    visitor.fill(f"{ways['Remove the copy…']}/private")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "Closed to other users" in visitor.words("/keys")
    assert "Remove the copy ~/.claude/settings.json.bak?" in visitor.words(ways["Remove the copy…"])
    visitor.fill(ways["Remove the copy…"])
    assert not copy.exists()
    assert "The copy is removed" in visitor.words("/keys")
    assert "settings.json.bak" not in visitor.words("/keys")


def test_a_key_that_no_profile_wrote_into_the_settings_is_restored_away(visitor: Any, home: Any) -> None:
    home.add("work", "--provider", "@a", "--label", "Work")
    home.ok("switch", "work")
    home.edit_settings('"EDITOR": "vim"', f'"EDITOR": "vim", "ANTHROPIC_API_KEY": "{KEY}"')
    text = visitor.words("/keys")
    assert "~/.claude/settings.json Holds a key that no profile wrote: ANTHROPIC_API_KEY" in text
    assert "Restore what Work writes" in text
    assert KEY not in visitor.get("/keys").text


def test_a_file_that_is_gone_is_said_to_be(visitor: Any, home: Any) -> None:
    assert visitor.fill("/keys/found/0123456789abcdef").headers["location"] == "/keys/found/0123456789abcdef"
    assert visitor.get("/keys/found/0123456789abcdef").headers["location"] == "/keys"
    assert "found there no longer" in visitor.words("/keys")
