"""Every key of a policy, once: parser, schemas, templates and the page in the documents ask this."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.preferences import LONGEST_KEY_CACHE, ON_DRIFT
from profiles.policy.kinds import (
    Catalogs,
    Choice,
    Fields,
    Number,
    Pairs,
    ProfileName,
    Switch,
    Words,
)
from profiles.portkey.addresses import HOST_NAME, HOST_NUMBER, PORT
from profiles.portkey.editions import PORTKEY
from profiles.portkey.header_names import REQUIRED_KEY

if TYPE_CHECKING:
    from typing import Any

    from profiles.policy.kinds import Kind


class Row(NamedTuple):
    """One key, as JSON has it, and what it is.

    `title` heads it in an administrator's tools, `help` says what it does, `reads_as` what holds where its
    value has not the form it must have, and `example` stands in samples.
    """

    key: str
    kind: Kind
    title: str
    help: str
    reads_as: str
    example: Any

    @property
    def spelled(self) -> str:
        """The key in the registry and in property lists, such as `RequiredProfile`."""
        return "".join(word.capitalize() for word in self.key.split("_"))


_HOST = rf"((\*\.)?{HOST_NAME}|{HOST_NUMBER}){PORT}"
_GLOB = r"[A-Za-z0-9._*?/-]{1,130}"
_OFF = "it counts as false"
_PORTKEY = PORTKEY.gateway.removeprefix("https://")

TABLE = (
    Row(
        "managed_by",
        Fields(),
        "Who manages this",
        "Named wherever something is refused or locked: a name such as 'Acme IT', a sentence, and an address "
        "where people get help.",
        "nobody is named",
        {"name": "Acme IT", "text": "Questions: room 4.11", "url": "https://it.acme.example/ai"},
    ),
    Row(
        "catalogs",
        Catalogs(),
        "Catalogs everyone gets",
        "Published catalogs of profiles that are subscribed, accepted unasked, and cannot be removed. "
        "Each has a name, a source (git, https or a directory), the minisign keys that may sign it, and, for "
        "git, a branch or tag.",
        "it is left out",
        [{"name": "acme", "source": "https://ai.acme.example/pkcc-catalog.json", "keys": ["RWQ" + "A" * 53]}],
    ),
    Row(
        "allow_other_catalogs",
        Switch(),
        "Allow other catalogs",
        "Whether people may subscribe to catalogs that this policy does not name.",
        _OFF,
        False,
    ),
    Row(
        "allowed_gateway_hosts",
        Words("a host", _HOST, (_PORTKEY, "*.acme.example", "localhost:8787")),
        "Allowed gateway hosts",
        "Only gateways at these hosts can be stored, imported and switched to. '*.' in front allows every "
        "host below that name; without a port, every port.",
        "no host is allowed",
        [_PORTKEY, "*.acme.example"],
    ),
    Row(
        "required_profile",
        ProfileName(),
        "Required profile",
        "The only profile that can be switched to. 'off' is refused while it is here, and changes of the "
        "route by something else are put back.",
        "every switch is refused",
        "acme/work",
    ),
    Row(
        "allowed_profiles",
        Words("a pattern", _GLOB, ("acme/*", "work")),
        "Allowed profiles",
        "Only profiles whose name one of these patterns fits can be switched to; '*' stands for anything.",
        "no profile is allowed",
        ["acme/*"],
    ),
    Row(
        "required_metadata",
        Words("a metadata key", REQUIRED_KEY, ("repo", "cost_center"), as_given=True),
        "Required metadata",
        "Metadata keys that every request must carry: a switch asks for them, and is refused without. What a "
        "project adds counts.",
        "it is left out",
        ["repo"],
    ),
    Row(
        "forced_metadata",
        Pairs(),
        "Forced metadata",
        "Metadata that every request carries, over what profiles and projects say.",
        "it is left out",
        {"company": "acme"},
    ),
    Row(
        "key_delivery",
        Choice(("helper",), "helper"),
        "Key delivery",
        "With 'helper' no key is ever written into Claude Code's settings: it asks for it by a program.",
        "it counts as helper",
        "helper",
    ),
    Row(
        "allowed_key_schemes",
        Words("a scheme", r"[a-z][a-z0-9-]{0,31}", ("keyring", "vault-kv")),
        "Allowed places for keys",
        "Only references of these kinds can stand in a profile, such as keyring, vault, op or vault-kv.",
        "no place is allowed",
        ["keyring", "vault", "vault-kv"],
    ),
    Row(
        "allow_import",
        Switch(),
        "Allow import",
        "Whether profiles can be imported from other setups and bundles.",
        _OFF,
        True,
    ),
    Row(
        "allow_export", Switch(), "Allow export", "Whether profiles can be exported as a bundle.", _OFF, False
    ),
    Row("links", Switch(), "Allow links", "Whether a pkcc-tray:// link can offer a catalog.", _OFF, True),
    Row(
        "manager_page",
        Switch(),
        "Allow the manager",
        "Whether the manager's page opens in the browser.",
        _OFF,
        True,
    ),
    Row(
        "key_print_through_tray",
        Switch(),
        "Keys through the tray",
        "Whether the running tray hands out keys to Claude Code. Without it each key is read where it lies.",
        _OFF,
        True,
    ),
    Row(
        "on_drift",
        Choice(ON_DRIFT, "restore"),
        "Changes by something else",
        "What the tray does when something else changes the route; the preference of that name is fixed.",
        "it counts as restore",
        "notify",
    ),
    Row(
        "key_cache_minutes",
        Number(0, LONGEST_KEY_CACHE, 0),
        "Minutes a key is kept",
        "How long the tray keeps a key in memory, 0 for never; the preference of that name is fixed.",
        "it counts as 0",
        15,
    ),
    Row(
        "check_for_updates",
        Switch(),
        "Check for updates",
        "Whether pkcc-tray asks for a new version of itself; the preference of that name is fixed.",
        _OFF,
        False,
    ),
    Row(
        "catalog_hours",
        Number(1, 720, 1),
        "Hours between looks at catalogs",
        "How often the tray looks for new versions of catalogs.",
        "it counts as 1",
        24,
    ),
    Row(
        "catalog_max_age_days",
        Number(1, 3650, 1),
        "Oldest catalog in days",
        "A catalog that was not reached for longer cannot be switched to; without this, a warning is given.",
        "it counts as 1",
        30,
    ),
    Row(
        "log_days",
        Number(1, 3650, 1),
        "Days the log is kept",
        "How long pkcc-tray's own log is kept.",
        "it counts as 1",
        90,
    ),
    Row(
        "history_steps",
        Number(1, 1000, 1),
        "Steps that can be undone",
        "At most so many steps of the history are kept.",
        "it counts as 1",
        10,
    ),
)
BY_KEY = {row.key: row for row in TABLE}
BY_SPELLED = {row.spelled.lower(): row for row in TABLE}  # the registry knows no case
