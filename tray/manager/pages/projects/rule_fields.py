"""What was typed of a rule, and what is wrong with it: by the same checks as the command's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, UsageError
from profiles.projects.rules.rules import Rule, checked
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from profiles.base.errors import PkccError
    from tray.manager.answering.form import Form


def typed_rule(fields: Form) -> tuple[Rule, list[FieldError]]:
    """The rule that was typed, and what is wrong with it."""
    path, profile = fields.pasted("folders"), fields.text("profile") or None
    rule = Rule(path, profile, dict(fields.pairs("metadata")), fields.is_ticked("exclude"))
    if not path:
        return rule, [FieldError("folders", "Say which folders, such as ~/work/acme/**")]
    try:
        checked(Rule(path, metadata={"any": "pair"}))
    except UsageError as error:
        return rule, [FieldError.of("folders", error)]
    try:
        checked(rule)
    except UsageError:
        return rule, [
            FieldError("profile", "Choose a profile, or add metadata: without both it does nothing")
        ]
    except ValueError as error:
        return rule, [FieldError("metadata", f"Metadata: {error}")]
    return rule, []


def refused(error: PkccError) -> FieldError:
    """What an action said of a rule, beside the field that it is about."""
    return FieldError("folders" if isinstance(error, ConflictError) else "profile", f"{error.title}.")
