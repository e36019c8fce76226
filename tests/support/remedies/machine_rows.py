"""Faults of files, mounts and disks, of the machine, the client and the desktop."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

from support.home.doctor_home import DoctorHome
from support.remedies.row import Row
from support.remedies.settings_rows import exported
from support.root_only import NOBODY, require_root


def root(*words: str | Path) -> None:
    """A command that only root can give."""
    require_root()
    subprocess.run([*map(str, words)], check=True, capture_output=True)


# Files that a switch could not write ------------------------------------------------------------------------


def closed_directory(home: DoctorHome) -> None:
    home.claude.chmod(0o500)


def closed_memory(home: DoctorHome) -> None:
    (home.root / ".local/state/pkcc-tray/targets").chmod(0o500)
    next((home.root / ".local/state/pkcc-tray/targets").iterdir()).chmod(0o500)


def closed_profiles(home: DoctorHome) -> None:
    home.profiles.chmod(0o500)


def directory_of_root_s(home: DoctorHome) -> None:
    os.chown(home.claude, 0, 0)


def file_of_root_s(home: DoctorHome) -> None:
    os.chown(home.settings, 0, 0)
    home.settings.chmod(0o644)


def all_of_root_s(home: DoctorHome) -> None:
    """An earlier `sudo pkcc-tray` left it so."""
    for path in (home.settings, home.profiles, home.data, *home.profiles.iterdir(), *home.data.rglob("*")):
        os.chown(path, 0, 0)
    home.settings.chmod(0o644)


def no_state_directory_below_root_s(home: DoctorHome) -> None:
    place = home.root / "machine"
    place.mkdir(mode=0o755)
    home.environ["XDG_STATE_HOME"] = str(place / "state")


def read_only_file_of_another_group(home: DoctorHome) -> None:
    """A copy out of a store: of the same user, so it must be written in place."""
    os.chown(home.settings, NOBODY, 0)
    home.settings.chmod(0o444)


def link_into_a_store(home: DoctorHome) -> None:
    """As home-manager makes it: a link to a file that is root's, in a directory that is root's."""
    store = home.root.parent / "store"
    store.mkdir()
    home.settings.chmod(0o444)
    home.settings.rename(store / "settings.json")
    os.chown(store / "settings.json", 0, 0)
    home.settings.symlink_to(store / "settings.json")


def link_of_the_directory_into_a_store(home: DoctorHome) -> None:
    store = home.root.parent / "store"
    home.claude.rename(store)
    for path in (store, *store.rglob("*")):
        os.chown(path, 0, 0)
        path.chmod(0o555 if path.is_dir() else 0o444)
    home.claude.symlink_to(store)


def link_into_a_read_only_mount(home: DoctorHome) -> None:
    store = home.root.parent / "store"
    store.mkdir()
    home.settings.rename(store / "settings.json")
    home.settings.symlink_to(store / "settings.json")
    root("mount", "--bind", store, store)
    root("mount", "-o", "remount,ro,bind", store)


def read_only_mount(home: DoctorHome) -> None:
    root("mount", "--bind", home.claude, home.claude)
    root("mount", "-o", "remount,ro,bind", home.claude)


def file_mounted_read_only(home: DoctorHome) -> None:
    source = home.file("elsewhere.json", home.settings.read_text())
    root("mount", "--bind", source, home.settings)
    root("mount", "-o", "remount,ro,bind", home.settings)


def protected(which: str, letter: str) -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        root("chattr", f"+{letter}", home.settings if which == "file" else home.claude)

    plant.__name__ = f"{which}_{letter}"
    return plant


def on_a_small_disk(home: DoctorHome, option: str) -> None:
    copy = home.claude.rename(home.root / "copy")
    home.claude.mkdir()
    root("mount", "-t", "tmpfs", "-o", option, "none", home.claude)
    root("cp", "-a", f"{copy}/.", home.claude)


def full_disk(home: DoctorHome) -> None:
    on_a_small_disk(home, "size=64k")


def disk_with_room_for_no_more_file(home: DoctorHome) -> None:
    on_a_small_disk(home, "size=9m,nr_inodes=40")
    with suppress(OSError):
        for number in range(40):
            home.file(f".claude/{number}", "")


def larger_disk(home: DoctorHome) -> None:
    root("mount", "-o", "remount,size=9m,nr_inodes=400", home.claude)


def file_in_the_place_of_a_directory(home: DoctorHome) -> None:
    home.environ["XDG_STATE_HOME"] = str(home.file("state", ""))


# The client, the machine, the desktop -----------------------------------------------------------------------


def installer(home: DoctorHome, name: str) -> None:
    """Stands in for a program that would fetch the client: it must be called as the real one is."""
    (home.programs / "claude").unlink()
    wanted = {"npm": "install -g @anthropic-ai/claude-code", "curl": "-fsSL https://claude.ai/install.sh"}[
        name
    ]
    install = f"ln -s {home.root}/.local/share/claude/versions/2.1.331 {home.programs}/claude"
    home.program(home.programs / name, f'[ "$*" = "{wanted}" ] && {install}')


def no_client_but_npm(home: DoctorHome) -> None:
    installer(home, "npm")


def no_client_and_no_npm(home: DoctorHome) -> None:
    installer(home, "curl")
    for name in ("bash", "sh", "sed", "ln", "git", "mkdir", "cat"):
        (home.programs / name).symlink_to(Path("/bin") / name)
    home.environ["PATH"] = str(home.programs)


def client(path: str, script: str) -> Callable[[DoctorHome], None]:
    """A client that updates itself when it is told to; told otherwise it runs the script."""

    def plant(home: DoctorHome) -> None:
        (home.programs / "claude").unlink()
        program = home.root / path
        newer = f'[ "$*" = update ] && {{ printf "#!/bin/sh\\necho 2.1.331\\n" > {program}; exit 0; }}'
        home.program(program, f"{newer}\n{script}")

    plant.__name__ = f"{path}_{len(script)}"
    return plant


def in_an_editor(version: str) -> Callable[[DoctorHome], None]:
    def planted(home: DoctorHome) -> None:
        (home.programs / "claude").unlink(missing_ok=True)
        (home.root / ".vscode" / "extensions" / f"anthropic.claude-code-{version}-linux-x64").mkdir(
            parents=True
        )

    planted.__name__ = f"in_an_editor_{version}"
    return planted


def proxied_gateway(**exceptions: str) -> Callable[[DoctorHome], None]:
    """A gateway on this machine, behind the company's proxy."""

    def plant(home: DoctorHome) -> None:
        home.environ |= {"HTTP_PROXY": "http://proxy.example:3128", **exceptions}
        home.ok("set", "work", "gateway", "http://127.0.0.1:8787")

    plant.__name__ = "_".join(["proxied_gateway", *exceptions])
    return plant


