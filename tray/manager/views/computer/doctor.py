"""What doctor found: the worst first, each with the button, page or command that fixes it. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from tray.doctor.examine import worst_first
from tray.manager.views.ways import led_to, parts_of, way_of
from tray.manager.views.words import in_home, tilde

if TYPE_CHECKING:
    from tray.actions.more.doctor import Examined
    from tray.doctor.finding import Finding

SECTIONS = (
    ("problem", "Problems", "Keep something from working, or a key from being safe."),
    ("warning", "Warnings", "May cause trouble."),
    ("note", "Notes", "Good to know."),
)
ICONS = {"problem": "bad", "warning": "warn", "note": "info"}
# By the module of its checks, in the order in which they are shown.
AREAS = {
    "settings_file": "Settings file",
    "winners": "What has precedence over it",
    "route": "Route",
    "models_and_headers": "Models and headers",
    "guard": "Who is given a key",
    "helper": "Key helper",
    "exposure": "Keys in files",
    "keys": "Keys",
    "profile_files": "Profiles",
    "catalogs": "Catalogs",
    "managed_settings": "An administrator’s settings",
    "client": "Claude Code",
    "network": "Network",
    "machine": "This computer",
    "desktop": "Desktop",
}
_KEYS = ("Open Keys", "/keys")
# The page that fixes it, by the kind of finding, and what its button says. {} is the profile's name.
BY_KIND = {
    "catalog-broken": ("Open Catalogs", "/catalogs"),
    "catalog-edited": ("Open Catalogs", "/catalogs"),
    "profile-withdrawn": ("Open Catalogs", "/catalogs"),
    "catalog-stale": ("Open Catalogs", "/catalogs"),
    "catalog-waiting": ("Open Catalogs", "/catalogs"),
    "metadata-missing": ("Open Projects", "/projects"),
    "helper-foreign": ("See the change", "/"),
    "key-missing": ("Enter key", "/keys/{}/enter"),
    "keyring": _KEYS,
    "vault-closed": _KEYS,
    "key-in-settings": _KEYS,
    "key-in-project": _KEYS,
    "key-in-shell": _KEYS,
    "key-in-backup": _KEYS,
    "retired-model": ("Choose another", "/edit/{}"),
    "profile-advice": ("Edit", "/edit/{}"),
    "profile-config": ("Edit", "/edit/{}"),
}
_FIX = {"blanks": "Tidy up"}  # what else than "Fix" a button says


class Row(NamedTuple):
    """One finding. `fix`: what its button says where it is fixed at once; `page`: button and address."""

    key: str
    icon: str
    what: str
    why: str
    advice: str
    command: str
    fix: str
    page: tuple[str, str] | None
    switch: str

    @property
    def is_yours(self) -> bool:
        """Whether only a person can decide what to do."""
        return not (self.fix or self.page or self.switch) and bool(self.command or self.advice)


class Section(NamedTuple):
    """Findings of one severity."""

    title: str
    meaning: str
    rows: list[Row]


def sections(examined: Examined, home: str) -> list[Section]:
    """The findings by severity, those without any left out."""
    findings = worst_first(examined.found)
    made = [
        Section(title, meaning, [_row(each, home) for each in findings if each.severity == severity])
        for severity, title, meaning in SECTIONS
    ]
    return [section for section in made if section.rows]


def safe_rows(examined: Examined, home: str) -> list[Row]:
    """What can be fixed at once, without taking anything away from anybody."""
    return [_row(each, home) for each in worst_first(examined.found) if each.fix is not None]


def summary(examined: Examined) -> list[str]:
    """Such as `2 problems`, `2 warnings`, `1 note`."""
    tally: Counter[str] = Counter(finding.severity for finding in worst_first(examined.found))
    return [counted(tally[severity], severity) for severity, _, _ in SECTIONS if tally[severity]]


def looked_at(examined: Examined) -> list[tuple[str, str]]:
    """Each area, and how many checks were made there."""
    tally = Counter(check.__module__.rpartition(".")[2] for check in examined.found)
    return [(name, counted(tally[area], "check")) for area, name in AREAS.items() if tally[area]]


def _row(finding: Finding, home: str) -> Row:
    can_fix = finding.fix is not None
    verb, name = parts_of(finding.command)
    switch = name if verb == "switch" and not can_fix else ""
    return Row(
        finding.what,
        ICONS[finding.severity],
        tilde(finding.what, home),
        tilde(finding.why, home),
        tilde(finding.advice, home),
        in_home(finding.command, home),
        _FIX.get(finding.check, "Fix") if can_fix else "",
        None if can_fix or switch else _page(finding),
        switch,
    )


def _page(finding: Finding) -> tuple[str, str] | None:
    if finding.check not in BY_KIND:
        return way_of(finding.command, finding.profile)
    label, address = BY_KIND[finding.check]
    return led_to(label, address, finding.profile or parts_of(finding.command)[1])
