"""schema: a profile file, as editors want it described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.files.json_documents import shown
from tray.terminal.results import Report

if TYPE_CHECKING:
    from tray.app import App


def schema(app: App) -> Report:
    """The JSON Schema of a profile file, for editors."""
    from profiles.profile.schema.model import Profile

    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Profile.model_json_schema()}
    return Report(document, raw=shown(document))
