"""If this fails, a command ends in "No module named …" where the program is installed alone."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROVIDED = {"Xlib": "python-xlib", "PIL": "pillow", "nacl": "pynacl"}  # where the name is another
# What comes with a library, as its own documents say; gi is the system's, and looked for before it is used.
COMES_WITH = {
    "pydantic_core": "pydantic",
    "markupsafe": "jinja2",
    "secretstorage": "keyring",
    "AppKit": "pystray",
    "Foundation": "pystray",
    "PyObjCTools": "pystray",
}
SYSTEMS_OWN = {"gi"}


def test_each_library_that_is_imported_is_installed_with_the_program() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {Requirement(each).name for each in declared}
    imported: set[str] = set()
    for package in ("profiles", "tray"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    imported.add(node.module.split(".")[0])
    foreign = imported - sys.stdlib_module_names - {"profiles", "tray"} - SYSTEMS_OWN
    wanted = {PROVIDED.get(name) or COMES_WITH.get(name) or name for name in foreign}
    assert wanted - names == set()
    assert names - wanted == set(), "declared, and used by nobody"
