"""Keys found in clear text: what stands where, and how each is taken out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from tray.actions.keys.in_clear import ClearKey
    from tray.manager.views.look import Look


class Way(NamedTuple):
    """A link or a button: its words and address."""

    label: str
    address: str


class FoundRow(NamedTuple):
    """A file: `kind` is warn or bad, `where` follows its name."""

    mark: str
    kind: str
    file: str
    where: str
    text: str
    links: tuple[Way, ...]
    actions: tuple[Way, ...]


def found_row(look: Look, found: ClearKey) -> FoundRow:
    """What is said of it in the list."""
    page = f"/keys/found/{found.mark}"
    links, actions = [], []
    if found.chosen:
        pass
    elif found.fix == "restore":
        actions.append(Way(f"Restore what {look.active_label} writes", "/restore"))
    elif found.fix == "import":
        links.append(Way("Make a profile of it", "/import"))
    else:
        links.append(Way("Remove the copy…" if found.fix == "remove" else "How to take it out", page))
    if found.others_read:
        actions.append(Way("Close it to other users", f"{page}/private"))
    return FoundRow(
        found.mark,
        "bad" if found.others_read or found.kind == "settings" else "warn",
        home_short(found.path, look.home),
        f", line {found.line}" if found.line and found.kind in ("shell", "project") else "",
        " ".join(_sentences(look, found)),
        tuple(links),
        tuple(actions),
    )


def _sentences(look: Look, found: ClearKey) -> list[str]:
    said = []
    if found.chosen:
        said.append(f"{look.active_label} writes its key there, as its profile says.")
    else:
        said.append(
            {
                "backup": "An old copy of the settings holds a key. Backups and searches read it, too.",
                "shell": f"Gives {named(found)} to every program that you start.",
                "project": f"Holds a key: {named(found)}.",
                "settings": f"Holds a key that no profile wrote: {named(found)}.",
            }[found.kind]
        )
    if found.keys and not found.chosen:
        said.append(f"It is the key {found.keys[0]}.")
        if found.keys[1:]:
            said[-1] = f"Stored keys in it: {', '.join(found.keys)}."
    if found.others_read:
        said.append("Other users of this computer can read it.")
    return said


def named(found: ClearKey) -> str:
    """What holds it, such as `PORTKEY_API_KEY`."""
    return ", ".join(found.what)


def steps(look: Look, found: ClearKey, *, in_git: bool) -> list[str]:
    """How it is taken out by hand, one sentence each."""
    file = home_short(found.path, look.home)
    line = f"line {found.line}" if found.line else "the line"
    stored = (
        f"It is stored already, as {found.keys[0]}: nothing is lost."
        if found.keys
        else "Store the key, if a profile is to use it."
    )
    out = [stored, f"Open {file}, and take out {line}, which has {named(found)}."]
    if found.kind == "shell":
        out.append("Start new terminals, or log out and in: programs that run keep what they were given.")
    if found.kind == "project":
        out.append(
            "Give the project a profile: the helper then hands Claude Code the key, and no file holds it."
        )
    if in_git:
        out.append("Git tracks the file, or would: if it was ever committed, the key stays in its history.")
    out.append("If others may have read it, replace the key, and delete the old one at Portkey.")
    return out
