"""Faults of files, mounts and disks, of the machine, the client and the desktop."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from support.home.doctor_home import DoctorHome
from support.remedies.row import Row
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
    *(Row("not-writable", "sudo chattr", protected(*which)) for which in (("file", "i"), ("file", "a"))),
    *(
        Row("not-writable", "sudo chattr", protected(*which))
        for which in (("directory", "i"), ("directory", "a"))
    ),
    Row(
        "not-writable",
        "Move it away",
        file_in_the_place_of_a_directory,
        lambda home: (home.root / "state").rename(home.root / "away"),
    ),
    Row("disk-full", "Free some space on it", full_disk, larger_disk),
    Row("disk-full", "Free some space on it", disk_with_room_for_no_more_file, larger_disk),
    Row("anothers-files", "sudo chown -R", all_of_root_s, user=True),
]
