"""A profile as an administrator's policy has it: what is forced over its own, and where it may go.

The few places by which every way leads ask here: a rendering is had (`forced`), a settings file is to carry
one (`held`), a project is pinned (`required`), a step is taken (`check_changing`) and writes a profile
(`check_written`). Without a policy each of them is one look.
"""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import BASE_URLS, OF_THE_CLIENT, UNIX_SOCKET
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.portkey.header_names import CUSTOM_HOST
from profiles.profile.rendering import base_url_of, metadata_of, with_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Literal

    from profiles.policy.refusals import Switch
    from profiles.policy.values import Policy
    from profiles.profile.rendering import Rendered

    # What a change of a settings file means for the way that requests go. "use": it decides the way, so that
    # without a profile it ends that one is used. "follow": it goes after what is in use, if anything is.
    # "tidy": it leaves the way as it is, allowed or not.
    Aim = Literal["use", "follow", "tidy"]


def forced(rendered: Rendered, policy: Policy | None = None) -> Rendered:
    """The rendering with the metadata that is forced over all others; itself where none is."""
    metadata = (policy or policy_in_force()).forced_metadata
    return with_metadata(rendered, metadata) if metadata else rendered


def held(
    aim: Aim, rendered: Rendered | None, rendering: Callable[[str], Rendered], policy: Policy
) -> Rendered | None:
    """What a change of a settings file is to write (None: what was there first), with what is forced.

    `rendering` gives a profile by its name. Raises ForbiddenError where that is not allowed.
    """
    if policy is NOTHING_FORCED or aim == "tidy":
        return rendered
    if rendered is None:
        from profiles.policy.refusals import check_off

        if aim == "use" and is_held_on(policy, rendering):
            check_off(policy)
        return None
    check_use(policy, rendered)
    return forced(rendered, policy)


def is_held_on(policy: Policy, rendering: Callable[[str], Rendered]) -> bool:
    """Whether `off` is refused: a profile is required, and here. Where it is not, that way is open."""
    if policy.broken or not policy.required_profile:
        return False
    try:
        rendering(policy.required_profile)
    except PkccError:
        return False
    return True


def required(pin: str, policy: Policy | None = None) -> str:
    """The profile that a project pinned to `pin` is to carry: the required one, where one is."""
    return (policy or policy_in_force()).required_profile or pin


def check_pin(name: str, sent: Mapping[str, str] | None = None) -> None:
    """Raises ForbiddenError where no project may be pinned to that profile.

    `sent` is the metadata that its requests would carry, None where it is not known yet.
    """
    policy = policy_in_force()
    if policy is not NOTHING_FORCED:
        from profiles.policy.refusals import check_changes, check_metadata, check_profile

        check_changes(policy)
        check_profile(policy, name)
        if sent is not None:
            check_metadata(policy, sent)


def check_use(policy: Policy, rendered: Rendered) -> None:
    """Raises ForbiddenError where requests may not go by that profile."""
    from profiles.policy.refusals import check_changes, check_profile

    check_changes(policy)
    check_profile(policy, rendered.name)
    _check_way(policy, rendered)


def why_refused(policy: Policy, rendered: Rendered | None) -> str:
    """Why requests may not go by that profile, or by none at all, in a line; "" where they may."""
    if policy is NOTHING_FORCED:
        return ""
    from profiles.policy.refusals import check_off

    try:
        check_off(policy) if rendered is None else check_use(policy, rendered)
    except PkccError as error:
        return error.title
    return ""


def why_not_here(rendered: Rendered) -> str:
    """Why a project's requests may not go like that, in a line; "" where they may.

    What cannot be read of the policy is nothing of a project's.
    """
    policy = policy_in_force()
    if policy is NOTHING_FORCED or policy.broken:
        return ""
    from profiles.policy.refusals import check_metadata

    try:
        check_use(policy, rendered)
        check_metadata(policy, metadata_of(rendered))
    except PkccError as error:
        return error.title
    return ""


def check_written(name: str, data: bytes | None) -> None:
    """Raises ForbiddenError where a profile's file may not say that; one that is no profile says nothing."""
    policy = policy_in_force()
    if policy is NOTHING_FORCED or data is None:
        return
    from profiles.files.json_documents import parse_json
    from profiles.profile.config.file import config_of
    from profiles.profile.render import render
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        profile = parse_profile(parse_json(name, data, unique_keys=True), stored=True)
        rendered = render(profile, config_of(profile))
    except (PkccError, FieldError):
        return
    _check_way(policy, rendered)


def check_storing() -> None:
    """Raises ForbiddenError where no key may lie in a store of ours, be it the keyring or the vault."""
    policy = policy_in_force()
    if policy is not NOTHING_FORCED:
        from profiles.policy.refusals import check_changes, check_key_reference

        check_changes(policy)
        allowed = policy.allowed_key_schemes or ()
        check_key_reference(policy, "vault:" if "vault" in allowed else "keyring:")


def check_changing() -> None:
    """Raises ForbiddenError while no change may be made: the policy cannot be read, or relied on."""
    policy = policy_in_force()
    if policy is not NOTHING_FORCED:
        from profiles.policy.refusals import check_changes

        check_changes(policy)


def check_allowed(what: Switch) -> None:
    """Raises ForbiddenError where the policy switches that off, such as `allow_import`."""
    policy = policy_in_force()
    if policy is not NOTHING_FORCED:
        from profiles.policy import refusals

        refusals.check_allowed(policy, what)


def check_way(rendered: Rendered) -> None:
    """Raises ForbiddenError where requests may not go that way: by gateway, key delivery, a key's place."""
    policy = policy_in_force()
    if policy is not NOTHING_FORCED:
        _check_way(policy, rendered)


def _other_addresses(rendered: Rendered) -> Iterator[str]:
    """Where its variables and header lines have requests go besides: never a proxy, which is no gateway."""
    own = BASE_URLS[rendered.dialect]
    for name, value in rendered.env.items():
        elsewhere = name.startswith(OF_THE_CLIENT) and name.endswith("_BASE_URL") and name != own
        if value and (elsewhere or name == UNIX_SOCKET):
            yield str(value)
    yield from (value for name, value in rendered.headers if name.lower() == CUSTOM_HOST)


def _check_way(policy: Policy, rendered: Rendered) -> None:
    from profiles.policy.refusals import check_delivery, check_host, check_key_reference

    for address in (base_url_of(rendered), *_other_addresses(rendered)):
        check_host(policy, address)
    check_delivery(policy, "helper" if rendered.helper else "settings")
    for reference in (rendered.key_ref, *rendered.references()):
        check_key_reference(policy, reference)
