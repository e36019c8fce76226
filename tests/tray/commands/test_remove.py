"""`remove` asks before more goes than a profile that nothing uses, and `undo` brings all of it back."""

from __future__ import annotations

import json

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, SETTINGS, UserHome


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@a")
    home.add("spare", "--provider", "@b")
    (home.root / "repo").mkdir()
    return home


def pins(home: UserHome) -> list[str | None]:
    return [row["pin"] for row in home.ok("project", "list", "--json").json()["data"]["projects"]]


def test_a_person_is_told_what_goes_and_a_no_changes_nothing(home: UserHome) -> None:
    """Enter pressed once too often must not take away the route that is in use."""
    home.ok("switch", "spare", "--project", "repo")
    home.ok("switch", "spare")
    before = home.settings.read_bytes()
    with terminal(["remove", "spare", "--with-key"], home.environ, home.root) as term:
        shown = term.expect("Remove spare? (y/N): ")
        assert "spare is in use in ~/.claude/settings.json: it is switched off first.\n" in shown
        assert "~/repo is pinned to it: it will follow the profile in use.\n" in shown
        assert "The key 'spare', used by no other profile, is deleted permanently" in shown
        term.type("")
        assert term.finish() == 4
    assert home.settings.read_bytes() == before
    assert (home.profiles / "spare.json").exists()
    assert pins(home) == ["spare"]
    assert home.ok("key", "print", "spare").out == f"{KEY}\n"


def test_a_yes_ends_all_uses_as_one_step_that_undo_takes_back(home: UserHome) -> None:
    home.ok("switch", "spare", "--project", "repo")
    home.ok("switch", "spare")
    local = home.root / "repo" / ".claude" / "settings.local.json"
    before, pinned = home.settings.read_bytes(), local.read_bytes()
    with terminal(["remove", "spare"], home.environ, home.root) as term:
        term.answer("Remove spare? (y/N): ", "y")
        assert term.finish() == 0
        assert "Off: ~/.claude/settings.json is as it was before.\n" in term.screen
        assert "Removed spare.\n" in term.screen
    assert home.settings.read_bytes() == SETTINGS
    assert not local.exists()
    assert pins(home) == [None]
    assert home.ok("undo").out.startswith("Undone: remove spare; spare is in use again.")
    assert (home.settings.read_bytes(), local.read_bytes()) == (before, pinned)
    assert pins(home) == ["spare"]
    assert home.ok("project", "list", "--json").json()["data"]["projects"][0]["condition"] == "ok"


def test_where_nothing_uses_it_nobody_is_asked(home: UserHome) -> None:
    home.ok("copy", "work", "twin")
    with terminal(["remove", "twin"], home.environ, home.root) as term:
        assert term.finish() == 0
        assert "Removed twin." in term.screen


def test_piped_it_refuses_what_is_in_use_unless_told(home: UserHome) -> None:
    home.ok("switch", "spare", "--project", "repo")
    ran = home.run("remove", "spare")
    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        f"Error: The project {home.root / 'repo'} is pinned to 'spare'",
    )
    home.ok("switch", "spare")
    assert home.run("remove", "spare").code == 4
    data = home.ok("remove", "spare", "--yes", "--json").json()["data"]
    assert data["off"] == [str(home.settings)]
    assert data["unpinned"] == [str(home.root / "repo")]
    assert json.loads(home.settings.read_text()) == json.loads(SETTINGS)


def test_a_key_is_forgotten_only_after_it_was_said_that_it_is_for_good(home: UserHome) -> None:
    home.ok("key", "set", "old", stdin=KEY)
    with terminal(["key", "remove", "old"], home.environ, home.root) as term:
        shown = term.expect("Forget the key old? (y/N): ")
        assert "The key 'old' is deleted permanently: `undo` does not bring it back.\n" in shown
        term.type("")
        assert term.finish() == 4
    assert home.ok("key", "print", "old").out == f"{KEY}\n"


