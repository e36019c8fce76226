"""A new Portkey config from what was wished: checked, said in a sentence, and written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError, UsageError
from profiles.files.hand_edited import write_hand_edited
from profiles.files.json_documents import shown
from profiles.portkey.config.authoring.author import author
from profiles.portkey.config.explaining.sentence import sentence
from profiles.portkey.config.findings import path_text
from profiles.portkey.config.secret_texts import hidden_texts
from profiles.portkey.config.secrets import REFERENCES, secret_fields
from profiles.profile.config.file import config_in
from tray.actions.account.configs.check import PlacedFinding, check_config_text
from tray.actions.account.configs.new_file import place_for

if TYPE_CHECKING:
    from profiles.portkey.config.authoring.strategies import Wish

_STANDARD_OUTPUT = "the new config"


class NewConfig(NamedTuple):
    """The config, what it means in a sentence, what was found in it, and the file that it was written to."""

    file: str | None
    config: dict[str, object]
    sentence: str
    findings: tuple[PlacedFinding, ...]

    @property
    def text(self) -> str:
        """As it stands in a file."""
        return shown(self.config)

    @property
    def is_wrong(self) -> bool:
        """Whether a gateway would refuse it."""
        return any(finding.level == "error" for finding in self.findings)


def make_config(wish: Wish, *, self_hosted: bool) -> NewConfig:
    """The config, with everything that is wrong in it. Raises PkccError for wishes that mean nothing."""
    try:
        return _made(wish, self_hosted=self_hosted)
    except RecursionError:
        raise UsageError("The config is nested too deeply", "No gateway takes one like it.") from None


def _made(wish: Wish, *, self_hosted: bool) -> NewConfig:
    made = author(wish, load_target, self_hosted=self_hosted)
    new = NewConfig(None, made, sentence(made), ())
    checked = check_config_text(_STANDARD_OUTPUT, _encoded(new), self_hosted=self_hosted)
    return new._replace(findings=checked.findings)


def write_config(new: NewConfig, output: str, *, force: bool) -> NewConfig:
    """Write it, whole or not at all. Raises ConflictError over a file that is there, unless `force`."""
    path = place_for(output, force=force)
    write_hand_edited(path, _encoded(new))
    return new._replace(file=path)


def _encoded(new: NewConfig) -> bytes:
    return new.text.encode()


def load_target(file: str) -> Mapping[str, object]:
    """The config in a file, which becomes a target."""
    path = os.path.abspath(os.path.expanduser(file))
    found = config_in(path)
    if not isinstance(found, Mapping):
        raise PkccError(f"{path} holds no Portkey config: a config is a JSON object", "Name another file.")
    for place in (path for path, _ in (*secret_fields(found), *hidden_texts(found))):
        raise UsageError(
            f"{path} holds a secret in clear text at {path_text(place)}, which would be shown",
            f"Write {REFERENCES} there instead; a login or token inside of an address has to go.",
        )
    return found
