"""What a check finds, step by step, and how a foreign text is made fit to be shown beside a secret."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import MASK
from profiles.base.text import others_words
from profiles.gateway.asking.echoes import repeats, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from profiles.base.secret import Secret

OK, WARN, FAILED = "ok", "warn", "failed"
UNREACHABLE, NO_KEY, REFUSED = 1, 5, 6  # exit codes of a failed step

_SHORTEST = 8  # characters; a shorter secret would take letters out of our own words
_SHOWN = 120  # characters of a foreign text


class Step(NamedTuple):
    """One finding: `step` names what was looked at, `verdict` is ok, warn or failed.

    `text` and `hint` are one line each and hold no secret; `ms` is how long it took, None where nothing was
    waited for; `exit_code` is 0 unless it failed.
    """

    step: str
    verdict: str
    text: str
    hint: str = ""
    ms: int | None = None
    exit_code: int = 0


class Veil:
    """Keeps secrets out of what is shown."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._secrets = [secret.reveal() for secret in secrets]

    def quote(self, text: str) -> str:
        """A server's text on one line, shortened; "" when a piece of a secret is in it, however spelled.

        A server may repeat a key encoded, with marks between its letters, in another case, or cut short.
        """
        if any(repeats(text, secret) for secret in self._secrets):
            return ""
        return others_words(" ".join(text.split()), _SHOWN)

    def over(self, step: Step) -> Step:
        """The step with dots for every secret: nothing of ours puts one there, and this makes sure."""
        return step._replace(text=self._masked(step.text), hint=self._masked(step.hint))

    def over_json(self, data: bytes, plain: Any) -> Any:
        """What a server's JSON says, null in the place of each text with a whole secret in it.

        None for the whole where it is nested too deeply to be gone through.
        """
        whole = [each for secret in self._secrets if len(secret) >= _SHORTEST for each in spellings(secret)]
        if b"\\" not in data and not any(each.encode() in data for each in whole):
            return plain  # nearly all: a long list need not be gone through

        def without(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: without(inner) for name, inner in value.items() if without(name) is not None}
            if isinstance(value, list):
                return [without(inner) for inner in value]
            return None if isinstance(value, str) and any(each in value for each in whole) else value

        try:
            return without(plain)
        except RecursionError:
            return None

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            for spelling in spellings(secret) if len(secret) >= _SHORTEST else ():
                text = text.replace(spelling, MASK)
        return text
