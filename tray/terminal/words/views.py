"""A result in plain words: what is printed when output is piped, and for small answers. Pure."""

from __future__ import annotations

import time

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable
from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tray.terminal.results import Result

CONDITIONS = {
    "active": "active, as it was written",
    "off": "off: no profile is active",
    "drift": "changed by something else",
    "gone": "the settings file is gone",
    "unparsable": "the settings file cannot be read",
}


def lines(result: Result) -> list[str]:
    """The lines for a result; they hold no control characters and no secret."""
    return lines_of(result.view, result.data)


def lines_of(view: str, data: dict[str, Any]) -> list[str]:
    """The lines for a view's data."""
    made = _VIEWS[view](data)
    return [line if line.isprintable() else printable(line, 10_000) for line in made]


def counted(number: int, noun: str) -> str:
    """Such as `1 change` or `2 changes`."""
    return f"{number} {noun}" + "s" * (number != 1)


def change_lines(changes: list[dict[str, Any]]) -> list[str]:
    """A masked diff: what each slot said, and says now."""
    found = []
    for change in changes:
        if change["before"]:
            found.append(f"- {change['slot']} = {change['before']}")
        if change["after"]:
            found.append(f"+ {change['slot']} = {change['after']}")
        if change.get("blank"):
            found.append(f'+ {change["slot"]} = ""')
    return found


def _switched(data: dict[str, Any]) -> list[str]:
    found = change_lines(data["changes"]) if data["dry_run"] else []
    found.append(_headline(data))
    if data["dry_run"]:
        return found
    if data["action"] == "off" and data["written"]:
        found += _off_lines(data)
    if data["replaced_outside_changes"] and data["action"] != "undo":
        count = data["replaced_outside_changes"]
        were, them = ("was", "it") if count == 1 else ("were", "them")
        found.append(
            f"{counted(count, 'value')} changed by something else {were} replaced; "
            f"`pkcc-tray undo` brings {them} back."
        )
    if data["written"]:
        found += _effect_lines(data)
    if data["projects"]:
        count = data["projects"]
        found.append(f"{counted(count, 'project')} {'was' if count == 1 else 'were'} written with it.")
    return found + _target_lines(data)


def _target_lines(data: dict[str, Any]) -> list[str]:
    """A line for each target that was served; those that failed are among the notes."""
    return [
        f"Target {row['name']} too: {row['settings']}"
        if row["written"]
        else f"Target {row['name']} was right."
        for row in data["targets"]
        if not row["problem"]
    ]


def _targets(data: dict[str, Any]) -> list[str]:
    if not data["targets"]:
        return ["No targets yet. `pkcc-tray target add NAME DIR` lets every switch serve that directory too."]
    rows = []
    for row in data["targets"]:
        state = row["problem"] or CONDITIONS[row["condition"]]
        rows.append([row["name"], row["active"] or "off", state, row["settings_path"]])
    return table(rows)


def _headline(data: dict[str, Any]) -> str:
    where, name = data["settings"], data["active"]
    if data["dry_run"]:
        return f"{counted(len(data['changes']), 'change')} in {where}; nothing was written (--dry-run)."
    if data["action"] == "tidy":
        return "The blanks are gone." if data["written"] else "There was nothing to tidy."
    if data["action"] == "undo":
        return _undone(data)
    if name is None:
        return _off(data)
    if data["project"]:
        pinned = f"{data['project']} is pinned to {name}"
        return f"{pinned}: {where}" if data["written"] else f"{pinned} already; {where} was right."
    if not data["written"]:
        return f"{name} is active already; {where} was right."
    return f"Restored {name}: {where}" if data["action"] == "restore" else f"{name} is active: {where}"


def _off(data: dict[str, Any]) -> str:
    where = data["settings"]
    if not data["written"]:
        return "No profile was active."
    return off_line(where, as_before=data["as_before"])


def off_line(where: str, *, as_before: bool) -> str:
    """What `off` made of a settings file."""
    if as_before:
        return f"Off: {where} is as it was before."
    return f"Off: {where} carries no profile any more. Your own values are back; the rest is as it is now."


def _off_lines(data: dict[str, Any]) -> list[str]:
    """What `off` left or took away beside the profile's own values."""
    found = []
    if data["left"]:
        found.append(f"Left as it is, because something else set it: {_names(data['left'])}.")
    if data["adopted"]:
        found.append(f"Gone with the profile that `adopt` took it into: {_names(data['adopted'])}.")
    return found


