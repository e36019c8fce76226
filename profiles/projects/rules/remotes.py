"""Rules that catalogs bring: which clones they are for is said by the remote, since directories differ.

A remote is `host/path`, without login, port and `.git`: `git.acme.example/ai/tools` for
`git@git.acme.example:ai/tools.git` and for `https://git.acme.example/ai/tools`.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from profiles.base.errors import PkccError
from profiles.claude_code.settings.project_root import git_directories
from profiles.files.json_documents import as_text, as_texts, read_unversioned
from profiles.files.read import read_bytes
from profiles.projects.rules.matching import fits_names
from profiles.projects.rules.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from profiles.base.locations import Locations

_SCP_FORM = re.compile(r"(?:[^@/:]+@)?([^/:@\[\]]{2,}):(?![/:])(.+)")
_LONGEST = 1_000_000  # bytes of a repository's configuration


class RemoteRule(NamedTuple):
    """One rule of a catalog: `remote` is a glob over whole names, the host first."""

    catalog: str
    remote: str
    profile: str | None
    metadata: dict[str, str]

    @property
    def shown(self) -> str:
        """How a project says which rule made it, such as `acme: git.acme.example/**`."""
        return f"{self.catalog}: {self.remote}"


def catalog_rules(locations: Locations) -> list[RemoteRule]:
    """The rules of all accepted catalogs, in the order of their names; none for one that is damaged."""
    found: list[RemoteRule] = []
    with suppress(OSError):
        for name in sorted(os.listdir(locations.catalogs_dir)):

            def decode(plain: dict[str, Any], name: str = name) -> list[RemoteRule]:
                return [
                    RemoteRule(
                        name,
                        as_text(each["remote"]),
                        as_text(each["profile"]) if "profile" in each else None,
                        as_texts(each.get("metadata", {})),
                    )
                    for each in plain["rules"]
                ]

            with suppress(PkccError):
                path = os.path.join(locations.catalogs_dir, name, "rules.json")
                found += read_unversioned(path, decode) or []
    return found


def rule_for(rules: Sequence[RemoteRule], directory: str) -> RemoteRule | None:
    """The first rule for the clone in that directory; None for what is no clone of a remote."""
    remote = remote_of(directory) if rules else ""
    if not remote:
        return None
    host, *names = remote.split("/")
    return next((rule for rule in rules if fits_names(rule.remote.split("/"), [host, *names])), None)


def joined(local: Rule | None, remote: RemoteRule | None) -> Rule | None:
    """What both say: the person's own rule lies over the catalog's, name by name."""
    if remote is None:
        return local
    if local is None:
        return Rule(remote.shown, remote.profile, remote.metadata)
    return local._replace(
        profile=local.profile or remote.profile, metadata={**remote.metadata, **local.metadata}
    )


def remote_of(directory: str) -> str:
    """The remote `origin` of the clone in that directory, as rules name it; "" where it has none.

    Git is not asked: nothing of the repository's configuration may have it run something.
    """
    with suppress(PkccError, OSError):
        for place in git_directories(directory):
            path = os.path.join(place, "config")
            if os.path.isfile(path) and os.path.getsize(path) <= _LONGEST:
                url = _origin((read_bytes(path) or b"").decode("utf-8", "replace"))
                if url:
                    return named_by(url)
    return ""


def named_by(url: str) -> str:
    """Such as `git.acme.example/ai/tools`; "" for a directory, and for what is no address."""
    if "://" in url:
        try:
            parts = urlsplit(url)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return ""
        if parts.scheme not in ("https", "http", "ssh", "git", "git+ssh"):
            return ""
    elif scp := _SCP_FORM.fullmatch(url):
        host, path = scp[1], scp[2]
    else:
        return ""
    path = path.strip("/").removesuffix(".git")
    names = path.split("/")
    return f"{host.lower()}/{path}" if host and all(names) and ".." not in names else ""


def _origin(config: str) -> str:
    """The first address of `[remote "origin"]` in a git configuration."""
    inside = False
    for line in config.splitlines():
        text = line.strip()
        if text.startswith("["):
            inside = re.fullmatch(r'\[remote\s+"origin"\](.*)', text) is not None
        elif inside and (found := re.fullmatch(r'url\s*=\s*"?([^"]*?)"?', text)):
            return found[1].strip()
    return ""
