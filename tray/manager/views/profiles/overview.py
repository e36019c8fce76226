"""The overview's card, and values side by side, made from what actions found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from profiles.claude_code.owned_slots import BASE_URL_SLOTS, HELPER_KEY
from profiles.gateway.asking.steps import FAILED, UNREACHABLE
from tray.actions.account.amounts import moment_in
from tray.manager.views.profiles.rows import State
from tray.manager.views.times import ago, moment
from tray.manager.views.usage.budgets import bars
from tray.manager.views.words import host_of
from tray.terminal.words.setting_names import model_name, setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.gateway.check.kept_checks import CheckedStep
    from profiles.switching.reading.drift import Change
    from tray.actions.account.budgets import Budgets
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.switching.diff import OutsideChange
    from tray.actions.switching.status import Drifted
    from tray.actions.switching.switch import SlotChange
    from tray.manager.site import LastCheck
    from tray.manager.views.looking import Look

_PLACES = {"keyring": "In the system keyring", "vault": "In the vault"}
_ELSEWHERE = {
    "env": "In an environment variable", "file": "In a file of yours", "cmd": "From a command of yours",
    "op": "In 1Password",
}  # fmt: skip


class Compared(NamedTuple):
    """A setting of which two values are shown side by side; `strange`: its new host is marked."""

    name: str
    spelled: str
    before: str
    after: str
    strange: tuple[str, str, str] | None


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


def _failed(check: LastCheck) -> CheckedStep | None:
    """The step of a check that failed."""
    steps = check.found.steps if check.found is not None else ()
    return next((step for step in steps if step.verdict == FAILED), None)


def _gateway(check: LastCheck | None) -> State:
    if check is None or check.found is None:
        return State("none", "Checking…" if check and not check.problem else "Not checked yet")
    failed, answered = _failed(check), None
    if failed is not None and check.found.exit_code == UNREACHABLE:
        return State("bad", "No answer", f"{ago(check.began_at).capitalize()}: {failed.text}")
    answered = next((step for step in check.found.steps if step.step == "gateway"), None)
    if answered is None:
        return State(
            "none", "Not asked", f"{ago(check.began_at).capitalize()}: {failed.text if failed else ''}"
        )
    took = f"Answers in {answered.ms} ms" if answered.ms is not None else "Answers"
    return State("ok", took, f"Checked {ago(check.began_at)}")


def _key(each: Glanced, check: LastCheck | None) -> State:
    place = key_place(each)
    where = f"{place}, and in the settings file in clear text" if each.key_in_file else f"{place}, in no file"
    if each.key_is_there is False:
        return State("bad", "Missing", f"The profile names “{each.key.partition(':')[2]}”, none is stored")
    if check is None or check.found is None:
        known = {True: "Stored", None: "Not tested yet"}[each.key_is_there]
        return State("ok" if each.key_is_there else "none", known, where)
    gateway = next((step for step in check.found.steps if step.step == "gateway"), None)
    if gateway is None or check.found.exit_code == UNREACHABLE:
        return State("none", "Not tested", where)
    return (
        State("bad", "Not accepted", gateway.text)
        if gateway.verdict == FAILED
        else State("ok", "Accepted", where)
    )


def step_rows(look: Look, name: str, steps: Sequence[CheckedStep]) -> list[CheckedStep]:
    """The steps of a check in a person's words: where the key lies, and no reference that leads to it."""
    each = next((row for row in look.profiles if row.name == name), None)
    found = [step._replace(step=step.step[:1].upper() + step.step[1:]) for step in steps]
    if each is None:
        return found
    where = key_place(each)
    return [
        step._replace(text=f"read {where[:1].lower()}{where[1:]}") if step.text == each.key else step
        for step in found
    ]


def key_place(each: Glanced) -> str:
    """Where its key lies, such as `In the vault`."""
    scheme = each.key.partition(":")[0]
    return _PLACES.get(each.key_stored_in or "") or _ELSEWHERE.get(scheme, "Elsewhere")


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
        Compared(setting_name(row.slot), spelled(row.slot), row.before, row.after, None) for row in changes
    ]


def written_rows(writes: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """All that a profile writes: what people call it, what Claude Code calls it, and the value, masked."""
    return [(setting_name(slot), spelled(slot), value) for slot, value in writes.items()]


def alarm(look: Look) -> dict[str, str]:
    """What the alarm says: what would become of the key, what restoring is called, and what became of it."""
    alarming = [row for row in look.status.drift if row.alarming]
    address = next((row for row in alarming if row.slot in BASE_URL_SLOTS.values()), None)
    helper = any(row.slot == HELPER_KEY for row in alarming)
    label = look.active_label
    button = f"Restore {host_of(address.expected)}" if address and address.expected else f"Restore {label}"
    if helper and address is None:
        title = "Claude Code would run another program for its key"
        what = "changed the program that hands your Portkey key to Claude Code"
    elif all(row.surrounding for row in alarming):
        title, what = "Others could read your key", "changed how Claude Code’s requests travel"
    else:
        title = "Your key would go to another address"
        what = "changed where Claude Code sends its requests. Your Portkey key travels with each of them"
    return {"title": title, "what": what, "button": button, "sent": _sent(look)}


def _sent(look: Look) -> str:
    """Whether the key went out, as far as the guard's record tells."""
    mine = [each for each in look.status.refused if each.profile == look.status.active]
    if mine and mine[0].given:
        return f"The key may have been sent to {mine[0].host or 'it'} at {moment(mine[0].at)}: replace it."
    if mine:
        return f"The key was not given to it: Claude Code asked at {moment(mine[0].at)}, and was refused."
    if look.active is not None and look.active.key_in_file and look.status.sessions:
        running = counted(look.status.sessions, "running session")
        return f"The key may have been sent: {running} read the settings, and the key is in them."
    return ""
