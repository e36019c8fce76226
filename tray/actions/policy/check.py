"""What is wrong with a policy's file, before it is deployed."""

from __future__ import annotations

import json
import re

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_names import shown_name
from profiles.catalogs.fetching.source import source_of
from profiles.files.json_documents import parse_json
from profiles.policy.reading.files import json_layer, property_list_layer
from profiles.policy.reading.merge import is_unknown, merged, path_words, slip_words, unknown
from profiles.policy.reading.strict import read_value
from profiles.policy.refusals import is_allowed_profile
from profiles.policy.table import BY_KEY
from profiles.portkey.config.source import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.policy.reading.layers import Layer
    from profiles.policy.reading.slips import Path
    from profiles.policy.values import Policy

_BINARY, _XML = b"bplist", b"<"  # what a property list begins with


class PolicyFinding(NamedTuple):
    """What is wrong at one place of the file, counted from 1; a property list has no such places."""

    path: str
    message: str
    line: int | None
    column: int | None


class CheckedPolicy(NamedTuple):
    """What `policy check` found in a file; `-` is standard input."""

    file: str
    findings: tuple[PolicyFinding, ...]


def check_policy(file: str, data: bytes) -> CheckedPolicy:
    """Everything that is wrong in a policy.json, a property list or a configuration profile.

    Raises PkccError, with line and column, where it is none of them.
    """
    if data.lstrip().startswith((_BINARY, _XML)):
        layer, text = property_list_layer(file, data), ""
    else:
        parse_json(file, data, unique_keys=True)
        layer, text = json_layer(file, data), data.decode(json.detect_encoding(data), "surrogatepass")
    if layer.trouble:
        raise PkccError(layer.trouble.what, "docs/policy.md says what it holds.")
    found = (_placed(text, path, message) for path, message in _wrong(layer))
    return CheckedPolicy(file, tuple(found))


def _wrong(layer: Layer) -> Iterator[tuple[Path, str]]:
    for key, raw in layer.values.items():
        if key in BY_KEY:
            for slip in read_value(BY_KEY[key], raw)[1]:
                yield (key, *slip.path), slip_words(slip)
        elif is_unknown(key):
            yield (key,), unknown(key)
    for key, counts in layer.twice.items():
        yield (key,), f"is there more than once: {shown_name(counts)} counts"
    policy = merged([layer]).policy
    yield from _refused_sources(layer.values.get("catalogs"), policy)
    if policy.required_profile and not is_allowed_profile(policy, policy.required_profile):
        yield ("required_profile",), "is not among allowed_profiles: every switch would be refused"


def _refused_sources(raw: object, policy: Policy) -> Iterator[tuple[Path, str]]:
    """What of the catalogs every machine would refuse, by what reads it there."""
    rows = raw if isinstance(raw, list) else []
    names = [row.get("name") if isinstance(row, dict) else None for row in rows]
    for each in policy.catalogs:
        if re.match(r"[A-Za-z]:[\\/]", each.source):
            continue  # a path of Windows, which another system cannot judge
        try:
            source_of(each.source, each.ref)
        except PkccError as error:
            yield ("catalogs", names.index(each.name), "source"), f"is refused everywhere: {error.title}"


def _placed(text: str, path: Path, message: str) -> PolicyFinding:
    shown = path_words(str(path[0]), path[1:])
    return PolicyFinding(shown, message, *(place_of(text, path) if text else (None, None)))
