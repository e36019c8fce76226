"""policy schema: what an administrator's tools take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_policy_schema(parser: argparse.ArgumentParser) -> None:
    """[--format FORMAT]."""
    from profiles.policy.artifacts.formats import FORMATS

    meanings = "; ".join(f"{name}: {each.meaning}" for name, each in FORMATS.items())
    parser.add_argument("--format", choices=[*FORMATS], default="json-schema", help=meanings)


def policy_schema(app: App, format: str) -> Report:  # noqa: A002 - the option's name
    """The table of keys as a schema, a template, a sample or a page."""
    from profiles.policy.artifacts.formats import FORMATS

    text = FORMATS[format].make()
    return Report(json.loads(text) if text.startswith("{") else {}, raw=text)
