"""Faults of keys, of what hands them out, of the guard, and of profiles."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable

from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.home.user_home import KEY
from support.remedies.row import Row
from support.remedies.settings_rows import STRANGE, project
from support.root_only import NOBODY

# Keys in the clear ------------------------------------------------------------------------------------------


def by_hand(home: DoctorHome) -> None:
    home.by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED, ANTHROPIC_AUTH_TOKEN=FOREIGN)


def by_hand_of_a_profile(home: DoctorHome) -> None:
    """They were imported, and `off` put them back."""
    by_hand(home)
    home.ok("import", "--name", "mine")


def with_the_key_in_a_header(home: DoctorHome) -> None:
    home.by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED)
    home.ok("import", "--name", "mine")


def added(**env: str) -> Callable[[DoctorHome], None]:
    """Somebody puts a key into the settings, beside what the active profile wrote."""

    def plant(home: DoctorHome) -> None:
        lines = json.loads(home.settings.read_text())["env"]["ANTHROPIC_CUSTOM_HEADERS"]
        home.set_env(**{name: value.replace("…", lines) for name, value in env.items()})

    plant.__name__ = "_".join(env)
    return plant


def anthropic_s_own(home: DoctorHome) -> None:
    home.by_hand(ANTHROPIC_API_KEY="sk-ant-own-key")


def nothing_in_the_settings(home: DoctorHome) -> None:
    home.settings.write_text("{}")


def its_line_out(home: DoctorHome) -> None:
    home.edit_settings(KEY, "")


def file_with_a_key(path: str, text: str = f"ANTHROPIC_API_KEY={FOREIGN}\n") -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        home.file(path, text)

    plant.__name__ = path
    return plant


def emptied(path: str) -> Callable[[DoctorHome], object]:
    return lambda home: home.file(path, "")


def key_in_settings(home: DoctorHome) -> None:
    """As the user may choose: no fault in itself."""
    home.ok("set", "work", "key_delivery", "settings")
    assert KEY in home.settings.read_text()


def open_to_all(home: DoctorHome) -> None:
    key_in_settings(home)
    home.settings.chmod(0o644)


def in_git(directory: str, *, tracked: bool, info: bool = True) -> Callable[[DoctorHome], None]:
    """A link leads from the settings into a repository."""

    def plant(home: DoctorHome) -> None:
        key_in_settings(home)
        place = home.root / directory
        place.mkdir()
        home.settings.rename(place / "claude [1].json")
        home.settings.symlink_to(place / "claude [1].json")
        home.git(place, "init", "--quiet")
        if tracked:
            home.git(place, "add", ".")
        if not info:
            shutil.rmtree(place / ".git" / "info")

    plant.__name__ = f"{directory}_{info}"
    return plant


def in_a_synced_folder(home: DoctorHome) -> None:
    key_in_settings(home)
    synced = home.root / "OneDrive - Acme"
    synced.mkdir()
    home.claude.rename(synced / "claude")
    home.claude.symlink_to(synced / "claude")


def out_of_the_synced_folder(home: DoctorHome) -> None:
    home.claude.unlink()
    (home.root / "OneDrive - Acme" / "claude").rename(home.claude)


def synced_vault(home: DoctorHome) -> None:
    (home.data / ".dropbox.cache").mkdir()


def vault_elsewhere(home: DoctorHome) -> None:
    place = home.root / "data"
    place.mkdir()
    (home.data / ".dropbox.cache").rmdir()
    home.data.rename(place / "pkcc-tray")
    home.environ["XDG_DATA_HOME"] = str(place)


# Where keys lie ---------------------------------------------------------------------------------------------


def no_place_for_keys(home: DoctorHome) -> None:
    shutil.rmtree(home.data)
    del home.environ["PKCC_SECRETS"]


def never_stored(home: DoctorHome) -> None:
    home.ok("key", "remove", "work", "--force")


def only_in_the_vault(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", "vault:work")
    lies_nowhere(home)


def lies_nowhere(home: DoctorHome) -> None:
    (home.data / "vault" / "keys" / "work.age").unlink()


def in_a_variable(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", "env:PORTKEY")


def variable_set(home: DoctorHome) -> None:
    home.environ["PORTKEY"] = KEY


def in_a_manager(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", "vault-kv://secret/portkey#api_key")


def manager_installed(home: DoctorHome) -> None:
    program = home.file("bin/bao", f"#!/bin/sh\necho {KEY}\n")
    program.chmod(0o700)
    home.environ["PATH"] = f"{program.parent}:{home.environ['PATH']}"


def in_a_file(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", f"file:{home.root}/key")


def file_written(home: DoctorHome) -> None:
    home.file("key", f"{KEY}\n")


def open_vault(home: DoctorHome) -> None:
    (home.data / "vault").chmod(0o755)
    (home.data / "vault" / "identity.txt").chmod(0o644)


def vault_without_its_identity(home: DoctorHome) -> None:
    (home.data / "vault" / "identity.txt").rename(home.root / "identity")


def identity_back(home: DoctorHome) -> None:
    (home.root / "identity").rename(home.data / "vault" / "identity.txt")


def vault_with_a_passphrase(home: DoctorHome) -> None:
    shutil.rmtree(home.data)
    lay_identity(home.data / "vault")
    home.environ["PKCC_VAULT_PASSPHRASE"] = PASSPHRASE
    home.ok("key", "vault", "init", "--unlock", "passphrase")
    home.ok("key", "set", "work", stdin=KEY)
    del home.environ["PKCC_VAULT_PASSPHRASE"]


def passphrase_known(home: DoctorHome) -> None:
    home.environ["PKCC_VAULT_PASSPHRASE"] = PASSPHRASE


# What hands them out ----------------------------------------------------------------------------------------


def helper(command: str, name: str = "") -> Callable[[DoctorHome], None]:
    """The settings call another helper than the profile's; `HOME` stands for the home."""

    def plant(home: DoctorHome) -> None:
        home.program(home.root / "other" / "pkcc-tray", "exit 0")
        settings = json.loads(home.settings.read_text())
        settings["apiKeyHelper"] = command.replace("HOME", str(home.root))
        home.settings.write_text(json.dumps(settings, indent=2))

    plant.__name__ = name or command.rpartition("/")[2]
    return plant


