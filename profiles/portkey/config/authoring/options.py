"""The fields that a config or one of its targets can be given, with how each is read: one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from profiles.base.errors import UsageError
from profiles.portkey.config.authoring.typed import (
    label,
    milliseconds,
    pair,
    refuse_secret,
    seconds,
    statuses,
    whole_number,
)
from profiles.portkey.config.secrets import Path

Read = Callable[[str, str], Any]  # of the option's name and one word


class Field(NamedTuple):
    """A field. `many`: its words make a list (`list`), or an object (`object`); else there is one word.

    `form` is how its value is shown in the help, `words` are all that it can be, where they are few.
    """

    option: str
    path: tuple[str, ...]
    form: str
    meaning: str
    read: Read
    many: str = ""
    words: tuple[str, ...] = ()


def _text(option: str, text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise UsageError(f"{option} takes a word", "See `pkcc-tray config new --help`.")
    return text


def _reference(option: str, text: str) -> str:
    refuse_secret("api_key", text)
    return _text(option, text)


def _yes(option: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise UsageError(f"{option} takes on or off", f"Such as: {option} on")
    return text == "on"


FIELDS = (
    Field("--override", ("override_params",), "NAME=VALUE", "put in place of what a request says, such as "
          "model=claude-sonnet-5-5", pair, "object"),
    Field("--preset", ("default_params",), "NAME=VALUE", "for requests that do not say it", pair, "object"),
    Field("--drop", ("drop_params",), "NAME", "parameters that are left out", _text, "list"),
    Field("--retry", ("retry", "attempts"), "3", "retry the same target, up to 5 times", whole_number),
    Field("--retry-on", ("retry", "on_status_codes"), "429,5xx", "only on these (this is the default)",
          statuses),
    Field("--retry-after", ("retry", "use_retry_after_headers"), "on",
          "wait as long as the provider says (on or off)", _yes, words=("on", "off")),
    Field("--cache", ("cache", "mode"), "simple",
          "cache answers, for the same request or for a similar one (semantic)", _text,
          words=("simple", "semantic")),
    Field("--max-age", ("cache", "max_age"), "1h", "how long answers are cached", seconds),
    Field("--timeout", ("request_timeout",), "30s", "give up after so long (status 408)", milliseconds),
    Field("--custom-host", ("custom_host",), "URL", "where the provider is, if not at its usual place",
          _text),
    Field("--key-ref", ("api_key",), "REF", "where the provider's key lies, such as keyring:NAME",
          _reference),
    Field("--forward", ("forward_headers",), "HEADER", "header lines of the client's that are forwarded "
          "(default: anthropic-beta, where a target may be Anthropic's)", _text, "list"),
    Field("--guard-request", ("input_guardrails",), "ID", "guardrails that check requests", _text, "list"),
    Field("--guard-answer", ("output_guardrails",), "ID", "guardrails that check answers", _text, "list"),
    Field("--metadata", ("metadata",), "NAME=VALUE", "labels for the logs", label, "object"),
)  # fmt: skip


def option_of(path: Path) -> str:
    """The option by which the field at that path of a config is given, such as `--retry`; "" without one."""
    names = tuple(step for step in path if isinstance(step, str) and step != "targets")
    return next((field.option for field in FIELDS if field.path == names[: len(field.path)]), "")


def put(level: dict[str, Any], field: Field, words: Sequence[str]) -> None:
    """Give a level what was typed for the field. Raises UsageError for words that are none of its."""
    if not words or (not field.many and len(words) > 1):
        raise UsageError(
            f"{field.option} takes one value, such as {field.form}",
            "A word before it is one of the targets, spelled as it was typed.",
        )
    *above, last = field.path
    place = level
    for name in above:
        place = place.setdefault(name, {})
    if field.many == "object":
        place[last] = {**place.get(last, {}), **dict(field.read(field.option, word) for word in words)}
    elif field.many == "list":
        names = [each for word in words for each in word.split(",") if each]
        place[last] = [*place.get(last, []), *(field.read(field.option, name) for name in names)]
    else:
        place[last] = field.read(field.option, words[0])
