"""The policy that holds on this machine, at the price of a look where there is none."""

from __future__ import annotations

from profiles.policy.values import NOTHING_FORCED, Policy


def policy_in_force() -> Policy:
    """What an administrator forces here and now; `NOTHING_FORCED` where there is no policy. Never raises."""
    return NOTHING_FORCED
