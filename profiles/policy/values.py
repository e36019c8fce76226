"""What an administrator can force, as one frozen value: a field for each key of the table.

`None`, `True` or an empty value is "nothing is forced". An empty *list* of what is allowed allows nothing:
so reads one that cannot be read.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class ManagedBy(NamedTuple):
    """Who decides, such as `Acme IT`, what they have to say about it, and where they are asked."""

    name: str = ""
    text: str = ""
    url: str = ""

    @property
    def who(self) -> str:
        """Who is said to decide: never empty."""
        return self.name or "Your administrator"


class ManagedCatalog(NamedTuple):
    """A catalog that everyone here gets: its name, source, the keys that may sign it, a branch or tag."""

    name: str
    source: str
    keys: tuple[str, ...] = ()
    ref: str = ""


class Policy(NamedTuple):
    """What holds on this machine.

    `broken` says in a line why no change may be made now: a file of the policy cannot be read, or others may
    write it. `allowed_*`: None allows all. `required_profile`: None requires none, and no profile is called
    "". `on_drift`, `key_cache_minutes`, `check_for_updates`, `catalog_hours`: None leaves it to the user.
    """

    managed_by: ManagedBy = ManagedBy()
    catalogs: tuple[ManagedCatalog, ...] = ()
    allow_other_catalogs: bool = True
    allowed_gateway_hosts: tuple[str, ...] | None = None
    required_profile: str | None = None
    allowed_profiles: tuple[str, ...] | None = None
    required_metadata: tuple[str, ...] = ()
    forced_metadata: Mapping[str, str] = {}
    key_delivery: str | None = None
    allowed_key_schemes: tuple[str, ...] | None = None
    allow_import: bool = True
    allow_export: bool = True
    links: bool = True
    manager_page: bool = True
    key_print_through_tray: bool = True
    on_drift: str | None = None
    key_cache_minutes: int | None = None
    check_for_updates: bool | None = None
    catalog_hours: int | None = None
    catalog_max_age_days: int | None = None
    log_days: int | None = None
    history_steps: int | None = None
    broken: str = ""


NOTHING_FORCED = Policy()