def in_file(**variables: str) -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        home.ok("off")
        home.set_env(**variables)

    plant.__name__ = f"in_file_{'_'.join(variables)}"
    return plant


def without(*names: str) -> Callable[[DoctorHome], None]:
    def act(home: DoctorHome) -> None:
        settings = json.loads(home.settings.read_text())
        for name in names:
            home.environ.pop(name, None)
            settings["env"].pop(name, None)
        home.settings.write_text(json.dumps(settings))

    return act


def clock_behind(home: DoctorHome) -> None:
    os.utime(home.settings, (4e9, 4e9))
    home.program(home.programs / "timedatectl", f'[ "$*" = "set-ntp true" ] && touch {home.settings}')


def another_installation(home: DoctorHome) -> None:
    other = home.program(home.root / "other" / "pkcc-tray", "exit 0")
    home.environ["PATH"] += f":{other.parent}"


def uninstalled(home: DoctorHome) -> None:
    (home.root / "other" / "pkcc-tray").unlink()


def autostart_of_a_program_that_is_gone(home: DoctorHome) -> None:
    entry = home.root / ".config/autostart/pkcc-tray.desktop"
    lines = entry.read_text().splitlines()
    entry.write_text("\n".join("Exec=/opt/gone tray" if line[:5] == "Exec=" else line for line in lines))


def no_autostart(home: DoctorHome) -> None:
    home.ok("autostart", "off")
    home.environ["DISPLAY"] = ":9"


def newer_version(home: DoctorHome) -> None:
    home.file(".local/state/pkcc-tray/updates.json", '{"newest": "99.0.0"}')


