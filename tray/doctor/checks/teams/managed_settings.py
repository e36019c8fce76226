"""Administrators' settings of Claude Code: what they leave open, and what keeps sessions from a gateway."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.own_command import is_own_helper
from profiles.claude_code.owned_slots import API_KEY_SLOT, BASE_URL_SLOTS, HELPER_KEY, TOKEN_SLOT
from profiles.claude_code.settings.managed.program import SETTINGS, program_in
from profiles.claude_code.variable_values import provider_in_force
from profiles.files.preferences import is_guarded
from profiles.portkey.addresses import is_same_address, shown_address
from profiles.profile.rendering import base_url_of
from profiles.routes.files import managed_values
from profiles.routes.managed.administrator import forced, gap_in
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.routes.files import Values
    from profiles.routes.managed.administrator import Gap
    from tray.doctor.context import Context
    from tray.doctor.finding import Finding

_ASK = "Ask your administrator."
_LOGINS = ("forceLoginMethod", "forceLoginOrgUUID")
_PROVIDERS, _OTHER_GATEWAYS = "allowedProviders", "customEndpoint"


def half_managed(context: Context) -> Iterator[Finding]:
    """An address without a helper, a helper without an address, or both and a token of the user's own."""
    decided = forced(context.files)
    provider = provider_in_force(lambda name: context.text(f"env.{name}"))
    gap = gap_in(decided, provider)
    if gap is None:
        return
    host = shown_address(context.text(BASE_URL_SLOTS[provider.name]) or provider.cloud)
    advice = f"Ask who keeps {gap.path} to deploy all of it: `{_complete(context)}` prints that."
    if gap.kind == "address":
        what = f"{gap.path} sets {HELPER_KEY}, and leaves open {', '.join(gap.names)}"
        yield problem("managed-partial", what, f"The key that it hands out goes to {host}.", advice=advice)
    elif gap.kind == "helper":
        what = f"{gap.path} says where requests go, and not with which key: no {HELPER_KEY} is in it"
        yield _with_another_key(context, what, host, advice)
    else:
        yield _with_a_token(context, gap, host, advice)


def _complete(context: Context) -> str:
    return context.ours("policy", "claude-settings", context.active or "NAME")


def _with_another_key(context: Context, what: str, host: str, advice: str) -> Finding:
    """Whose key, if any, goes to an address that came without one."""
    rendered, helper = context.rendered, context.text(HELPER_KEY)
    in_clear = next((name for name in (TOKEN_SLOT, API_KEY_SLOT) if context.text(name)), "")
    if rendered is not None and is_same_address(context.base_url, base_url_of(rendered)):
        why = f"{host} is the gateway of {rendered.name}. A key for another one would go there, too."
        return note("managed-partial", what, why, advice=advice)
    guarded = is_own_helper(helper) and is_guarded(context.locations) and not _is_trusted(context)
    if in_clear or (helper and not guarded):
        return problem("managed-partial", what, f"Your key goes to {host}.", advice=advice)
    if helper:
        why = f"Your key is kept back, since it is not for there: requests go to {host} without one."
        return problem("managed-partial", what, why, advice=advice)
    return warning("managed-partial", what, f"Any key of yours goes to {host}.", advice=advice)


def _is_trusted(context: Context) -> bool:
    """Whether the active profile's key may go there, by `trust add`."""
    profile = context.profiles.get(context.active or "")
    trusted = [] if profile is None or isinstance(profile, PkccError) else profile.trusted
    return any(is_same_address(context.base_url, each.removeprefix("url:")) for each in trusted)


def _with_a_token(context: Context, gap: Gap, host: str, advice: str) -> Finding:
    names = ", ".join(gap.names)
    what = f"{gap.path} decides address and key, and leaves {names} open"
    sent = [name for name in gap.names if context.text(f"env.{name}")]
    if sent:
        why = f"Your {', '.join(sent)} goes to {host}, beside the key that is handed out for it."
        return problem("managed-partial", what, why, advice=advice)
    return note("managed-partial", what, f"One that you set would go to {host}, too.", advice=advice)


def required_login(context: Context) -> Iterator[Finding]:
    """A login at Anthropic that an administrator requires, where sessions go by another way."""
    if not (context.base_url or context.text(HELPER_KEY) or context.text(TOKEN_SLOT)):
        return
    for path, root in _values(context, *_LOGINS, _PROVIDERS, "env"):
        names = [name for name in _LOGINS if root.get(name)]
        allowed = root.get(_PROVIDERS)
        if isinstance(allowed, list) and not (_OTHER_GATEWAYS in allowed and _has_address(root)):
            names.append(_PROVIDERS)
        if names:
            what = f"{path} sets {', '.join(names)}"
            why = "Claude Code then takes no key of a gateway, and does not start with one."
            yield problem("managed-login", what, why, advice=_ASK)


def _has_address(root: Values) -> bool:
    env = root.get("env")
    return isinstance(env, dict) and any(env.get(slot[4:]) for slot in BASE_URL_SLOTS.values())


def policy_program(context: Context) -> Iterator[Finding]:
    """A program of an administrator's whose output takes the place of their settings."""
    for path, root in _values(context, *SETTINGS):
        program = program_in(root)
        if program is None:
            continue
        if program.path and not (os.path.isabs(program.path) and os.path.exists(program.path)):
            what = f"{path} names a program that is not there: {program.setting} {program.path}"
            why = "Claude Code does not start on this machine until that is put right."
            yield problem("managed-broken", what, why, advice=_ASK)
        else:
            what = f"{path} sets {program.setting}: {program.effect}"
            yield note("managed-program", what, "pkcc-tray does not run it, and cannot know that.")


def _values(context: Context, *keys: str) -> Iterator[tuple[str, Values]]:
    return managed_values(context.locations, context.directory, keys)
