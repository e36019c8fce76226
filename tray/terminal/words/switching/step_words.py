"""What a step did to profiles, projects and rules, in plain words: done, and being done. Pure."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple
from profiles.base.text import printable


class StepWords(NamedTuple):
    """Such as "Added Work", and "adding Work"."""

    done: str
    doing: str


# By a step's action; "{}" is what it was done to.
_WORDS = {
    "add": StepWords("Added {}", "adding {}"),
    "copy": StepWords("Made {}", "making {}"),
    "import": StepWords("Imported {}", "importing {}"),
    "edit": StepWords("Edited {}", "editing {}"),
    "set": StepWords("Edited {}", "editing {}"),
    "rename": StepWords("Renamed {}", "renaming {}"),
    "remove": StepWords("Removed {}", "removing {}"),
    "bring back": StepWords("Brought {} back", "bringing {} back"),
    "adopt": StepWords("Kept a change in {}", "keeping the change in {}"),
    "config push": StepWords("Had {} use a config at Portkey", "having {} use a config at Portkey"),
    "project add": StepWords("Added the project {}", "adding the project {}"),
    "project remove": StepWords("Removed the project {}", "removing the project {}"),
    "project sync": StepWords("Wrote projects again", "writing projects again"),
    "project rule add": StepWords("Added the rule {}", "adding the rule {}"),
    "project rule change": StepWords("Changed the rule {}", "changing the rule {}"),
    "project rule move": StepWords("Moved the rule {}", "moving the rule {}"),
    "project rule remove": StepWords("Removed the rule {}", "removing the rule {}"),
}


def step_words(action: str, what: str, profile: str) -> StepWords | None:
    """The words for a step of the journal; None where there are none, and its own (`what`) say it.

    `profile` is what people call the profile that it was about, "" for none or several of them.
    """
    words = _WORDS.get(action)
    of = profile or printable(what.removeprefix(action).strip(), 400)
    if words is None or (action == "config push" and not profile):
        return None
    if action in ("project add", "project remove"):
        of = of.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or of
    return StepWords(words.done.format(of), words.doing.format(of))