def helper_by_hand(home: DoctorHome) -> None:
    home.ok("off")
    home.edit_settings("{\n", '{"apiKeyHelper": "/opt/gone/program",\n')


def no_helper_by_hand(home: DoctorHome) -> None:
    home.edit_settings('"apiKeyHelper": "/opt/gone/program",', "")


def another_s_settings(home: DoctorHome) -> None:
    """Another installation's own memory is not this one's; its `off` takes its helper out."""
    home.ok("off")
    program = home.root / "other" / "pkcc-tray"
    out = f"sed -i '/apiKeyHelper/d' {home.settings}"
    home.program(program, f'[ "$*" = off ] && {out}')
    home.edit_settings("{\n", f'{{\n  "apiKeyHelper": "{program} key print work",\n')


def writable_helper(home: DoctorHome) -> None:
    home.ok("off")
    program = home.program(home.root / "my helper", "echo pk")
    program.chmod(0o777)
    home.settings.write_text(json.dumps({"apiKeyHelper": f"'{program}'"}))


def writable_helper_of_root_s(home: DoctorHome) -> None:
    program = home.program(home.root / "machine" / "helper", "echo pk")
    os.chown(program, 0, 0)
    program.chmod(0o777)
    home.settings.write_text(json.dumps({"apiKeyHelper": str(program)}))
    os.chown(program.parent, NOBODY, NOBODY)


