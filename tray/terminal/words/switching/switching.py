"""The lines of what changes the settings: switch, off, restore, tidy, undo, adopt. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import counted

if TYPE_CHECKING:
    from tray.actions.switching.adopting.adopt import Adopted
    from tray.actions.switching.switched import Switched


def switched_lines(done: Switched) -> list[str]:
    """What is in use now, and what follows for sessions, projects and targets."""
    if done.dry_run:
        from tray.terminal.words.switching.changes import change_lines

        return [*change_lines(done.changes, done.header_order), _headline(done)]
    found = [_headline(done)]
    if done.action == "off" and done.written:
        found += _off_lines(done)
    if done.replaced and done.action != "undo":
        were, them = ("was", "it") if len(done.replaced) == 1 else ("were", "them")
        back = "" if _decides(done.replaced) else f"; `pkcc-tray undo` brings {them} back"
        found.append(
            f"{counted(len(done.replaced), 'value')} changed by something else {were} replaced: "
            f"{_names(done.replaced)}{back}."
        )
    if done.written and not done.dropped:
        found += _effect_lines(done)
    if done.projects:
        count = done.projects
        found.append(f"{counted(count, 'project')} {'was' if count == 1 else 'were'} written with it.")
    return found + _target_lines(done)


def _target_lines(done: Switched) -> list[str]:
    """A line for each target that was served; those that failed are among the notes."""
    return [
        f"Target {row.name} too: {row.settings}" if row.written else f"Target {row.name} was right."
        for row in done.targets
        if not row.problem
    ]


def _headline(done: Switched) -> str:
    where, name = done.settings, done.active
    if done.dry_run:
        count = len(done.changes) + bool(done.header_order)
        return f"{counted(count, 'change')} in {where}; nothing was written (--dry-run)."
    if done.action == "tidy":
        return "The empty values are gone." if done.written else "There was nothing to tidy."
    if done.action == "undo":
        return _undone(done)
    if name is None:
        if not done.written:  # nor where something else took the whole file away
            return f"Off already: {where} carries no profile."
        return off_line(where, as_before=done.as_before)
    if done.project:
        pinned = f"{done.project} is pinned to {name}"
        if done.dropped:
            return f"{pinned}, but that is not in force: {where}"
        return f"{pinned}: {where}" if done.written else f"{pinned} already; {where} was right."
    if done.dropped:
        return f"{name} is written, but not in force: {where}"
    if not done.written:
        return f"{name} is in use already; {where} was right."
    return f"Restored {name}: {where}" if done.action == "restore" else f"{name} is in use: {where}"


def off_line(where: str, *, as_before: bool) -> str:
    """That a settings file carries no profile any more."""
    if as_before:
        return f"Off: {where} is as it was before."
    return f"Off: {where} carries no profile any more. Your own values are back; the rest is as it is now."


def _off_lines(done: Switched) -> list[str]:
    """What `off` left or took away beside the profile's own values."""
    found = []
    if done.left:
        found.append(f"Left as it is, because something else set it: {_names(done.left)}.")
    if done.adopted:
        found.append(f"Gone with the profile that `adopt` took it into: {_names(done.adopted)}.")
    return found


def _decides(slots: list[str]) -> bool:
    """Whether one of them says where the key goes: what something else set there is not to come back."""
    from profiles.claude_code.owned_slots import KEY_SLOTS

    return not KEY_SLOTS.isdisjoint(slots)


def _names(slots: list[str]) -> str:
    from profiles.claude_code.owned_slots import name_in

    return ", ".join(map(name_in, slots))


def _undone(done: Switched) -> str:
    now = f"{done.active} is in use again" if done.active else "no profile is in use, as before"
    actions = [step.action for step in done.undone]
    if actions == ["restore"]:
        return "Undone: the settings are as something else had left them."
    if actions == ["switch"] and done.undone[0].name == done.undone[0].from_ == done.active:
        again = f"`pkcc-tray switch {done.active}` writes it as it is now"
        return f"Undone: the settings have {done.active} as they had it before; {again}."
    if actions in (["switch"], ["off"], ["tidy"]):
        return f"Undone: {now}."
    more = f"; {now}" if done.written else ""
    return f"Undone: {', '.join(step.what for step in done.undone)}{more}."


def _effect_lines(done: Switched) -> list[str]:
    sessions = done.sessions
    if not sessions:
        there = " there" if done.project else ""
        return [f"New Claude Code sessions{there} use it.", *_unseen_line(done)] if done.active else []
    follow = "follows" if len(sessions) == 1 else "follow"
    found = [f"{counted(len(sessions), 'running session')} {follow} within about 2 seconds:"]
    found += [f"  {session.directory} (pid {session.pid})" for session in sessions]
    if done.models_pinned:
        found.append("They keep the model they were started with: restart them to change it.")
    if done.blanks:
        stay, them = ("stays", "it") if done.blanks == 1 else ("stay", "them")
        values = counted(done.blanks, "value")
        end = "it ends" if len(sessions) == 1 else "they end"
        found.append(f"{values} {stay} empty until {end}; `pkcc-tray tidy` takes {them} out then.")
    return found


def _unseen_line(done: Switched) -> list[str]:
    """Why there are blank values though nothing runs."""
    if not done.passing_blanks:
        return []
    values = counted(done.passing_blanks, "value")
    stay = "stays" if done.passing_blanks == 1 else "stay"
    return [f"{values} of the route before {stay} empty for an hour, for sessions that are not seen."]


def adopted_lines(done: Adopted) -> list[str]:
    """What was taken into the profile."""
    return [f"Took {counted(len(done.adopted), 'change')} into {done.name}: {', '.join(done.adopted)}"]
