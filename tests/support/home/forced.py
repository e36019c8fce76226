"""A policy as an administrator lays it down, in a directory of the test's own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from profiles.policy import in_force
from profiles.policy.places import Place


def own_number() -> int:
    """This user's, whose files are to count; on Windows, where none counts, the test is left out."""
    if sys.platform == "win32":
        pytest.skip("no policy or catalog of an administrator's lies in files on Windows")
    return os.getuid()


def place_in(top: Path) -> Place:
    """Where a policy lies below `top`; files are to be this user's alone, or root's."""
    directory = top / "pkcc-tray"
    return Place(
        (str(directory / "policy.json"),), str(directory / "policy.d"), owner=own_number(), top=str(top)
    )


def lay(top: Path, policy: object, name: str = "policy.json") -> Path:
    """Lay a file down in it, such as `policy.d/50-more.json`: a text as it is, else as JSON."""
    path = top / "pkcc-tray" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(policy if isinstance(policy, str) else json.dumps(policy))
    for part in (path, *path.relative_to(top).parents):
        (top / part).chmod(0o644 if part == path else 0o755)
    return path


def force(monkeypatch: pytest.MonkeyPatch, top: Path, **policy: object) -> None:
    """Have this process find that policy, such as `force(monkeypatch, tmp_path, allow_export=False)`."""
    lay(top, policy)
    monkeypatch.setattr(in_force, "this_machine", lambda: place_in(top))
