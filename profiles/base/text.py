"""Text as a message may show it: on one line, without what may be a key. Imports nothing that costs."""

from __future__ import annotations

LONGEST_SLIP = 24  # characters; what is longer and unknown may be a key, which no message repeats
# Not by strftime: a panel's toolkit may have set another language.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def named(kind: str, text: str) -> str:
    """Such as `command 'swich'`; `such command` where the word may be a key that was typed by mistake."""
    return f"{kind} {others_words(text)!r}" if len(text) <= LONGEST_SLIP else f"such {kind}"


def printable(text: str, limit: int = 80) -> str:
    """The text as it may be shown on one line of a terminal: control characters replaced, shortened."""
    shown = "".join(char if char.isprintable() else "�" for char in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def others_words(text: str, limit: int = 80) -> str:
    """What somebody else wrote, as a message of ours may quote it: printable, and none of it a command.

    What stands between backticks is one to type, and the manager leads from it to the page that does it.
    """
    return printable(text.replace("`", "'"), limit)


def is_unicode(text: str) -> bool:
    r"""Whether it holds no half of a character, such as `\ud800`, as JSON and names of files can."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def counted(number: int, noun: str) -> str:
    """Such as `1 change` or `2 changes`."""
    return f"{number} {noun}" + "s" * (number != 1)


def in_days(days: int) -> str:
    """Such as `today`, `tomorrow` or `in 3 days`."""
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def took_words(ms: float) -> str:
    """How long something took: `212 ms`, `2.0 s` from a second on, `14 s` from ten."""
    seconds = ms / 1000
    return (
        f"{ms:.0f} ms" if round(ms) < 1000 else f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    )


def os_reason(error: OSError) -> str:
    """The system's own words for an error, with no path in them."""
    return (error.strerror or type(error).__name__).lower()