def _names(slots: list[str]) -> str:
    return ", ".join(slot.partition(".")[2] or slot for slot in slots)


def _undone(data: dict[str, Any]) -> str:
    name = data["active"]
    now = f"{name} is active again" if name else "no profile is active, as before"
    words = [step["what"] for step in data["undone"]]
    if [step["action"] for step in data["undone"]] in (["switch"], ["off"], ["restore"], ["tidy"]):
        return f"Undone: {now}."
    more = f"; {now}" if data["written"] else ""
    return f"Undone: {', '.join(words)}{more}."


def _effect_lines(data: dict[str, Any]) -> list[str]:
    sessions = data["sessions"]
    if not sessions:
        there = " there" if data["project"] else ""
        return [f"New Claude Code sessions{there} use it.", *_unseen_line(data)] if data["active"] else []
    follow = "follows" if len(sessions) == 1 else "follow"
    found = [f"{counted(len(sessions), 'running session')} {follow} within about 2 seconds:"]
    found += [f"  {session['directory']} (pid {session['pid']})" for session in sessions]
    if data["models_pinned"]:
        found.append("They keep the model they were started with: restart them to change it.")
    if data["blanks"]:
        stay, them = ("stays", "it") if data["blanks"] == 1 else ("stay", "them")
        values = counted(data["blanks"], "value")
        end = "it ends" if len(sessions) == 1 else "they end"
        found.append(f"{values} {stay} blank until {end}; `pkcc-tray tidy` takes {them} out then.")
    return found


def _unseen_line(data: dict[str, Any]) -> list[str]:
    """Why there are blank values though nothing runs."""
    if not data["passing_blanks"]:
        return []
    values = counted(data["passing_blanks"], "value")
    stay = "stays" if data["passing_blanks"] == 1 else "stay"
    return [f"{values} of the route before {stay} blank for an hour, for sessions that are not seen."]


def _history(data: dict[str, Any]) -> list[str]:
    if not data["steps"]:
        return ["Nothing was done yet that could be undone."]
    return history_lines(data["steps"])


def history_lines(steps: list[dict[str, Any]]) -> list[str]:
    """Steps as `history` shows them, a line each."""
    return table([step_cells(step) for step in steps])


