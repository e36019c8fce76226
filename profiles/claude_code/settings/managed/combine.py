"""What counts of several sources that administrators wrote, as the client puts them together. Pure.

Seen with 2.1.332 (its registry tier, by a stand-in for `reg.exe` inside WSL, over Windows' files). The
highest source that says something wins: a device policy, then the files, which are one source. A lower one
still gives each variable of `env` that the higher ones leave unset, blank ones being set; but not those that
lead where its own credential helper hands a key to. With `managedSourcesBehavior` "merge" in the highest, the
lower one's other settings count too, except for those that stand for a key or a login.
"""

from __future__ import annotations

import json

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.routing_names import BASE_URLS, PROXY_HELPER, SWITCH_OF
from profiles.claude_code.settings.client_reading import decoded, loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from profiles.claude_code.settings.managed import Managed

_BEHAVIOR, _INHERITS = "managedSourcesBehavior", "wslInheritsWindowsSettings"
_KNOBS = (_BEHAVIOR, _INHERITS)  # a source with nothing else does not count as one
_OF_AWS, _OF_GOOGLE = ("bedrock", "anthropic_aws", "mantle"), ("vertex", "google_cloud")


def _routing(*providers: str) -> tuple[str, ...]:
    return tuple(table[each] for table in (SWITCH_OF, BASE_URLS) for each in providers)


# The variables that a source with that helper gives only where it wins.
_PAIRED = {
    HELPER_KEY: (BASE_URLS["messages"], "_CLAUDE_CODE_ASSUME_FIRST_PARTY_BASE_URL"),
    "awsAuthRefresh": _routing(*_OF_AWS),
    "awsCredentialExport": _routing(*_OF_AWS),
    "gcpAuthRefresh": _routing(*_OF_GOOGLE),
}
# Taken from the highest source alone, merged or not.
_HIGHEST_ONLY = frozenset(
    {
        *_PAIRED,
        *_KNOBS,
        *("otelHeadersHelper", PROXY_HELPER, "policyHelper", "policyHelpers", "parentSettingsBehavior"),
        *("forceLoginOrgUUID", "forceLoginMethod", "forceLoginGatewayUrl", "gatewayInternalNetworks"),
        *("allowNestedModelAccessUnderForceLogin", "modelPicker", "modelCatalogUrl", "modelCatalogPublicKey"),
    }
)


def combined(device: Sequence[Managed], files: Sequence[Managed]) -> list[Managed]:
    """What counts of a machine's device policies and its files, the one that wins first."""
    winner = next(filter(_says_something, device), None)
    if winner is None:
        return [*(each for each in device if each.problem), *files]
    behaviors = (root.get(_BEHAVIOR) for each in device if (root := _root(each)))
    behavior = next(filter(None, behaviors), "")
    return [winner, *_below(files, merged=behavior == "merge")]


def inherited(windows: Sequence[Managed], files: Sequence[Managed]) -> list[Managed]:
    """What counts inside WSL of the files of Windows and of those that lie there, the one that wins first."""
    if not any((_root(each) or {}).get(_INHERITS) is True for each in windows):
        return list(files)
    return list(windows if any(map(_says_something, windows)) else files)


def _below(files: Sequence[Managed], *, merged: bool) -> Iterator[Managed]:
    """What counts of the files where a higher source wins."""
    roots = [_root(each) for each in files]
    paired = {name for key, names in _PAIRED.items() if _is_set(key, roots) for name in names}
    for each, root in zip(files, roots, strict=True):
        if root is None:
            yield each  # what keeps the client from starting does so in a lower source, too
            continue
        kept = {key: value for key, value in root.items() if merged and key not in _HIGHEST_ONLY}
        env = root.get("env")
        if isinstance(env, dict):
            kept["env"] = {name: value for name, value in env.items() if name.upper() not in paired}
        yield each._replace(data=json.dumps(kept).encode())


def _is_set(key: str, roots: Sequence[dict[str, Any] | None]) -> bool:
    text = next((root[key] for root in roots if root and key in root), None)
    return isinstance(text, str) and bool(text.strip())


def _says_something(source: Managed) -> bool:
    """Whether it counts as a source; one that is no JSON object does, and keeps the client from starting."""
    root = _root(source)
    if root is None:
        return not source.problem
    return any(_holds(value) for key, value in root.items() if key not in _KNOBS)


def _holds(value: Any) -> bool:
    return any(map(_holds, value.values())) if isinstance(value, dict) else value is not None


def _root(source: Managed) -> dict[str, Any] | None:
    """The document; None where it is none."""
    try:
        root = loads(decoded(source.data) or "")
    except (ValueError, RecursionError):
        return None
    return root if isinstance(root, dict) else None
