"""What is said to words that are no command: what was meant, or where all commands stand."""

from __future__ import annotations

from difflib import get_close_matches

from profiles.base.errors import UsageError
from profiles.base.text import named
from tray.cli.verbs import BY_WORDS, VERBS

# What other programs call such a command.
_SYNONYMS = {
    "use": "switch",
    "version": "--version",
    "st": "status",
    "ls": "list",
    "rm": "remove",
    "delete": "remove",
    "new": "add",
    "disable": "off",
    "stop": "quit",
}


def unknown_verb(words: list[str]) -> UsageError:
    """Such as "There is no command 'swich'", with what may have been meant."""
    group, inside = _innermost_group(words)
    depth = len(group.split())
    if inside and (len(words) == depth or words[depth].startswith("-")):
        return UsageError(f"`pkcc-tray {group}` needs one more word", f"One of: {', '.join(inside)}.")
    if words[0].startswith("-"):
        return _unknown_option(words[0].partition("=")[0])
    typed = " ".join(words[: depth + 1])
    meant = _meant(typed, inside)
    all_of = f"`pkcc-tray {group} --help`" if inside else "`pkcc-tray --help`"
    hint = f"Did you mean `pkcc-tray {meant}`?" if meant else f"{all_of} shows all."
    return UsageError(f"There is no {named('command', typed)}", hint)


def _unknown_option(name: str) -> UsageError:
    near = get_close_matches(name, ["--json", "--config-dir", "--settings", "--debug", "--version"], n=1)
    hint = f"Did you mean {near[0]}?" if near else "See `pkcc-tray --help`."
    return UsageError(f"There is no {named('option', name)} here", hint)


def _innermost_group(words: list[str]) -> tuple[str, list[str]]:
    """Such as "key vault" and its commands, when the words begin so; ("", []) for no group."""
    for count in (2, 1):
        group = " ".join(words[:count])
        inside = [known.words for known in VERBS if known.words.startswith(group + " ")]
        if inside and len(words) >= count:
            return group, inside
    return "", []


def _meant(typed: str, inside: list[str]) -> str:
    """The command that a slip or another program's word for it stands for; "" when there is none."""
    *group, last = typed.split(" ")
    other = " ".join([*group, _SYNONYMS.get(last, last)])
    if other != typed and (other in BY_WORDS or other.startswith("-")):
        return other
    return next(iter(get_close_matches(typed, inside or BY_WORDS, n=1)), "")
