"""config check, config show."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.profile.store import config_of
from tray.commands.names import add_name
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_config_check(parser: argparse.ArgumentParser) -> None:
    """FILE [--self-hosted]."""
    parser.add_argument("file", metavar="FILE", help="a Portkey config as JSON; - for standard input")
    parser.add_argument("--self-hosted", action="store_true", help="check for the open-source gateway")


def config_check(app: App, file: str, *, self_hosted: bool) -> Result:
    """Every error and warning, each with the path to its field; exit code 1 when there is an error."""
    from profiles.portkey.config import check_config
    from profiles.portkey.config_findings import Finding, path_text
    from profiles.portkey.config_secrets import COMMAND_IN_FILE, reference_fields
    from profiles.profile.store import load_json, parse_json

    if file == "-":
        from profiles.files.replace import MAX_BYTES
        from tray.terminal.prompts import read_piped

        data = parse_json("standard input", read_piped(MAX_BYTES))
    else:
        path = os.path.abspath(os.path.expanduser(file))
        if not os.path.exists(path):
            raise PkccError(f"There is no file {path}", "Check its path; - reads standard input.")
        data = load_json(path)
    findings = check_config(data, self_hosted=self_hosted)
    findings += [
        Finding("error", path_text(place), COMMAND_IN_FILE)
        for place, reference in reference_fields(data if isinstance(data, dict) else {})
        if reference.startswith("cmd:")
    ]
    rows = [finding._asdict() for finding in findings]
    failed = any(row["level"] == "error" for row in rows)
    return Result("config_check", {"file": file, "findings": rows}, exit_code=1 if failed else 0)


def arguments_config_show(parser: argparse.ArgumentParser) -> None:
    """NAME."""
    add_name(parser)


def config_show(app: App, name: str) -> Result:
    """The Portkey config that a profile uses; its secrets are references, never values."""
    from profiles.profile.store import config_path

    profile = app.store.load(name)
    if profile.route.kind != "config":
        raise UsageError(f"{name!r} uses no config", f"`pkcc-tray show {name}` shows its route.")
    if profile.route.id is not None:
        return Result("config_id", {"name": name, "id": profile.route.id})
    path = config_path(profile)
    config = config_of(profile)
    return Result(
        "config", {"name": name, "file": path, "config": config}, raw=json.dumps(config, indent=2) + "\n"
    )
