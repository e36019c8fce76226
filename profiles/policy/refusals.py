"""What a policy forbids, in words: who decides, and where that stands. Pure; all raise ForbiddenError."""

from __future__ import annotations

from profiles.base.errors import ForbiddenError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import printable
from profiles.portkey.addresses import parse_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from profiles.policy.values import ManagedBy, Policy

    Switch = Literal[
        "allow_other_catalogs",
        "allow_import",
        "allow_export",
        "links",
        "manager_page",
        "key_print_through_tray",
    ]

# What a policy switches off by a key of its own, and how a refusal speaks of it.
SWITCHES: dict[Switch, str] = {
    "allow_other_catalogs": "catalogs other than its own",
    "allow_import": "importing profiles",
    "allow_export": "exporting profiles",
    "links": "joining by a link",
    "manager_page": "the manager's page",
    "key_print_through_tray": "keys handed out by the tray",
}
_SHOWN = 3  # of a list, in one line


def check_changes(policy: Policy) -> None:
    """Refuses every change while a part of the policy cannot be read, or is not its administrator's alone."""
    if policy.broken:
        raise ForbiddenError(
            policy.broken, "Changes are refused until your administrator fixes it; sessions go on."
        )


def check_host(policy: Policy, url: str) -> None:
    """Refuses a gateway whose host is none of those allowed, such as `api.portkey.ai` or `*.acme.example`."""
    if policy.allowed_gateway_hosts is not None and not _is_allowed_host(url, policy.allowed_gateway_hosts):
        raise _forbidden(policy, f"allows no gateway{_but(policy.allowed_gateway_hosts)}")


def may_be_trusted(policy: Policy, url: str) -> bool:
    """Whether a person may be told how to allow a key that address: never where others decide the way."""
    if policy.required_profile is not None or policy.allowed_profiles is not None:
        return False
    return policy.allowed_gateway_hosts is None or _is_allowed_host(url, policy.allowed_gateway_hosts)


def check_profile(policy: Policy, name: str) -> None:
    """Refuses a switch to a profile that is not the required one, or not among those that are allowed."""
    if name != policy.required_profile:
        _refuse_others(policy)
    if policy.allowed_profiles is not None and not is_allowed_profile(policy, name):
        raise _forbidden(policy, f"allows no profile{_but(policy.allowed_profiles)}")


def check_catalog_name(policy: Policy, name: str) -> None:
    """Refuses a person's own catalog of a name that profiles are allowed by: `acme` for `acme/*`."""
    patterns = (*(policy.allowed_profiles or ()), policy.required_profile or "")
    if name.lower() in {each.partition("/")[0].lower() for each in patterns if "/" in each}:
        raise _forbidden(policy, f"decides which catalog is called {name}")


def decided_catalog(policy: Policy, name: str) -> ForbiddenError:
    """Why nobody but an administrator leaves, turns back or trusts another key of the catalog they give."""
    return _forbidden(policy, f"decides about the catalog {printable(name)}")


def is_allowed_profile(policy: Policy, name: str) -> bool:
    """Whether `allowed_profiles` has a pattern for that name, such as `acme/*`."""
    if policy.allowed_profiles is None:
        return True
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for pattern in policy.allowed_profiles)


def check_off(policy: Policy) -> None:
    """Refuses `off` where a profile is required; not while the policy is broken: that way is always open."""
    if not policy.broken:
        _refuse_others(policy)


def _refuse_others(policy: Policy) -> None:
    if policy.required_profile is not None:
        only = f"requires the profile {printable(policy.required_profile)}"
        raise _forbidden(
            policy, only if policy.required_profile else "requires a profile that cannot be read"
        )


def check_delivery(policy: Policy, delivery: str) -> None:
    """Refuses a way of key delivery that is not the forced one: `settings` where it must be `helper`."""
    if policy.key_delivery is not None and delivery != policy.key_delivery:
        raise _forbidden(policy, f"allows no key delivery but {policy.key_delivery}")


def check_key_reference(policy: Policy, reference: str) -> None:
    """Refuses a reference to a secret by its scheme, such as `env` or `cmd`. The reference is never shown."""
    allowed = policy.allowed_key_schemes
    if allowed is not None and reference.partition(":")[0] not in allowed:
        raise _forbidden(policy, f"allows no place for keys{_but(allowed)}")


def missing_metadata(policy: Policy, metadata: Mapping[str, str]) -> list[str]:
    """The required keys that are not among these, nor forced."""
    there = {**metadata, **policy.forced_metadata}
    return [key for key in policy.required_metadata if not there.get(key)]


def check_metadata(policy: Policy, metadata: Mapping[str, str]) -> None:
    """Refuses a switch whose metadata lacks a required key."""
    for key in missing_metadata(policy, metadata):
        raise lacks_metadata(policy, key)


def lacks_metadata(policy: Policy, key: str, switch: str = "") -> ForbiddenError:
    """What is missing, and what gives it; `switch`: the profile of a person who stands in no project."""
    requires = f"{policy.managed_by.who} requires the metadata key {printable(key)!r}"
    if switch:
        return ForbiddenError(
            f"{requires}, which {switch} does not have itself",
            f"In your project's directory, at a terminal: `pkcc-tray switch {switch}` asks for it.",
        )
    return ForbiddenError(
        f"{requires} in this directory", f"`pkcc-tray project add --metadata {printable(key)}=NAME` gives it."
    )


def check_allowed(policy: Policy, what: Switch) -> None:
    """Refuses what a key of `SWITCHES` turns off, such as `allow_import`."""
    if not getattr(policy, what):
        raise _forbidden(policy, f"does not allow {SWITCHES[what]}")


def decided_by(managed_by: ManagedBy) -> str:
    """What a locked row says, such as `Acme IT decides this`."""
    return f"{printable(managed_by.who)} decides this"


def _forbidden(policy: Policy, what: str) -> ForbiddenError:
    by = policy.managed_by
    contact = f" Contact: {printable(by.url, 200)}" if by.url else ""
    return ForbiddenError(
        f"{printable(by.who)} {what}", f"`pkcc-tray policy show` says where that stands.{contact}"
    )


def _but(allowed: tuple[str, ...]) -> str:
    """Such as ` but a, b, c and 2 more`; nothing where nothing is allowed."""
    shown = ", ".join(printable(each) for each in allowed[:_SHOWN])
    more = f" and {len(allowed) - _SHOWN} more" if len(allowed) > _SHOWN else ""
    return f" but {shown}{more}" if shown else ""


def _is_allowed_host(url: str, allowed: tuple[str, ...]) -> bool:
    address = parse_address(url)
    if address is None:
        return False
    _, host, port, _ = address
    return any(_fits(pattern.lower(), host, port) for pattern in allowed)


def _fits(pattern: str, host: str, port: str) -> bool:
    """Whether `api.portkey.ai`, `*.acme.example` or `localhost:8787` means it; without a port, any port."""
    if pattern.endswith(f":{port}"):
        pattern = pattern.removesuffix(f":{port}")
    return host == pattern or (pattern.startswith("*.") and host.removesuffix(pattern[1:]) not in ("", host))
