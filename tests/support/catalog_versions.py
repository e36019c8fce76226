"""What a publisher may change of the catalog `BEGIN`: some of it in ways that ask nobody, some that ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support.catalogs import WORK, acme

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN: dict[str, Any] = acme(gateway_hosts=["api.portkey.ai", "gw.acme.example"], default="")


def _set(path: tuple[object, ...], value: object) -> Callable[[dict[str, Any]], None]:
    def change(plain: dict[str, Any]) -> None:
        for step in path[:-1]:
            plain = plain[step]  # type: ignore[index]
        plain[path[-1]] = value  # type: ignore[index]

    return change


def _length(plain: dict[str, Any]) -> int:
    return len(plain["name"])


MILD = [
    _set(("expires",), "2029-01-01"),
    _set(("profiles", 0, "label"), "z"),
    _set(("profiles", 0, "models"), {"opus": "z"}),
    _set(("profiles", 0, "metadata"), {"z": "z", "_user": "{user}"}),
    _set(("profiles", 0, "route", "provider"), "@z"),
    _set(("withdrawn",), [{"name": "work"}]),
    lambda plain: plain.update(profiles=[each for each in plain["profiles"] if each["name"] != "safe"]),
    lambda plain: plain["profiles"].append(
        {**WORK, "name": "x" * (1 + max(map(_length, plain["profiles"])))}
    ),
]
HARD = [
    _set(("profiles", 0, "gateway"), "https://gw.acme.example"),
    _set(("profiles", 0, "key"), {"suggest": "pass-store:z"}),
    _set(("profiles", 0, "key"), {"suggest": WORK["key"]["suggest"], "help": "https://z.example"}),  # type: ignore[index]
    _set(("profiles", 0, "dialect"), "vertex"),
    _set(("profiles", 0, "key_delivery"), "settings"),
    _set(("profiles", 0, "extra_headers"), {"x-z": "z"}),
    _set(("profiles", 0, "extra_env"), {"API_TIMEOUT_MS": "1"}),
    _set(("profiles", 0, "trace_id"), "z"),
    _set(("rules",), [{"remote": "git.z.example/**", "metadata": {"z": "z"}}]),
    _set(("required_metadata",), ["z"]),
    _set(("inputs", "z"), {"ask": "z"}),
    _set(("contact",), "z"),
    _set(("gateway_hosts",), ["api.portkey.ai", "gw.acme.example", "z.example"]),
]
