"""What was typed of a project, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import NotFoundError
from profiles.base.light_typing import OMITTED
from profiles.profile.schema.fields import check_new_metadata
from profiles.projects.project_scope import UnsafeError
from tray.actions.projects.register import Change
from tray.manager.views.fields import FieldError
from tray.manager.views.projects.one import KEEP, NONE
from tray.manager.views.projects.rows import in_words

if TYPE_CHECKING:
    from profiles.base.errors import PkccError
    from profiles.base.light_typing import Omitted
    from profiles.switching.memory.project_registry import Project, Team
    from tray.actions.projects.register import TeamWishes
    from tray.manager.answering.form import Form


def refused(error: PkccError, home: str) -> FieldError:
    """What an action said of a project, beside the field that it is about."""
    if isinstance(error, NotFoundError):
        return FieldError("profile", in_words(f"{error.title}.", home))
    hint = error.hint
    if isinstance(error, UnsafeError) and "--exclude" in hint:
        hint = "Tick “Let git ignore the file that is written”, or have git ignore it yourself."
    return FieldError("exclude", in_words(f"{error.title}. {hint}".rstrip(), home))


def typed_change(fields: Form, known: Project, wishes: TeamWishes) -> tuple[Change, list[FieldError]]:
    """What is to become of the project, with the metadata that was typed alone; and what is wrong there."""
    profile, pairs = fields.text("profile"), dict(fields.pairs("metadata"))
    errors = []
    try:
        check_new_metadata(pairs)
    except ValueError as error:
        errors.append(FieldError("metadata", f"Metadata: {error}"))
    team = _team(fields.text("team"), wishes)
    if team == "changed":
        errors.append(FieldError("team", "The team’s file was changed meanwhile: look at it again"))
    metadata = {**dict.fromkeys(known.metadata, ""), **pairs}
    follow, exclude = not profile, fields.is_ticked("exclude")
    return Change(
        profile or None, follow, metadata, OMITTED if isinstance(team, str) else team, exclude
    ), errors


def _team(chosen: str, wishes: TeamWishes) -> Team | Omitted | str | None:
    """What is trusted from now on; `changed` where that is not what was seen."""
    if chosen in ("", KEEP):
        return OMITTED
    if chosen == NONE:
        return None
    return wishes.new if wishes.new is not None and wishes.new.digest == chosen else "changed"
