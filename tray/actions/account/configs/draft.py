"""A config that is being made or changed in a window: as text, and what is wrong in it. Without secrets."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.base.secret_markers import MASK
from profiles.base.secret_names import looks_like_key
from profiles.files.json_documents import parse_json, shown
from profiles.gateway.account.names import is_managed
from profiles.portkey.config.explaining.difference import dots_in, masked
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.findings import WHOLE, path_of, path_text
from profiles.portkey.config.limits import not_json
from profiles.portkey.config.secret_texts import hidden_texts, without_secrets
from profiles.portkey.config.secrets import is_about_file, is_reference, is_secret_field, secret_fields
from profiles.portkey.config.source import place_of
from tray.actions.account.configs.check import PlacedFinding, check_config_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tray.app import App

_ABOUT_INLINE = "organisations created since"  # how the warning about configs in each request begins
# In a text that is no JSON yet: a name with its value, whatever quotes are missing; what is quoted; a word.
_NAMED = re.compile(
    r"""(?P<name>[A-Za-z_][\w-]*)["']?\s*[:=]\s*(?:"(?P<quoted>(?:\\.|[^"\\\n])*)"?|(?P<bare>[^\s"{\[,}\]]+))"""
)
_STRING = re.compile(r'(?<=")(?:\\.|[^"\\\n])+')
_WORD = re.compile(r"[\w-]{8,}")
_KEY = secrets.token_bytes(32)  # of this process alone


class CheckedDraft(NamedTuple):
    """A config as text, what is found in it, errors first, and what it does in a sentence."""

    text: str
    findings: tuple[PlacedFinding, ...]
    sentence: str

    @property
    def is_wrong(self) -> bool:
        """Whether it cannot be saved as it is."""
        return any(finding.level == "error" for finding in self.findings)


def check_draft(config: Mapping[str, object], *, self_hosted: bool, inline: bool) -> CheckedDraft:
    """What is wrong in it. A secret in clear text is an error here; `inline`: a profile holds it itself."""
    text = shown(config)
    found = [
        finding
        for finding in check_config_text("the config", text.encode(), self_hosted=self_hosted).findings
        if inline or not (finding.path == WHOLE and finding.message.startswith(_ABOUT_INLINE))
        if not (inline and is_about_file(finding.message))
    ]
    if not_json(dict(config)) is not None:
        return CheckedDraft(text, tuple(found), sentence(config))
    clear = {path_text(path) for path, _ in (*secret_fields(config), *hidden_texts(config))}
    found = [each._replace(level="error") if each.path in clear else each for each in found]
    dots = dots_in(config)
    if dots and dots not in clear:
        line, column = place_of(text, path_of(dots))
        found.append(PlacedFinding("error", dots, "is a secret, which is not shown here", line, column))
    found.sort(key=lambda each: each.level)
    return CheckedDraft(text, tuple(found), sentence(config))


def is_self_hosted(app: App, profile: str) -> bool:
    """Whether that profile's gateway is, as far as is known, the open-source one; no profile has none."""
    return profile in app.store.names() and not is_managed(app.locations, app.store.rendered(profile))


def parsed_draft(text: str) -> dict[str, object]:
    """The config of a text, dots for the secrets in it. Raises PkccError where it is none."""
    config = parse_json("The text", text.encode("utf-8", "replace"), unique_keys=True)
    if not isinstance(config, dict):
        raise PkccError("A config is a JSON object", 'Such as {"provider": "@slug"}.')
    unfit = not_json(config)
    if unfit is not None:
        raise PkccError(f"The config {unfit.message}", "Take something out.")
    return hidden(config)


def hidden(config: object) -> dict[str, object]:
    """The config with dots for the secrets in it. Raises PkccError for one that is too large to be shown."""
    clean = masked(config)[0]
    if not isinstance(clean, dict):
        raise PkccError("The config cannot be shown: it is too large, or no config", "Open its file.")
    return clean


def hidden_text(text: str) -> str:
    """A text that is no JSON yet, dots for the secrets in it as far as they can be told."""

    def named(match: re.Match[str]) -> str:
        value = match["quoted"] or match["bare"] or ""
        clear = is_secret_field(match["name"]) and value and not is_reference(value)
        return match[0].replace(value, MASK) if clear else match[0]

    text = _STRING.sub(lambda match: without_secrets(match[0]), _NAMED.sub(named, text))
    return _WORD.sub(lambda match: MASK if looks_like_key(match[0]) else match[0], text)


def mark_of(config: object) -> str:
    """A mark that is another one for another config. It tells nothing of what is in it."""
    plain = json.dumps(config, sort_keys=True).encode("utf-8", "surrogatepass")
    return digest(plain, key=_KEY)
