"""The overview's card, and values side by side, made from what actions found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_references.managers import manager_of
from profiles.base.text import took_words
from profiles.claude_code.owned_slots import BASE_URL_SLOTS
from profiles.gateway.asking.steps import FAILED, REFUSED, UNREACHABLE
from tray.actions.account.amounts import moment_in
from tray.manager.views.profiles.rows import State
from tray.manager.views.times import ago, moment
from tray.manager.views.usage.budgets import bars
from tray.manager.views.words import STORES, host_of, within
from tray.terminal.words.setting_names import model_name, setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.gateway.check.kept_checks import CheckedProfile, CheckedStep
    from profiles.switching.reading.drift import Change
    from tray.actions.account.budgets import Budgets
    from tray.actions.more.glance.managed import ManagedFile
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.switching.diff import OutsideChange
    from tray.actions.switching.status import Drifted
    from tray.actions.switching.switched import SlotChange
    from tray.manager.site import LastCheck
    from tray.manager.views.look import Look

_ELSEWHERE = {
    "env": "In an environment variable", "file": "In a file of yours", "cmd": "From a command of yours",
}  # fmt: skip


class Compared(NamedTuple):
    """A setting of which two values are shown side by side; `strange`: its new host is marked.

    `blank`: it is there afterwards, with nothing in it.
    """

    name: str
    spelled: str
    before: str
    after: str
    strange: tuple[str, str, str] | None
    blank: bool = False


def facts(look: Look, each: Glanced, budgets: Budgets | None) -> dict[str, object]:
    """The facts below the name of the profile in use."""
    check = look.checks.get(each.name)
    return {
        "gateway": _gateway(check),
        "key": _key(each, check),
        "models": [(model_name(field), model) for field, model in each.models],
        "budget": next(iter(bars(budgets.budgets)), None) if budgets is not None else None,
        "budget_at": _told_at(budgets),
    }


def _told_at(budgets: Budgets | None) -> str:
    at = None if budgets is None else moment_in(budgets.asked_at or "")
    return "" if at is None else f"as of {moment(at.timestamp())}"


def _failed(found: CheckedProfile) -> CheckedStep | None:
    """The step of a check that failed."""
    return next((step for step in found.steps if step.verdict == FAILED), None)


def gateway_step(found: CheckedProfile) -> CheckedStep | None:
    """What the gateway said in a check; None where it was not asked."""
    return next((step for step in found.steps if step.step == "gateway"), None)


def _gateway(check: LastCheck | None) -> State:
    if check is None or check.found is None:
        return State("none", "Checking…" if check and not check.problem else "Not checked yet")
    failed, answered = _failed(check.found), gateway_step(check.found)
    if failed is not None and check.found.exit_code == UNREACHABLE:
        return State("bad", "No answer", f"{ago(check.began_at).capitalize()}: {failed.text}")
    if answered is None:
        return State(
            "none", "Not asked", f"{ago(check.began_at).capitalize()}: {failed.text if failed else ''}"
        )
    took = f"Answers in {took_words(answered.ms)}" if answered.ms is not None else "Answers"
    return State("ok", took, f"Checked {ago(check.began_at)}")


def _key(each: Glanced, check: LastCheck | None) -> State:
    place = key_place(each)
    where = f"{place}, and in the settings file in clear text" if each.key_in_file else f"{place}, in no file"
    if each.key_is_there is False:
        return State("bad", "Missing", f"The profile names “{each.key.partition(':')[2]}”, none is stored")
    if check is None or check.found is None:
        known = {True: "Stored", None: "Not tested yet"}[each.key_is_there]
        return State("ok" if each.key_is_there else "none", known, where)
    gateway = gateway_step(check.found)
    if gateway is None or check.found.exit_code == UNREACHABLE:
        return State("none", "Not tested", where)
    if gateway.verdict != FAILED:
        return State("ok", "Accepted", where)
    refused = check.found.exit_code == REFUSED
    return State("bad", "Not accepted", "The gateway does not take this key." if refused else gateway.text)


def way_out(look: Look, name: str) -> tuple[str, str]:
    """What helps where a check failed for the key: a link's words and address; "" for neither."""
    check = look.checks.get(name)
    found = None if check is None else check.found
    first = None if found is None else _failed(found)
    if found is None or first is None:
        return "", ""
    if first.step == "gateway" and found.exit_code == REFUSED:
        return "Replace the key", f"/keys/{name}/enter"
    return ("Enter key", f"/keys/{name}/enter") if first.step == "key" else ("", "")


def managed(files: Sequence[ManagedFile]) -> list[tuple[str, str, str, str]]:
    """Each of an administrator's files that decides: its path, what, why nothing starts, whose route."""
    return [
        (file.path, ", ".join(dict.fromkeys(map(setting_name, file.slots))), file.problem, file.holds)
        for file in files
    ]


def step_rows(look: Look, name: str, steps: Sequence[CheckedStep]) -> list[CheckedStep]:
    """The steps of a check in a person's words: where the key lies, and no reference that leads to it."""
    each = look.profile(name)
    found = [step._replace(step=step.step[:1].upper() + step.step[1:]) for step in steps]
    if each is None:
        return found
    where = f"read {within(key_place(each))}"
    return [step._replace(text=where) if step.text == each.key else step for step in found]


def key_place(each: Glanced) -> str:
    """Where its key lies, such as `In the vault`."""
    scheme = each.key.partition(":")[0]
    store = STORES.get(each.key_stored_in or "")
    manager = manager_of(each.key)
    elsewhere = "Elsewhere" if manager is None else f"In {manager.title}"
    return f"In {store}" if store else _ELSEWHERE.get(scheme, elsewhere)


def compared(drift: Sequence[Drifted | Change]) -> list[Compared]:
    """What was changed, side by side; the dangerous first."""
    found = []
    for row in sorted(drift, key=lambda each: not each.alarming):
        strange = None
        host = host_of(row.actual) if row.slot in BASE_URL_SLOTS.values() else ""
        if row.alarming and host and host in row.actual:
            before, _, after = row.actual.partition(host)
            strange = before, host, after
        found.append(Compared(setting_name(row.slot), spelled(row.slot), row.expected, row.actual, strange))
    return found


def changed_rows(changes: Sequence[SlotChange | OutsideChange]) -> list[Compared]:
    """What a switch would change, side by side."""
    return [
        Compared(
            setting_name(row.slot),
            spelled(row.slot),
            row.before,
            row.after,
            None,
            getattr(row, "blank", False),
        )
        for row in changes
    ]


def written_rows(writes: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """All that a profile writes: what people call it, what Claude Code calls it, and the value, masked."""
    return [(setting_name(slot), spelled(slot), value) for slot, value in writes.items()]


def stored_key(each: Glanced) -> str:
    """The name of its key in our own store, "" for one that lies elsewhere."""
    scheme, _, target = each.key.partition(":")
    return target if scheme in ("keyring", "vault") else ""
