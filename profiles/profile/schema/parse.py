"""From a profile's JSON to its model, or to what is wrong with it, field by field, in plain words."""

from __future__ import annotations

from pydantic import ValidationError

from profiles.claude_code.owned_slots import DISCOVERY, MODEL_KEYS, MODEL_ROWS, ROWS_OWNED
from profiles.claude_code.variable_values import is_on
from profiles.profile.schema.model import SCHEMA_VERSION, Profile


class FieldError(Exception):
    """A profile's data is wrong: `path` to the field and a message in plain words, for the first problem."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems[0][1])
        self.problems = problems

    def text(self) -> str:
        """The problems, all on one line."""
        return "; ".join(f"{path}: {message}" if path else message for path, message in self.problems)


def parse_profile(data: object, *, stored: bool = False) -> Profile:
    """The profile that the data describes. Raises FieldError with paths; values are never repeated.

    With `stored` what a version before took for plain text may stay, though its name is a secret's by now.
    """
    if not isinstance(data, dict):
        raise FieldError([("", "a profile is a JSON object")])
    version = data.get("schema_version", SCHEMA_VERSION)
    if type(version) is not int:  # true == 1
        raise FieldError([("schema_version", "must be 1 or 2")])
    if version > SCHEMA_VERSION:
        raise FieldError(
            [
                (
                    "schema_version",
                    f"is {version}, but this pkcc-tray knows only up to {SCHEMA_VERSION}: update it",
                )
            ]
        )
    try:
        return Profile.model_validate(_lifted(data), context={"stored": True} if stored else None)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise FieldError(
            [_plain(problem["loc"], problem["type"], problem["msg"]) for problem in found]
        ) from None
    except RecursionError:
        raise FieldError([("", "is nested too deeply")]) from None


def _lifted(data: dict[str, object]) -> dict[str, object]:
    """The data with a field for each variable that had none in version 1 and stood in `extra_env` there."""
    extra = data.get("extra_env")
    if not isinstance(extra, dict) or ROWS_OWNED.isdisjoint(extra):
        return data
    lifted = {**data, "extra_env": {name: text for name, text in extra.items() if name not in ROWS_OWNED}}
    for field, names in {**MODEL_ROWS, "models": {"custom": MODEL_KEYS["custom"]}}.items():
        found = {row: extra[name] for row, name in names.items() if name in extra}
        own = data.get(field) or {}
        if found and isinstance(own, dict):
            lifted[field] = {**found, **own}
    if DISCOVERY in extra and is_on(str(extra[DISCOVERY])):
        lifted.setdefault("model_discovery", True)
    return lifted


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of a profile",
    "string_type": "must be text in double quotes",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "bool_type": "must be true or false",
    "union_tag_not_found": "needs `kind`: virtual_key, provider, config or none",
    "union_tag_invalid": "`kind` must be virtual_key, provider, config or none",
}


def _plain(location: tuple[int | str, ...], kind: str, message: str) -> tuple[str, str]:
    # The tag of the route's union stands in the location but in no file.
    tags = ("virtual_key", "provider", "config", "none")
    parts = [
        str(part)
        for index, part in enumerate(location)
        if not (index == 1 and location[0] == "route" and part in tags) and part != "[key]"
    ]
    message = _WORDS.get(kind, message.removeprefix("Value error, "))
    field, colon, rest = message.partition(": ")
    if not parts and colon and field in Profile.model_fields:
        return field, rest
    if message.startswith("Input should be "):
        message = "must be " + message.removeprefix("Input should be ")
    return ".".join(parts), message
