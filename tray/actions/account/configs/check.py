"""What is wrong in a Portkey config file."""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import parse_json
from profiles.portkey.config.findings import WHOLE, Finding, path_of, path_text
from profiles.portkey.config.secrets import reference_fields, refused_in_file
from profiles.portkey.config.source import place_of, unwrapped
from profiles.profile.config.file import shown_name

if TYPE_CHECKING:
    from profiles.portkey.config.secrets import Path


class PlacedFinding(NamedTuple):
    """A `Finding`, and where in the file it is, counted from 1."""

    level: str
    path: str
    message: str
    line: int | None
    column: int | None


class CheckedConfig(NamedTuple):
    """What `config check` found in a file; `-` is standard input."""

    file: str
    findings: tuple[PlacedFinding, ...]


def check_config_text(file: str, data: bytes, *, self_hosted: bool) -> CheckedConfig:
    """Every error and warning about the config in `file`, or in the answer of Portkey's API that it holds.

    Raises PkccError, with line and column, where that is no JSON.
    """
    from profiles.portkey.config.config import check_config  # with pydantic: half a second

    around, config = unwrapped(parse_json(shown_name(file), data))
    commands = [
        Finding("error", path_text(place), why)
        for place, reference in reference_fields(config if isinstance(config, dict) else {})
        if (why := refused_in_file(reference))
    ]
    text = data.decode(json.detect_encoding(data), "surrogatepass")  # as JSON was read
    found = (*check_config(config, self_hosted=self_hosted), *commands)
    return CheckedConfig(file, tuple(_placed(finding, text, around) for finding in found))


def _placed(finding: Finding, text: str, around: Path) -> PlacedFinding:
    if finding.path == WHOLE:
        return PlacedFinding(*finding, None, None)
    return PlacedFinding(*finding, *place_of(text, (*around, *path_of(finding.path))))
