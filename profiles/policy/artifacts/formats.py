"""Every form of the table that an administrator can ask for."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.policy.artifacts.group_policy import adml, admx
from profiles.policy.artifacts.page import page
from profiles.policy.artifacts.samples import mobileconfig, registry_file
from profiles.policy.artifacts.schemas import jamf_schema, json_schema

if TYPE_CHECKING:
    from collections.abc import Callable


class Format(NamedTuple):
    """What it is for, and what makes it."""

    meaning: str
    make: Callable[[], str]


FORMATS = {
    "json-schema": Format("for editors of policy.json", json_schema),
    "admx": Format("Group Policy and Intune: the keys", admx),
    "adml": Format("Group Policy and Intune: their words", adml),
    "mobileconfig": Format("a sample for macOS", mobileconfig),
    "jamf": Format("Jamf Pro's form", jamf_schema),
    "reg": Format("a sample for Windows' registry", registry_file),
    "docs": Format("the table of docs/policy.md", page),
}
