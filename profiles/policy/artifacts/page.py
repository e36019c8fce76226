"""The keys as a table for the documents."""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy import kinds
from profiles.policy.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from profiles.policy.table import Row


def page() -> str:
    """A Markdown table: each key, what it may be, what it does, and what a wrong value is read as."""
    head = ["| key | value | what it does | until a wrong value is put right |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_row, TABLE), ""])


def _row(row: Row) -> str:
    example = json.dumps(row.example).replace("A" * 54, "…")
    value = f"{_FORMS[type(row.kind)](row.kind)}: `{example}`"
    return f"| `{row.key}`<br>`{row.spelled}` | {value} | {row.help} | {row.reads_as} |"


_FORMS: dict[type, Callable[[Any], str]] = {
    kinds.Switch: lambda _: "true or false",
    kinds.Choice: lambda kind: " or ".join(kind.words),
    kinds.Number: lambda kind: f"a whole number from {kind.least} to {kind.most}",
    kinds.ProfileName: lambda _: "a profile's name",
    kinds.Words: lambda kind: f"a list; each is {kind.item}",
    kinds.Pairs: lambda _: "texts by name",
    kinds.Fields: lambda _: "`name`, `text` and `url`",
    kinds.Catalogs: lambda _: "a list; each has `name` and `source`, and may have `keys` and `ref`",
}