def step_cells(step: dict[str, Any]) -> list[str]:
    """A step's number, when (in the local zone) it was done, and what it was."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(step["at"]))
    return [str(step["number"]), when, step["what"]]


def _status(data: dict[str, Any]) -> list[str]:
    profile = data["profile"]
    name = f"{data['active']}: {profile['route']}" if data["active"] and profile else "none"
    found = [
        f"profile   {name}",
        f"state     {CONDITIONS[data['condition']]}",
        f"settings  {data['settings']}",
        f"sessions  {data['sessions']} running",
    ]
    found += drift_lines(data) + hint_lines(data)
    if data["effective"]:
        found += ["", f"A new session in {data['directory']} would use:"]
        found += table([effective_cells(row) for row in data["effective"]], "  ")
    return found


def effective_cells(row: dict[str, Any]) -> list[str]:
    """Slot, who decides it, and the value, with the values it wins over."""
    losers = "".join(f" (not {kind}: {value})" for kind, value in row["losers"])
    alarm = "  <- a project's file decides this" if row["alarming"] else ""
    return [row["slot"], row["source"], (row["value"] or "(blank)") + losers + alarm]


def drift_lines(data: dict[str, Any]) -> list[str]:
    """Each value that was changed by something else, the dangerous ones named as such."""
    found = []
    for row in data["drift"]:
        decides = "who can read your key" if row["surrounding"] else "where your key goes"
        alarm = f"  <- this decides {decides}" if row["alarming"] else ""
        alarm += _by_dialog(row)
        was, now = row["expected"] or "(nothing)", row["actual"] or "(nothing)"
        found.append(f"  {row['kind']}: {row['slot']}: {was} → {now}{alarm}")
    return found


def _by_dialog(row: dict[str, Any]) -> str:
    """A remark on a model that Claude Code itself offered, and changed when it was told to."""
    if not row.get("dialog"):
        return ""
    lost = (
        ", which dropped the provider" if row.get("expected", row.get("before", "")).startswith("@") else ""
    )
    return f"  <- Claude Code's own dialog changed the {row['dialog']} model{lost}"


def hint_lines(data: dict[str, Any]) -> list[str]:
    """What to do next, when something is not as it should be."""
    found = []
    if data["matches"]:
        match = data["matches"]
        found.append(
            f"These are the settings of {match!r}: `pkcc-tray switch {match}` makes it the active one."
        )
    elif data["condition"] == "gone":
        found.append("`pkcc-tray restore` writes the profile again, `pkcc-tray off` leaves it so.")
    elif data["drift"]:
        found += _drift_hints(data)
    if data["edited_since"]:
        found.append(f"The profile was edited since: `pkcc-tray switch {data['active']}` puts that in force.")
    if data["blanks"] and not data["sessions"]:
        found.append(_blanks_line(data))
    return found


def _drift_hints(data: dict[str, Any]) -> list[str]:
    """What answers changes from outside: each sentence only where it would work."""
    rows = data["drift"]
    accept = f"`pkcc-tray switch {data['active']}` accepts what is there now"
    if all(row["by_hand"] for row in rows):
        return [f"A login was in it, so it was not kept: put it back by hand, or {accept}."]
    if all(row["surrounding"] for row in rows):
        return [f"`pkcc-tray restore` puts back what was there at the switch, {accept}."]
    restore = "`pkcc-tray restore` writes the profile again"
    if any(row["alarming"] for row in rows):
        return [f"{restore}."]  # `adopt` refuses here, and says what to do where the address is one's own
    return [f"{restore}, `pkcc-tray adopt` takes the changes into it."]


def _blanks_line(data: dict[str, Any]) -> str:
    values = counted(data["blanks"], "blank value")
    one = data["blanks"] == 1
    if data["blanks_until"] is None:
        return f"{values} {'is' if one else 'are'} no longer needed: `pkcc-tray tidy`."
    when = time.strftime("%H:%M", time.localtime(data["blanks_until"]))
    return f"{values} {'protects' if one else 'protect'} sessions that are not seen, until {when}."


def _sessions(data: dict[str, Any]) -> list[str]:
    if not data["sessions"]:
        return ["No Claude Code session is running."]
    return table([session_cells(row) for row in data["sessions"]])


def session_cells(row: dict[str, Any]) -> list[str]:
    """One session's columns; the last says what decides, and what a restart would change."""
    remarks = [_decider(row)]
    restarted = row["restarted"]
    if _route_words(restarted) != _route_words(row):
        remarks.append(f"restarted: {_route_words(restarted)} {_decider(restarted)}".rstrip())
    if row["model_pinned"] is not None:
        remarks.append(f"keeps its model {row['model_pinned']}".rstrip())
    if row["elsewhere"]:
        remarks.append("on another system (a container, a virtual machine, another host)")
    told = "; ".join(filter(None, remarks))
    return [str(row["pid"]), row["version"], row["directory"], _route_words(row), told]


def _route_words(route: dict[str, Any]) -> str:
    if not route["route"]:
        return "not through Portkey"
    words = f"{route['dialect']} · {route['route']}"
    return f"{route['profile']}: {words}" if route["profile"] else words


def _decider(route: dict[str, Any]) -> str:
    if route["decided_by"] in ("exec", "shell"):
        return {"exec": "by pkcc-tray exec", "shell": "by the shell's variables"}[route["decided_by"]]
    return f"by {route['decided_by_file']}" if route["decided_by"] else ""


def _diff(data: dict[str, Any]) -> list[str]:
    if not data["changes"]:
        same = (
            f"A switch to {data['against']} would change nothing."
            if data["against"]
            else "Nothing was changed since the profile was written."
        )
        return [same]
    remarks = [f"{row['slot']}:{_by_dialog(row)}" for row in data["changes"] if row.get("dialog")]
    return change_lines(data["changes"]) + remarks


_VIEWS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "adopted": lambda data: [
        f"Took {counted(len(data['adopted']), 'change')} into {data['name']}: {', '.join(data['adopted'])}"
    ],
    "diff": _diff,
    "history": _history,
    "sessions": _sessions,
    "status": _status,
    "status_short": lambda data: [
        (data["active"] or "off") + ("" if data["condition"] in ("active", "off") else "!")
    ],
    "switched": _switched,
    "target_added": lambda data: [
        f"Target {data['name']}: {data['settings_path']}",
        "The next `pkcc-tray switch` serves it too.",
    ],
    "target_removed": lambda data: [f"{data['settings_path']} is no target any more."],
    "targets": _targets,
}
