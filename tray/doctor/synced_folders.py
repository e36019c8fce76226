"""Folders that a service copies to other machines, known by their names and marks."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# A directory's name as each service makes it, a tenant or account behind it.
_NAMES = (
    (re.compile(r"OneDrive( - .+|-.+)?$"), "OneDrive"),
    (re.compile(r"Dropbox( \(.+\)|-.+)?$"), "Dropbox"),
    (re.compile(r"(Google ?Drive|My Drive|GoogleDrive-.+)$"), "Google Drive"),
    (re.compile(r"Nextcloud\d*$"), "Nextcloud"),
    (re.compile(r"Mobile Documents$"), "iCloud Drive"),
)
_MARKS = (
    (".stfolder", "Syncthing"),
    (".dropbox.cache", "Dropbox"),
    (".owncloudsync.log", "ownCloud"),
    (".nextcloudsync.log", "Nextcloud"),
)
_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")


def synced_by(path: str, environ: Mapping[str, str], home: str) -> str | None:
    """The service that copies a file, or None. `home` itself and what lies above it have no say by name."""
    for variable in _VARIABLES:
        place = environ.get(variable, "")
        if place and _inside(path, place):
            return "OneDrive"
    directory = os.path.dirname(path)
    while os.path.dirname(directory) != directory:
        for mark, service in _MARKS:
            if os.path.lexists(os.path.join(directory, mark)):
                return service
        if directory == home:
            return None
        for pattern, service in _NAMES:
            if pattern.match(os.path.basename(directory)):
                return service
        directory = os.path.dirname(directory)
    return None


def _inside(path: str, place: str) -> bool:
    path, place = os.path.normcase(path), os.path.normcase(place)
    try:
        return os.path.commonpath([path, place]) == place
    except ValueError:  # on another drive
        return False
