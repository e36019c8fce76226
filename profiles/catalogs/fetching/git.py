"""A catalog from a git repository, by the user's own git and credentials. Effects: a temporary directory.

What is there may be anybody's. It is fetched into an empty repository that is gone afterwards, one commit of
it, and one file is read out of that: nothing is checked out, so that no filter, link, hook or submodule of
its has any part in it, and no other program than git, its transports and its credential helpers runs.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.programs.command_line import shown_line
from profiles.base.programs.git import run_git
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.write_limit import size_of
from profiles.catalogs.fetching.fetched import MOST_SIGNATURE, Fetched, FetchError, Limits, Unchanged
from profiles.catalogs.fetching.git_words import refusal
from profiles.catalogs.format.model import MOST_BYTES, SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.programs.git import Protocols
    from profiles.base.programs.run import Ran
    from profiles.catalogs.fetching.source import Source

MOST_WRITTEN = 16 * 1024 * 1024  # bytes of a pack
_SAID = 1024 * 1024  # bytes of what it prints
_ASKING_S = 600.0  # a person types a password
_FETCH = ("--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--quiet")
_FILTER = "--filter=blob:limit=513k"  # where the server knows it; a larger file is no catalog
_HERE = "refs/pkcc/new"
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def fetch_git(
    source: Source, known_mark: str, environ: Mapping[str, str], limits: Limits
) -> Fetched | Unchanged:
    """The file and its signature as the newest commit has them, which is the mark. Raises FetchError."""
    with tempfile.TemporaryDirectory(prefix="pkcc-catalog-", ignore_cleanup_errors=True) as directory:
        git = _Git(source, directory, environ, limits, _until(limits))
        # Asked, a person would be asked twice.
        if known_mark and not limits.may_ask and known_mark == git.commit_there():
            return Unchanged(known_mark)
        git.fetch()
        commit = git.commit_here()
        if commit == known_mark:
            return Unchanged(commit)
        data = git.blob(source.file, limits.most_bytes)
        if data is None:
            hint = "Look for it, or name another: --file."
            raise FetchError("withdrawn", f"{source.file} is not in the repository", hint)
        return Fetched(data, git.blob(source.file + SIGNATURE, MOST_SIGNATURE), commit)


def _until(limits: Limits) -> float:
    return time.monotonic() + (_ASKING_S if limits.may_ask else limits.git_s)


class _Git(NamedTuple):
    """Git in one directory of our own, until a moment."""

    source: Source
    directory: str
    environ: Mapping[str, str]
    limits: Limits
    until: float

    def commit_there(self) -> str:
        """The commit that the server has for the ref, "" for none."""
        ref = self.source.ref
        if _COMMIT.fullmatch(ref):
            return ref
        # In the order in which `fetch` takes them.
        refs = [f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}"] if ref else ["HEAD"]
        done = self._ask("ls-remote", "--quiet", "--", self.source.address, *refs)
        pairs = (line.partition("\t") for line in done.output.decode("utf-8", "replace").splitlines())
        found = {name: commit for commit, _, name in pairs}
        return next((found[name] for name in refs if _COMMIT.fullmatch(found.get(name, ""))), "")

    def fetch(self) -> None:
        """Have the newest commit here, and what hangs on it."""
        self._ask("init", "--bare", "--quiet", "--template=", self.directory)
        options = [*_FETCH, _FILTER, "--", self.source.address, f"+{self.source.ref or 'HEAD'}:{_HERE}"]
        self._ask("fetch", *options, most_written=MOST_WRITTEN)

    def commit_here(self) -> str:
        return self._own("rev-parse", "--verify", "--quiet", f"{_HERE}^{{commit}}").strip()

    def blob(self, path: str, most: int) -> bytes | None:
        """The content of a plain file; None where there is none of that name."""
        listed = self._own("ls-tree", "-z", "--full-tree", _HERE, "--", f":(literal){path}")
        entry = listed.rstrip("\0")
        if not entry:
            return None
        mode, kind, name = entry.partition("\t")[0].split(" ")
        if kind != "blob" or mode not in ("100644", "100755"):
            raise FetchError("refused", f"{path} is {_MODES.get(mode, 'no file')} there", _TELL)
        size = self._own("cat-file", "-s", name, missing=f"more than {most // 1024} kB").strip()
        if int(size) > most:
            raise FetchError("refused", f"{path} has more than {most // 1024} kB", _TELL)
        return self._run("cat-file", "blob", name, offline=True, most=most).output

    def _own(self, *words: str, missing: str = "") -> str:
        """What git says of what is here already: no object is fetched for it."""
        done = self._run(*words, offline=True)
        if done.code and missing:
            raise FetchError("refused", f"{self.source.file} has {missing}", _TELL)
        if done.code:
            raise FetchError("refused", "what came is no whole commit", _TELL)
        return done.output.decode("utf-8", "replace")

    def _ask(self, *words: str, most_written: int = 0) -> Ran:
        """What git says of the server. Raises FetchError with its words."""
        done = self._run(*words, most_written=most_written)
        if done.code:
            written = size_of(self.directory) if most_written else -1
            raise refusal(done, self.source, too_large=written > most_written * 0.9)
        return done

    def _run(self, *words: str, offline: bool = False, most_written: int = 0, most: int = _SAID) -> Ran:
        reached: Protocols = "file" if os.path.isabs(self.source.address) else "https:ssh"
        git_dir = [] if words[0] in ("init", "ls-remote") else [f"--git-dir={self.directory}"]
        try:
            return run_git(
                [*git_dir, *words],
                self.environ,
                max(self.until - time.monotonic(), 0.1),
                protocols="none" if offline else reached,
                may_ask=self.limits.may_ask and not offline,
                own_directory=self.directory,
                most=most,
                most_written=most_written,
            )
        except ProgramError as error:
            hint = "Install git, or ask for the catalog's https address." if error.missing else error.hint
            raise FetchError("unreachable", f"git {error.reason}", hint) from None
        except TimeoutError:
            again = shown_line(["git", "ls-remote", self.source.address])
            raise FetchError("unreachable", "git did not end in time", f"Try: {again}") from None


_TELL = f"Tell its publisher: it must be a plain file of at most {MOST_BYTES // 1024} kB."
_MODES = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a directory"}
