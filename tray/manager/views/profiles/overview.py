"""The overview's card and rows, made from what actions found. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from profiles.claude_code.owned_slots import BASE_URL_SLOTS, HELPER_KEY
from tray.manager.views.times import ago, moment
from tray.manager.views.words import host_of, model_in_short
from tray.terminal.words.setting_names import model_name, setting_name, spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.gateway.check.kept_checks import CheckedStep
    from tray.actions.more.glance.profiles import Glanced
    from tray.actions.switching.diff import OutsideChange
    from tray.actions.switching.status import Drifted
    from tray.actions.switching.switch import SlotChange
    from tray.manager.site import LastCheck
    from tray.manager.views.looking import Look

COMPACT_FROM = 13
_PLACES = {"keyring": "In the system keyring", "vault": "In the vault"}
_ELSEWHERE = {
    "env": "In an environment variable", "file": "In a file of yours", "cmd": "From a command of yours",
    "op": "In 1Password",
}  # fmt: skip


class State(NamedTuple):
    """Words with an icon: `kind` is ok, warn, bad or none."""

    kind: str
    text: str
    more: str = ""


class Row(NamedTuple):
    """A profile's row."""

    name: str
    label: str
    in_use: str  # "", `use`, or `changed` where its settings were
    route: str
    models: str
    metadata: str
    warning: str
    state: State | None
    can_switch: bool
    needs_key: bool
    problem: str
    remedy: str
    search: str


class Compared(NamedTuple):
    """A setting of which two values are shown side by side; `strange`: its new host is marked."""

    name: str
    spelled: str
    before: str
    after: str
    strange: tuple[str, str, str] | None


def rows(look: Look) -> list[Row]:
    """All profiles, in the order of their names."""
    return [_row(look, each) for each in look.profiles]


def _row(look: Look, each: Glanced) -> Row:
    active = each.name == look.status.active
    changed = active and (look.is_alarming or (bool(look.status.drift) and not look.is_left))
    models = _models_in_short(each)
    metadata = ", ".join(f"{name}={value}" for name, value in each.metadata)
    retires = each.retires
    warning = "" if retires is None else "Model is retired" if retires.is_past else "Model retires soon"
    blocked = bool(each.problem) or each.key_is_there is False or look.status.condition == "unparsable"
    return Row(
        each.name,
        each.label,
        ("changed" if changed else "use") if active else "",
        each.route,
        models,
        metadata,
        warning,
        key_state(each, look.checks.get(each.name)),
        not active and not blocked,
        each.key_is_there is False and not each.problem,
        each.problem,
        each.remedy,
        " ".join((each.label, each.name, each.route, *(model for _, model in each.models), metadata)).lower(),
    )


def _models_in_short(each: Glanced) -> str:
    names = list(dict.fromkeys(model_in_short(model) for _, model in each.models))
    if not names:
        return "" if each.problem else "Claude Code’s models"
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def key_state(each: Glanced, check: LastCheck | None) -> State | None:
    """What is known of a profile's key and gateway, in three words."""
    if each.problem:
        return State("bad", "Cannot be read")
    if each.key_is_there is False:
        return State("bad", "No key yet")
    if check is None:
        return None
    if check.problem:
        return State("bad", f"Not checked {ago(check.began_at)}")
    if check.found is None:
        return State("none", "Checking…")
    if check.found.exit_code:
        return State("bad", f"Failed {ago(check.began_at)}")
    return State("ok", f"Checked {ago(check.began_at)}")


def facts(look: Look, each: Glanced) -> dict[str, object]:
    """The facts below the name of the profile in use."""
    check = look.checks.get(each.name)
    return {
        "gateway": _gateway(check),
        "key": _key(each, check),
        "models": [(model_name(field), model) for field, model in each.models],
    }


def _gateway(check: LastCheck | None) -> State:
    if check is None or check.found is None:
        return State("none", "Checking…" if check and not check.problem else "Not checked yet")
    steps = {step.step: step for step in check.found.steps}
    failed = next((step for step in check.found.steps if step.verdict == "failed"), None)
    answered = steps.get("gateway")
    if failed is not None and (answered is None or answered.verdict == "failed"):
        return State("bad", "No answer", f"{ago(check.began_at).capitalize()}: {failed.text}")
    took = f"Answers in {answered.ms} ms" if answered is not None and answered.ms is not None else "Answers"
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
    if check.found.exit_code == 0 and gateway is not None:
        return State("ok", "Accepted", where)
    return State("none", "Not tested", where)


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


def compared(drift: list[Drifted]) -> list[Compared]:
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