def test_undo_says_that_the_key_of_what_it_brings_back_is_gone(home: UserHome) -> None:
    """Sessions would have no key, and nothing would say why."""
    home.ok("switch", "spare")
    home.ok("remove", "spare", "--yes", "--with-key")
    ran = home.ok("undo")
    assert "spare is in use again" in ran.out
    assert "Note: no key is stored for it yet: `pkcc-tray key set spare` asks for it\n" in ran.err


def test_where_undo_writes_the_key_again_it_is_said_that_one_must_be_stored_first(home: UserHome) -> None:
    """`undo` stopped there, after it was promised that it brings back the profile."""
    home.ok("set", "spare", "key_delivery", "settings")
    home.ok("switch", "spare")
    before = home.settings.read_bytes()
    remedy = "`undo` needs a key to bring back the profile: `pkcc-tray key set spare` first"
    with terminal(["remove", "spare", "--with-key"], home.environ, home.root, columns=200) as term:
        shown = term.expect("Remove spare? (y/N): ")
        assert f"is deleted permanently: {remedy}.\n" in shown
        term.type("n")
        assert term.finish() == 4
    assert f"Note: {remedy}\n" in home.ok("remove", "spare", "--with-key", "--yes").err
    assert home.run("undo").code == 3
    home.ok("key", "set", "spare", stdin=f"{KEY}\n")
    home.ok("undo")
    assert home.settings.read_bytes() == before


def by_hand(home: UserHome) -> bytes:
    """Settings made by hand: the key in a header, a placeholder as the token."""
    headers = f"x-portkey-api-key: {KEY}\nx-portkey-provider: @a"
    env = {
        "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
        "ANTHROPIC_AUTH_TOKEN": "dummy",
        "ANTHROPIC_CUSTOM_HEADERS": headers,
    }
    home.settings.write_text(json.dumps({"env": env}))
    return home.settings.read_bytes()


def stored_keys(home: UserHome) -> list[str]:
    return sorted(path.stem for path in (home.root / ".local/share/pkcc-tray/vault/keys").iterdir())


@pytest.mark.parametrize("off_first", [True, False])
def test_no_copy_of_a_key_that_is_gone_stays(home: UserHome, off_first: bool) -> None:
    """It was said to be deleted permanently, and could be decrypted with what lay beside it."""
    before = by_hand(home)
    home.ok("import", "--name", "mine", "--helper", "--yes")
    home.ok("switch", "mine")
    if off_first:
        home.ok("off")
    home.ok("remove", "mine", "--with-key", "--yes")
    assert stored_keys(home) == ["spare", "work"]
    assert home.settings.read_bytes() == before
    home.ok("undo")
    home.ok("undo") if off_first else None
    home.ok("off")
    assert home.settings.read_bytes() == before, "undo keeps anew what it takes out of the file"


def test_what_off_still_gives_back_stays_though_the_key_is_deleted(home: UserHome) -> None:
    """It is the user's own text: `off` would leave an empty place there."""
    before = by_hand(home)
    home.ok("import", "--name", "mine", "--helper", "--yes")
    home.ok("switch", "mine")
    home.ok("key", "remove", "mine", "--force")
    home.ok("off")
    assert home.settings.read_bytes() == before


def test_a_copy_goes_though_the_file_holds_the_key_no_more(home: UserHome) -> None:
    """Only steps back knew it then, and `undo` goes on without it."""
    by_hand(home)
    home.ok("import", "--name", "mine", "--helper", "--yes")
    home.ok("switch", "mine")
    home.ok("off")
    home.settings.write_text("{}")
    home.ok("remove", "mine", "--with-key", "--yes")
    assert len(stored_keys(home)) == 3, "the placeholder alone is kept, for undo"
    for _ in range(3):
        home.ok("undo", "--force")
    assert KEY not in home.settings.read_text()
