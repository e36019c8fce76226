"""What a refused `switch`, `import` or `check` says to do is done, and the same command goes through then."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from support.gateway.stand_in import Hosted
from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome
from support.home.user_home import KEY
from support.root_only import NOBODY, require_root

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)
SWITCH = "switch work"
IMPORT = "import --name new"
EXPORTS = f"""export ANTHROPIC_BASE_URL={HOSTED}
export ANTHROPIC_AUTH_TOKEN={FOREIGN}
export ANTHROPIC_CUSTOM_HEADERS='x-portkey-provider: @a'
"""


class Refused(NamedTuple):
    """`hint` is a part of what is said to do: a command in its backticks is typed, else `act` does it."""

    command: str
    hint: str
    plant: Callable[[DoctorHome], object]
    act: Callable[[DoctorHome], object] | None = None
    then: str = ""  # the command afterwards, where that is another

    @property
    def id(self) -> str:
        return f"{self.command}-{self.hint}-{self.plant.__name__}".replace(" ", "_")


def settings(text: str) -> Callable[[DoctorHome], object]:
    return lambda home: home.settings.write_text(text)


def not_utf_8(home: DoctorHome) -> None:
    home.settings.write_bytes(b'{"a": "\xe9"}')


def loop(home: DoctorHome) -> None:
    home.settings.unlink()
    home.settings.symlink_to(home.settings)


def directory(home: DoctorHome) -> None:
    home.settings.unlink()
    home.settings.mkdir()


def out_of_the_way(home: DoctorHome) -> None:
    home.settings.rename(home.root / "away")


def key_in(reference: str) -> Callable[[DoctorHome], None]:
    """The key is written into the settings, and lies there; `HOME` stands for the home."""

    def plant(home: DoctorHome) -> None:
        home.ok("set", "work", "key_delivery", "settings")
        home.ok("set", "work", "api_key", reference.replace("HOME", str(home.root)))

    plant.__name__ = reference.partition(":")[0]
    return plant


def no_key(home: DoctorHome) -> None:
    key_in("keyring:work")(home)
    home.ok("key", "remove", "work", "--force")


def no_key_in_the_vault(home: DoctorHome) -> None:
    key_in("vault:work")(home)
    (home.data / "vault" / "keys" / "work.age").unlink()


def no_place_for_keys(home: DoctorHome) -> None:
    key_in("keyring:work")(home)
    shutil.rmtree(home.data)
    del home.environ["PKCC_SECRETS"]


def vault_then_key(home: DoctorHome) -> None:
    home.type("pkcc-tray key vault init && pkcc-tray key set work")


def vault_without_identity(home: DoctorHome) -> None:
    key_in("keyring:work")(home)
    (home.data / "vault" / "identity.txt").rename(home.root / "identity")


def identity_back(home: DoctorHome) -> None:
    (home.root / "identity").rename(home.data / "vault" / "identity.txt")


def misspelt_profile(home: DoctorHome) -> None:
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace('"dialect"', '"dialekt"'))
    home.environ["EDITOR"] = str(home.program(home.root / "editor", 'sed -i s/dialekt/dialect/ "$1"'))


def config_gone(home: DoctorHome) -> None:
    home.file("c.json", '{"provider": "@a"}')
    home.ok("add", "c", "--config-file", "c.json", "--key-ref", "keyring:work")
    (home.root / "c.json").unlink()


def damaged_memory(home: DoctorHome) -> None:
    home.ok("switch", "work")
    memory(home).write_text("{")


def memory(home: DoctorHome) -> Path:
    return next((home.root / ".local/state/pkcc-tray/targets").iterdir()) / "state.json"


def link_elsewhere(home: DoctorHome) -> None:
    home.ok("switch", "work")
    home.settings.rename(home.claude / "first.json")
    home.settings.symlink_to(home.file("other.json", "{}"))


def first_file_back(home: DoctorHome) -> None:
    (home.claude / "first.json").replace(home.settings)
    home.ok("off")


def tracked_project(home: DoctorHome) -> None:
    home.ok("set", "work", "key_delivery", "settings")
    home.at = home.root / "my src"
    home.file("my src/.claude/settings.local.json", "{}")
    home.git(home.at, "init", "--quiet")
    home.git(home.at, "add", ".")


def project_of_another_user_s(home: DoctorHome) -> None:
    require_root()
    home.ok("set", "work", "key_delivery", "settings")
    home.at = home.root / "src" / "deep"
    home.file("src/deep/.claude/settings.local.json", "{}")
    home.git(home.at.parent, "init", "--quiet")
    for path in (home.at.parent, *home.at.parent.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def by_hand(headers: str, **env: str) -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        home.by_hand(headers, **{"ANTHROPIC_BASE_URL": HOSTED, **env})

    plant.__name__ = f"by_hand_{'_'.join(env)}_{len(headers)}"
    return plant


def exports(text: str) -> Callable[[DoctorHome], object]:
    return lambda home: home.file("x.sh", text)


def one_key(home: DoctorHome) -> None:
    by_hand("x-portkey-provider: @a", ANTHROPIC_AUTH_TOKEN=FOREIGN)(home)


def config_fixed(home: DoctorHome) -> None:
    by_hand(f'{ROUTE}\nx-portkey-config: {{"retry": {{"attempts": 3}}}}')(home)


def by_options(home: DoctorHome) -> None:
    """`add` asks for them at a terminal."""
    home.add("new")


ROWS = [
    Refused("switch wrok", "Did you mean 'work'?", lambda home: None, lambda home: None, SWITCH),
    Refused(SWITCH, "Fix that line", settings('{"model": "sonnet",}'), settings('{"model": "sonnet"}')),
    Refused(SWITCH, "Make it an object", settings('{"env": []}'), settings('{"env": {}}')),
    Refused(SWITCH, "Save the file as UTF-8", not_utf_8, settings('{"a": "é"}')),
    Refused(SWITCH, "Remove the link", loop, lambda home: home.settings.unlink()),
    Refused(SWITCH, "Move it away", directory, out_of_the_way),
    Refused(SWITCH, "Store it: `pkcc-tray key set work`", no_key),
    Refused(SWITCH, "Store it: `PKCC_SECRETS=vault pkcc-tray key set work`", no_key_in_the_vault),
    Refused(SWITCH, "Set PORTKEY", key_in("env:PORTKEY"), lambda home: home.environ.update(PORTKEY=KEY)),
    Refused(SWITCH, "Make it, or name another", key_in("file:HOME/key"), lambda home: home.file("key", KEY)),
    Refused(
        SWITCH,
        "Install it, or add its directory to PATH",
        key_in('cmd:["no-such-program"]'),
        lambda home: home.program(home.programs / "no-such-program", f"echo {KEY}"),
    ),
    Refused(
        SWITCH,
        "keep keys in an encrypted vault: `pkcc-tray key vault init`",
        no_place_for_keys,
        vault_then_key,
    ),
    Refused(SWITCH, "Put it back from a backup", vault_without_identity, identity_back),
    Refused(SWITCH, "Fix it with `pkcc-tray edit work`", misspelt_profile),
    Refused("switch c", "Put it there", config_gone, lambda home: home.file("c.json", '{"provider": "@a"}')),
    Refused(SWITCH, "Move it away", damaged_memory, lambda home: memory(home).rename(home.root / "damaged")),
    Refused(SWITCH, "Put the file that was there back", link_elsewhere, first_file_back),
    Refused(
        "switch work --project",
        "Take it out of git (`git -C",
        tracked_project,
        then="switch work --project --exclude",
    ),
    Refused("switch work --project", "If you trust it: `git config", project_of_another_user_s),
    Refused(IMPORT, "Make a profile by hand", settings("{}"), by_options, "switch new"),
    Refused(
        IMPORT,
        "Take out the one that is not your Portkey key",
        by_hand(ROUTE, ANTHROPIC_AUTH_TOKEN="other-key-01"),
        one_key,
    ),
    Refused(
        IMPORT, "Fix it there, then import again", by_hand(f"{ROUTE}\nx-portkey-config: {{bad"), config_fixed
    ),
    Refused(
        "import --name work", "Use --name, --prefix or --replace", by_hand(ROUTE), lambda home: None, IMPORT
    ),
    Refused(
        "import --name work",
        "Use --name, --prefix or --replace",
        by_hand(ROUTE),
        lambda home: None,
        "import --name work --replace",
    ),
    Refused(
        "import x.sh",
        "Name the file to import",
        lambda home: None,
        exports(EXPORTS),
        "import x.sh --name new",
    ),
    Refused(
        "check",
        "Name one: `pkcc-tray check",
        lambda home: None,
        lambda home: home.ok("switch", "work"),
        "status",
    ),
]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
def test_what_a_refusal_says_helps(row: Refused, tmp_path: Path) -> None:
    home = DoctorHome(tmp_path / "home")
    home.ok("off")
    row.plant(home)
    refused = home.run(*row.command.split(), cwd=home.at)
    assert refused.code != 0, refused
    assert row.hint in refused.err, refused
    if row.act is not None:
        row.act(home)
    else:
        hint = refused.err[refused.err.index(row.hint) :]
        command = re.search(r"`([^`]+)`", hint)
        assert command is not None, hint
        home.type(command[1])
    after = home.run(*(row.then or row.command).split(), cwd=home.at)
    assert after.code == 0, after
    assert json.loads(home.run("status", "--json").out)["ok"]


def test_a_key_that_the_gateway_does_not_accept_is_replaced(tmp_path: Path) -> None:
    home = DoctorHome(tmp_path / "home")
    with Hosted(KEY) as gateway:
        home.ok("set", "work", "gateway", gateway.url)
        home.ok("key", "set", "work", stdin="another-key-0123")
        refused = home.run("check", "work")
        assert refused.code == 6
        assert "`pkcc-tray key rotate work` replaces it" in refused.out
        home.type("pkcc-tray key rotate work")
        home.ok("check", "work")


def test_a_check_without_a_key_says_how_to_store_it(tmp_path: Path) -> None:
    home = DoctorHome(tmp_path / "home")
    with Hosted(KEY) as gateway:
        home.ok("set", "work", "gateway", gateway.url)
        home.ok("key", "remove", "work", "--force")
        refused = home.run("check", "work")
        assert "Store it: `pkcc-tray key set work`" in refused.out
        home.type("pkcc-tray key set work")
        home.ok("check", "work")
