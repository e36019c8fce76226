"""The list of keys, and the places where they lie, made from what actions found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_references.managers import manager_of
from profiles.gateway.asking.steps import FAILED
from tray.manager.views.profiles.overview import gateway_step
from tray.manager.views.profiles.rows import State
from tray.manager.views.times import ago
from tray.manager.views.words import STORES, host_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from profiles.gateway.check.kept_key_tests import KeyTest
    from tray.actions.keys.places import Places
    from tray.actions.keys.stored import KeyRow
    from tray.manager.views.look import Look

_OPENED_BY = {
    "key-file": "opened by a key file",
    "passphrase": "opened by a passphrase",
    "environment": "opened by an identity from the environment",
}
_ELSEWHERE = {
    "env": "Environment variable",
    "file": "A file of yours",
    "cmd": "A command of yours, run each time",
    "vault": "Vault",
}


class KeyLine(NamedTuple):
    """A key's row. `profile`: one that uses it, "" for none; `is_ours`: it can be stored and removed."""

    name: str
    icon: str
    where: str
    missing: bool
    used_by: str
    profile: str
    test: State | None
    is_ours: bool
    moves_to: str


class PlaceCard(NamedTuple):
    """One of the two places: `kind` and `state` are its tag, `takes_new`: new keys go there.

    `fixed`: PKCC_SECRETS says so; `choose`: what to send to have new keys go there, "" for no such offer.
    """

    name: str
    icon: str
    kind: str
    state: str
    text: str
    problem: str
    remedy: str
    takes_new: bool
    fixed: bool
    can_make: bool
    choose: str


def key_lines(
    look: Look, keys: Sequence[KeyRow], places: Places, tests: Mapping[str, KeyTest]
) -> list[KeyLine]:
    """All keys: the missing first, then those in use."""
    lines = [_line(look, row, places, tests) for row in keys]
    return sorted(lines, key=lambda line: (not line.missing, not line.used_by))


def _line(look: Look, row: KeyRow, places: Places, tests: Mapping[str, KeyTest]) -> KeyLine:
    scheme = "keyring" if ":" not in row.name else row.name.partition(":")[0]
    missing = row.present is False
    icon = {"keyring": "shield" if row.stored_in == "vault" else "key", "vault": "shield"}.get(scheme, "ext")
    return KeyLine(
        row.name,
        icon,
        _where(row, scheme, places, missing=missing),
        missing,
        ", ".join(map(look.label, row.used_by)),
        row.used_by[0] if row.used_by else "",
        None if missing else last_test(look, row, tests),
        scheme == "keyring",
        _moves_to(row, scheme, places),
    )


def _where(row: KeyRow, scheme: str, places: Places, *, missing: bool) -> str:
    if scheme != "keyring":
        manager = manager_of(row.name)
        where = "Elsewhere" if manager is None else f"{manager.title}, asked each time"
        return f"{_ELSEWHERE.get(scheme, where)}{', not there' if missing else ''}"
    if missing:
        return "Not stored yet"
    if row.stored_in == "vault":
        return ", ".join(filter(None, ("Vault", _OPENED_BY.get(places.opened_by, ""))))
    return "System keyring" if row.stored_in else "System keyring, which is locked"


def _moves_to(row: KeyRow, scheme: str, places: Places) -> str:
    """The other place, where it can take the key now; "" where it cannot."""
    if scheme != "keyring" or row.stored_in is None:
        return ""
    if row.stored_in == "keyring":
        return "vault" if places.vault.condition == "works" else ""
    return "keyring" if places.keyring.condition in ("works", "locked") else ""


def last_test(look: Look, row: KeyRow, tests: Mapping[str, KeyTest]) -> State | None:
    """What came of the latest test of the key, or check of a profile that uses it; None without any."""
    found = [(each.at, test_state(each)) for each in (tests.get(row.name),) if each is not None]
    for name in row.used_by:
        check = look.checks.get(name)
        gateway = None if check is None or check.found is None else gateway_step(check.found)
        if check is not None and gateway is not None and gateway.verdict != FAILED:
            found.append((check.began_at, State("ok", f"Accepted {ago(check.began_at)}")))
    return max(found, key=lambda each: each[0])[1] if found else None


def test_state(test: KeyTest) -> State:
    """Such as `Accepted 2 minutes ago`."""
    when = ago(test.at)
    return {
        "accepted": State("ok", f"Accepted {when}"),
        "refused": State("bad", f"Refused {when}", test.text),
        "unknown": State("warn", f"No answer {when}", test.text),
        "not_looked_at": State("none", f"Not looked at by {host_of(test.gateway)}", test.text),
    }[test.verdict]


def place_cards(places: Places) -> tuple[PlaceCard, PlaceCard]:
    """The system keyring, and the vault: what each protects from, and how it stands."""
    keyring, vault = places.keyring, places.vault
    states = {
        "works": ("ok", "Works"),
        "locked": ("warn", "Locked"),
        "closed": ("bad", "Does not open"),
        "missing": ("", "Not there"),
    }
    off = places.fixed and places.for_new == "vault" and not keyring.problem
    kind, state = ("", "Not used") if off else states[keyring.condition]
    text = (
        "The desktop’s own: GNOME Keyring, KWallet, KeePassXC, the keychain, or Windows’ credentials. "
        "Protects keys while you are logged out, and from other users. Programs of your own can ask for them "
        "while it is unlocked."
    )
    if keyring.condition == "locked":
        text += " It asks for its password when a key is needed."
    first = PlaceCard(
        "System keyring", "key", kind, state, text, keyring.problem, keyring.remedy,
        places.for_new == "keyring", places.fixed, can_make=False, choose=_choose(places, "keyring"),
    )  # fmt: skip
    kind, state = ("", "Not made yet") if vault.condition == "missing" else states[vault.condition]
    opened = f" It is {_OPENED_BY[places.opened_by]}." if places.opened_by in _OPENED_BY else ""
    if places.opened_by == "passphrase":
        opened += " Claude Code cannot ask for it: PKCC_VAULT_PASSPHRASE must be set where it is started."
    text = (
        "For servers, containers and SSH, where there is no keyring. Encrypted files, in the age format. "
        f"Protects keys in copies of those files, as in a backup.{opened}"
    )
    second = PlaceCard(
        "Vault", "shield", kind, state, text, vault.problem, vault.remedy,
        places.for_new == "vault", places.fixed, can_make=vault.condition == "missing",
        choose=_choose(places, "vault"),
    )  # fmt: skip
    return first, second


def _choose(places: Places, name: Literal["keyring", "vault"]) -> str:
    usable = (places.keyring if name == "keyring" else places.vault).condition in ("works", "locked")
    return name if usable and not places.fixed and places.for_new != name else ""


def place_words(places: Places) -> str:
    """Where a new key goes, such as `the system keyring`; "" for nowhere."""
    return STORES.get(places.for_new, "")
