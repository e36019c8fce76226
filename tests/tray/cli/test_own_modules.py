"""How a command finds its own modules: a hundred of them, before every request of Claude Code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.home.user_home import ROOT, UserHome

SCRIPT = """
import os, sys
listed = []
sys.addaudithook(lambda event, given: event == "os.listdir" and listed.append(str(given[0])))
os._exit = sys.exit
from tray.__main__ import main
try:
    main()
finally:
    sys.stderr.write(chr(10).join(listed))
"""


@pytest.mark.parametrize("words", [("switch", "work"), ("key", "print", "work"), ("list",)])
def test_a_command_lists_no_folder_of_its_own_to_find_its_modules(
    home: UserHome, words: tuple[str, ...]
) -> None:
    """Each folder that is listed is waited for, by a person or by Claude Code."""
    home.add("work")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], env=home.environ, cwd=home.root, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    rooms = {*(ROOT / "profiles").rglob("*/"), *(ROOT / "tray").rglob("*/")}
    listed = {*map(Path, done.stderr.splitlines())} & rooms
    assert listed <= {ROOT / "tray" / "cli"}  # where the file is that finds them


def found(place: Path, asked: str) -> str:
    """What a look for a module of a `profiles` at that place ends with."""
    code = f"""
import sys
sys.path.append({str(ROOT)!r})
from tray.cli.own_modules import find_at_once
for name in [name for name in sys.modules if name.startswith("profiles")]:
    del sys.modules[name]
sys.path.insert(0, {str(place)!r})
find_at_once()
try:
    import {asked}
    print({asked}.ANSWER)
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_modules_without_source_and_in_archives_are_found_as_before(tmp_path: Path) -> None:
    """Who packs the program so could not start it."""
    package = tmp_path / "plain" / "profiles"
    (package / "room").mkdir(parents=True)
    for name, text in (("__init__", ""), ("room/__init__", ""), ("room/file", "ANSWER = 'found'")):
        (package / f"{name}.py").write_text(text)
    assert found(package.parent, "profiles.room.file") == "found"
    archive = tmp_path / "packed.zip"
    shutil.make_archive(str(archive.with_suffix("")), "zip", package.parent)
    assert found(archive, "profiles.room.file") == "found"
    subprocess.run([sys.executable, "-m", "compileall", "-qb", str(package)], check=True)
    for source in package.rglob("*.py"):
        source.unlink()
    assert found(package.parent, "profiles.room.file") == "found"


def test_a_module_that_there_is_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "__init__.py").write_text("")
    assert found(tmp_path, "profiles.nothing") == "No module named 'profiles.nothing'"
