"""What a publisher has put into a bare git repository, and puts there next."""

from __future__ import annotations

import shutil
from pathlib import Path

from support.home.git_repository import git, repository

CATALOG = "pkcc-catalog.json"


class Published:
    """A bare repository that is served, and the clone that its publisher works in."""

    def __init__(self, bare: Path) -> None:
        self.bare = bare
        git(bare.parent, "init", "-q", "--bare", "--initial-branch=main", bare.name)
        git(bare, "config", "http.receivepack", "false")
        self._clone = repository(bare.parent / f"{bare.name}-clone")
        git(self._clone, "checkout", "-q", "-b", "main")
        for each in (bare, self._clone):  # what is large here cannot be made smaller
            git(each, "config", "core.compression", "0")
            git(each, "config", "core.bigFileThreshold", "1m")

    def publish(self, files: dict[str, bytes], *, branch: str = "main") -> str:
        """Have the branch hold these files and no others; the commit."""
        for path in self._clone.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name, data in files.items():
            (self._clone / name).parent.mkdir(parents=True, exist_ok=True)
            (self._clone / name).write_bytes(data)
        git(self._clone, "read-tree", "--empty")
        git(self._clone, "add", "-A")
        return self._push(branch)

    def publish_entry(self, mode: str, target: str) -> str:
        """Have the catalog's name be another kind of entry: a link ("120000"), a submodule ("160000")."""
        (self._clone / "target").write_text(target)
        blob = git(self._clone, "hash-object", "-w", "target").strip()
        (self._clone / "target").unlink()
        git(self._clone, "rm", "-q", "-r", "--cached", "--ignore-unmatch", ".")
        named = git(self._clone, "rev-parse", "HEAD").strip() if mode == "160000" else blob
        git(self._clone, "update-index", "--add", "--cacheinfo", f"{mode},{named},{CATALOG}")
        return self._push("main")

    def _push(self, branch: str) -> str:
        git(self._clone, "commit", "-q", "--allow-empty", "-m", "next")
        git(self._clone, "push", "-q", "--force", str(self.bare), f"HEAD:refs/heads/{branch}")
        return git(self._clone, "rev-parse", "HEAD").strip()
