"""Catalogs that an administrator decides: by policy, or by a directory that only they may write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles import __version__
from profiles.base.names import is_kept_name, is_name
from profiles.catalogs.fetching.managed import managed_sources, this_machine
from profiles.catalogs.subscriptions import Subscription
from profiles.catalogs.trust import check_version
from profiles.policy.in_force import policy_in_force
from profiles.policy.refusals import check_host
from profiles.profile.under_policy import check_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.catalogs.format.model import Catalog


def managed_subscriptions() -> Iterator[Subscription]:
    """What is followed here, whatever the person says. It asks for everything once nobody manages it."""
    for each in policy_in_force().catalogs:
        yield Subscription(each.name, each.source, each.name, each.ref, keys=each.keys)
    for source in managed_sources(this_machine()):
        name = source.address.replace("\\", "/").rstrip("/").rpartition("/")[2]
        yield Subscription(name, source.address, name, file=source.file)


def managed_catalogs() -> dict[str, Subscription]:
    """Those that can be followed by their names; what cannot, an update says."""
    found = managed_subscriptions()
    return {each.name: each for each in found if is_name(each.name) and not is_kept_name(each.name)}


def managed_names() -> frozenset[str]:
    """The names of those."""
    return frozenset(each.name for each in managed_subscriptions())


def check_followed(name: str) -> None:
    """Raises ForbiddenError for a catalog that an administrator neither decides nor allows any more."""
    if name not in managed_names():
        check_allowed("allow_other_catalogs")


def check_usable(catalog: Catalog) -> None:
    """Raises CatalogError where it asks for a newer pkcc-tray, ForbiddenError for a gateway not allowed."""
    check_version(catalog, __version__)
    policy = policy_in_force()
    for host in catalog.gateway_hosts:
        check_host(policy, f"https://{host}")


def keys_of_policy(name: str) -> tuple[str, ...] | None:
    """The keys that alone count for a catalog that policy names; None where it names none."""
    return next((each.keys for each in policy_in_force().catalogs if each.name == name), None)
