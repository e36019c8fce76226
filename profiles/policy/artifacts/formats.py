"""Every form of the table that an administrator can ask for, and the file it has in `packaging/fleet`."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.policy.artifacts.group_policy import adml, admx
from profiles.policy.artifacts.page import page
from profiles.policy.artifacts.samples import mobileconfig, registry_file
from profiles.policy.artifacts.schemas import jamf_schema, json_schema

if TYPE_CHECKING:
    from collections.abc import Callable


class Format(NamedTuple):
    """What it is for, what makes it, and its file below `packaging/fleet`, where there is one."""

    meaning: str
    make: Callable[[], str]
    file: str = ""


FORMATS = {
    "json-schema": Format("for editors of policy.json", json_schema, "policy.schema.json"),
    "admx": Format("Group Policy and Intune: the keys", admx, "windows/pkcc-tray.admx"),
    "adml": Format("Group Policy and Intune: their words", adml, "windows/en-US/pkcc-tray.adml"),
    "mobileconfig": Format("a sample for macOS", mobileconfig, "macos/pkcc-tray.mobileconfig"),
    "jamf": Format("Jamf Pro's form", jamf_schema, "macos/jamf-schema.json"),
    "reg": Format("a sample for Windows' registry", registry_file, "windows/pkcc-tray.reg"),
    "docs": Format("the table of docs/policy.md", page),
}