def upgraded(home: DoctorHome) -> None:
    home.file(".local/state/pkcc-tray/updates.json", '{"newest": "0.0.1"}')


def on_windows_disk(home: DoctorHome) -> None:
    home.environ |= {"WSL_DISTRO_NAME": "Debian", "CLAUDE_CONFIG_DIR": "/mnt/c/Users/me/.claude"}


CLAUDE, OLD = ".local/bin/claude", 'echo "1.0.3 (Claude Code)"'
SOCKS = {"HTTPS_PROXY": "socks5://127.0.0.1:1080"}
NO_CHECK = {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}
NO_FILE = {"NODE_EXTRA_CA_CERTS": "/nowhere/ca.pem"}

ROWS = [
    Row("not-writable", "chmod u+rwx", closed_directory, user=True),
    Row("not-writable", "chmod u+rwx", closed_memory, user=True),
    Row("not-writable", "chmod u+rwx", closed_profiles, user=True),
    Row("not-writable", "sudo chown", directory_of_root_s, user=True),
    Row("not-writable", "sudo chown", file_of_root_s, user=True),
    Row("not-writable", "sudo mkdir", no_state_directory_below_root_s, user=True),
    Row("not-writable", "chmod u+w", read_only_file_of_another_group, user=True),
    Row("not-writable", "cp", link_into_a_store, user=True),
    Row("not-writable", "cp -R", link_of_the_directory_into_a_store, user=True),
    Row("not-writable", "cp", link_into_a_read_only_mount, user=True),
    Row("not-writable", "sudo mount -o remount,rw", read_only_mount),
    Row("not-writable", "sudo mount -o remount,rw", file_mounted_read_only),
    *(Row("not-writable", "sudo chattr", protected(*each)) for each in product(("file", "directory"), "ia")),
    Row(
        "not-writable",
        "Move it away",
        file_in_the_place_of_a_directory,
        lambda home: (home.root / "state").rename(home.root / "away"),
    ),
    Row("disk-full", "Free some space on it", full_disk, larger_disk),
    Row("disk-full", "Free some space on it", disk_with_room_for_no_more_file, larger_disk),
    Row("anothers-files", "sudo chown -R", all_of_root_s, user=True),
    Row("client-missing", "npm install -g", no_client_but_npm),
    Row("client-missing", "curl -fsSL", no_client_and_no_npm),
    Row("client-old", "claude update", client(CLAUDE, OLD), takes=(CLAUDE,)),
    Row("client-version", "claude update", client(CLAUDE, "exit 1"), takes=(CLAUDE,)),
    Row("client-old", "/", client(".claude/local/claude", OLD)),
    Row("client-old", "Update its extension", in_an_editor("1.0.9"), in_an_editor("2.1.331")),
    Row("proxy", "unset HTTPS_PROXY", exported(**SOCKS)),
    Row("proxy", "Or set it right", exported(**SOCKS), without(*SOCKS)),
    Row("proxy", "Change it in", in_file(**SOCKS), without(*SOCKS)),
    Row("proxy", "export NO_PROXY=", proxied_gateway()),
    Row("proxy", "export NO_PROXY=kept.example,", proxied_gateway(NO_PROXY="kept.example")),
    Row("proxy", "export no_proxy=kept.example,", proxied_gateway(no_proxy="kept.example", NO_PROXY="x")),
    Row("certificates", "unset NODE_EXTRA_CA_CERTS", exported(**NO_FILE)),
    Row("certificates", "unset NODE_TLS_REJECT_UNAUTHORIZED", exported(**NO_CHECK)),
    Row("certificates", "Change it in", in_file(**NO_CHECK), without(*NO_CHECK)),
    Row("clock", "sudo timedatectl set-ntp true", clock_behind),
    Row("two-installations", "Uninstall all but one", another_installation, uninstalled),
    Row("new-version", "Get it the way you got this one", newer_version, upgraded),
    Row("wsl", "Install pkcc-tray on Windows for that file", on_windows_disk, without("CLAUDE_CONFIG_DIR")),
    Row("autostart", "pkcc-tray autostart on", autostart_of_a_program_that_is_gone),
    Row("autostart", "pkcc-tray autostart on", no_autostart),
]