def slow_helper(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", 'cmd:["echo", "pk-slow-key"]')
    home.helper_takes_s = 1.1


def failing_helper(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", 'cmd:["no-such-program"]')


def program_installed(home: DoctorHome) -> None:
    home.program(home.programs / "no-such-program", f"echo {KEY}")


def stored_key(home: DoctorHome) -> None:
    home.ok("set", "work", "api_key", "keyring:work")
    home.helper_takes_s = 0.2


def guard_off(home: DoctorHome) -> None:
    home.ok("preference", "key_guard", "off")


def trusted(home: DoctorHome) -> None:
    home.ok("trust", "add", "https://mirror.example")


def twice_trusted(home: DoctorHome) -> None:
    trusted(home)
    home.ok("trust", "add", "--proxy", "http://proxy.example:3128")


def trust_taken_back(home: DoctorHome) -> None:
    for finding in home.findings():
        if finding["check"] == "trusted":
            home.type(finding["advice"].split("`")[1])


# Profiles ---------------------------------------------------------------------------------------------------


def editing(home: DoctorHome, script: str) -> None:
    """What the user does in an editor."""
    home.environ["EDITOR"] = str(home.program(home.root / "editor", f'sed -i "{script}" "$1"'))


def misspelt(home: DoctorHome) -> None:
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace('"dialect"', '"dialekt"'))
    editing(home, "s/dialekt/dialect/")


def shut_profile(home: DoctorHome) -> None:
    (home.profiles / "work.json").chmod(0)


def directory_for_a_profile(home: DoctorHome) -> None:
    (home.profiles / "other.json").mkdir()


def open_profile(home: DoctorHome) -> None:
    (home.profiles / "work.json").chmod(0o666)


def readable_profile(home: DoctorHome) -> None:
    (home.profiles / "work.json").chmod(0o644)


def edited_by_hand(home: DoctorHome) -> None:
    path = home.profiles / "work.json"
    path.write_text(path.read_text().replace("@anthropic-prod", "@other"))


def odd_name(home: DoctorHome) -> None:
    text = (home.profiles / "work.json").read_text().replace('"work"', '"my-work"')
    home.file(".config/pkcc-tray/profiles/my work.json", text)


def plain_name(home: DoctorHome) -> None:
    (home.profiles / "my work.json").rename(home.profiles / "my-work.json")


def twins(home: DoctorHome) -> None:
    text = (home.profiles / "work.json").read_text().replace('"work"', '"Work"', 1)
    home.file(".config/pkcc-tray/profiles/Work.json", text)


def config_gone(home: DoctorHome) -> None:
    home.file("c.json", '{"provider": "@a"}')
    home.ok("add", "c", "--config-file", "c.json", "--key-ref", "keyring:work")
    (home.root / "c.json").rename(home.root / "d.json")


def config_back(home: DoctorHome) -> None:
    (home.root / "d.json").rename(home.root / "c.json")


def advised(home: DoctorHome) -> None:
    home.ok("add", "other", "--provider", "openai", "--key-ref", "keyring:work")
    editing(home, "s/openai/@openai/")


BACKUP = ".claude/settings.json.bak"
BACKUP_TEXT = json.dumps({"env": {"ANTHROPIC_AUTH_TOKEN": FOREIGN}})
RESTORE = "pkcc-tray restore"
HEADER = f"…\nX-Portkey-Api-Key: {FOREIGN}"
PIN = "`pkcc-tray switch work --project --exclude`"
ELSEWHERE = project("settings.json", env={"ANTHROPIC_BASE_URL": STRANGE})
BEHIND_A_PROXY = project("settings.json", env={"HTTPS_PROXY": "http://proxy.example:3128"})

NOT_OURS = ("MINE", "ANTHROPIC_FOUNDRY_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")


def fallback_gone(home: DoctorHome) -> None:
    """Its file was removed by hand: what another one names is no profile any more."""
    home.add("other", "--provider", "@other", "--when-unreachable", "work")
    home.ok("off")
    (home.profiles / "work.json").unlink()


ROWS = [
    Row("key-in-settings", "pkcc-tray import --name portkey --helper", by_hand),
    Row("key-in-settings", "pkcc-tray set mine key_delivery helper", by_hand_of_a_profile),
    Row("key-in-settings", "pkcc-tray set mine key_in --unset", with_the_key_in_a_header),
    Row("key-in-settings", RESTORE, added(ANTHROPIC_API_KEY=FOREIGN)),
    Row("key-in-settings", RESTORE, added(ANTHROPIC_CUSTOM_HEADERS=HEADER)),
    *(
        Row("key-in-settings", "Take it out of that file", added(**{name: KEY}), its_line_out)
        for name in NOT_OURS
    ),
    Row("key-in-settings", "Log in instead", anthropic_s_own, nothing_in_the_settings),
    Row("key-in-project", "Take it out of that file", file_with_a_key(".env"), emptied(".env")),
    Row("key-in-backup", "rm", file_with_a_key(BACKUP, BACKUP_TEXT), takes=(BACKUP,)),
    Row("key-in-shell", "Take the line out", file_with_a_key(".bashrc"), emptied(".bashrc")),
    Row("mode", "chmod 600", open_to_all),
    Row("tracked", "git -C", in_git("dot files", tracked=True)),
    Row("tracked", "git -C", in_git("dots", tracked=True, info=False)),
    Row("trackable", "mkdir -p", in_git("dot files", tracked=False)),
    Row("trackable", "mkdir -p", in_git("dots", tracked=False, info=False)),
    Row("synced", "Move the file out of that folder", in_a_synced_folder, out_of_the_synced_folder),
    Row("synced", "Keep it elsewhere", synced_vault, vault_elsewhere),
    Row("keyring", "pkcc-tray key vault init", no_place_for_keys),
    Row("key-missing", "pkcc-tray key set work", never_stored),
    Row("key-missing", "pkcc-tray key set work", lies_nowhere),
    Row("key-missing", "PKCC_SECRETS=vault pkcc-tray key set work", only_in_the_vault),
    Row("key-missing", "Set PORTKEY where Claude Code is started", in_a_variable, variable_set),
    Row("key-missing", "Put the key there, on its first line", in_a_file, file_written),
    Row("key-program", "Install it", in_a_manager, manager_installed),
    Row("vault-mode", "chmod go-rwx", open_vault),
    Row("vault-closed", "", vault_without_its_identity, identity_back),
    Row("vault-closed", "Set PKCC_VAULT_PASSPHRASE", vault_with_a_passphrase, passphrase_known),
    Row("helper-gone", RESTORE, helper("/opt/gone/python -m tray key print work", "gone")),
    Row("helper-gone", "or install that program again", helper_by_hand, no_helper_by_hand),
    Row("helper-anothers", RESTORE, helper("HOME/other/pkcc-tray key print work", "another")),
    Row("helper-anothers", "", another_s_settings, then=()),
    Row("helper-foreign", RESTORE, helper(f"/bin/echo {FOREIGN}", "stranger")),
    Row("helper-writable", "chmod go-w", writable_helper),
    Row("helper-writable", "sudo chmod go-w", writable_helper_of_root_s, user=True),
    Row("helper-slow", "Look at what holds the key", slow_helper, stored_key),
    Row("helper-fails", "Install it, or add its directory to PATH", failing_helper, program_installed),
    Row("guard-off", "pkcc-tray preference key_guard on", guard_off),
    Row("key-refused", PIN, ELSEWHERE),
    Row("key-refused", PIN, BEHIND_A_PROXY),
    Row("key-refused", f"if it is yours: `pkcc-tray trust add {STRANGE} --profile work`", ELSEWHERE),
    Row("key-refused", "if it is yours: `pkcc-tray trust add --proxy", BEHIND_A_PROXY),
    Row("trusted", "`pkcc-tray trust remove", trusted),
    Row("trusted", "takes it back", twice_trusted, trust_taken_back),
    Row("profile-broken", "pkcc-tray edit work", misspelt),
    Row("profile-broken", "chmod u+rw", shut_profile, user=True),
    Row(
        "profile-broken",
        "Move it away",
        directory_for_a_profile,
        lambda home: (home.profiles / "other.json").rmdir(),
    ),
    Row("profile-mode", "chmod go-rwx", open_profile),
    Row("profile-mode", "chmod go-rwx", readable_profile),
    Row("profile-edited", "pkcc-tray switch work", edited_by_hand),
    Row("profile-name", "Rename them in", odd_name, plain_name),
    Row("profile-name", "pkcc-tray rename", twins),
    Row("profile-config", "Put it there, or name another one", config_gone, config_back),
    Row("profile-advice", "pkcc-tray edit other", advised),
    Row("profile-advice", "pkcc-tray set other when_unreachable --unset", fallback_gone),
]
