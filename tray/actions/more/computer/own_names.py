"""What our files are called in each of our directories, and what is in them: one table, a pattern a file.

A part with a `*` stands for what varies. A test looks through the program for names that are not here.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tray.ipc.address import MANAGER, TRAY

if TYPE_CHECKING:
    from collections.abc import Iterable

IN_CONFIG = ("targets.json", "catalogs.json", "rules.json", "order.json", "preferences.json")
OF_KEYS = (
    "keys.json",
    "keys.json.lock",
    "keys.json.damaged",
    "keyring.lock",
    "vault.lock",
    "vault/vault.json",
    "vault/identity.txt",
    "vault/identity.age",
    "vault/keys/*.age",
    "vault/keys/*/*.age",  # a catalog's
)
OF_CATALOGS = (
    *(f"catalogs/*/{name}" for name in ("accepted.json", "offered.json", "rules.json", "terms.json", "made")),
    "catalogs/*/older/[0-9]*.json",
    "catalogs/*/profiles/*.json",
)
_DIGIT = "[0-9a-f]"
_MEMORY = f"targets/{_DIGIT * 16}/*"
IN_RUN = tuple(f"{whose}.{kind}" for whose in (TRAY, MANAGER) for kind in ("lock", "sock"))
IN_STATE = (
    *("journal.json", "journal.pending", "journal.lock", "removed.json"),
    *("targets.lock", "profiles.lock", "order.lock", "exclude.lock"),
    *("catalogs.lock", "catalogs.pending", "catalogs.owed", "left-catalogs.json", "catalogs-told.json"),
    "catalogs/*.json",
    *("checks.json", "checks.json.lock", "key_tests.json", "key_tests.json.lock"),
    *("budgets.json", "budgets.json.lock", "config-names.json", "retiring-told.json", "updates.json"),
    *("handouts.jsonl", "handouts.1.jsonl", "key-not-given", "left.json"),
    *("tray.log", "tray.log.[0-9]", "welcomed", "usage-offered", "desktop-offered", "link.last", "link.lock"),
    *("rendered/*.json", "rendered/*/*.json"),
    *(f"account/{_DIGIT * 32}/*.json", "account/places/*.json"),
    *("edits/*-replaced-*.json", "edits/*-undone-*.json", "edits/*-????????/*"),
    *(_MEMORY, f"projects/{_MEMORY}"),
    *(f"run/{name}" for name in IN_RUN),
)
# What macOS, Windows and KDE put into a folder that was looked at.
OF_FILE_MANAGERS = frozenset((".DS_Store", "desktop.ini", "Thumbs.db", ".directory"))
# What a killed run left beside a file that it was writing.
_TEMPORARY = re.compile(r"\..+\.pkcc-\d+-[0-9a-f]{8}\.tmp(\.whole)?")


def is_ours(patterns: Iterable[str], name: str) -> bool:
    """Whether a file of that name is one of those, or was to become one of ours."""
    return _TEMPORARY.fullmatch(name) is not None or any(
        "/" not in each and fnmatchcase(name, each) for each in patterns
    )


def below(patterns: Iterable[str], name: str) -> list[str]:
    """The patterns of what lies in a directory of that name; [] where it is none of ours."""
    parts = (each.partition("/") for each in patterns)
    return [rest for first, slash, rest in parts if slash and fnmatchcase(name, first)]
