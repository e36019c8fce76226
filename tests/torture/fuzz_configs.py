"""Two Portkey configs that are nearly right, side by side: what differs, fit to be shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from torture.mutation import mutated

from profiles.files.json_documents import json_or_none
from profiles.portkey.config.explaining.difference import differences, masked
from profiles.portkey.config.limits import bounded
from profiles.portkey.config.secret_texts import without_secrets
from tray.terminal.results import to_data
from tray.terminal.words.configs.saved import change_lines

if TYPE_CHECKING:
    import random

_HELD = "sk-held-by-the-config-0123456789"
_CONFIGS = tuple(
    json.dumps(plain).encode()
    for plain in (
        {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}, {"api_key": _HELD, "retry": {}}]},
        {"targets": [{"provider": "@b", "targets": [{"name": "n", "weight": 0.5}]}, {"provider": "@a"}]},
        {"cache": {"mode": "simple", "max_age": 60}, "metadata": {"api_key": "no secret"}},
        {
            "custom_host": "https://me:pw@h/v1?token=t&a=1",
            "api_keys": ["k"],
            "x": [{"name": "auth", "value": "v"}],
        },
    )
)
_TEXTS = (
    *_CONFIGS,
    b"https://u:p@h/x?sig=1#access_token=2 //[::1]:80/@a Bearer abcdef",
    b"Authorization: Basic YWJjZGVm\r\nX-Api-Key:k\nhttps://h/?a%20=b;key=c",
)


def secrets_in_text(rng: random.Random) -> None:
    """A login and a token in an address, whatever stands around: neither is shown."""
    before, after = (
        mutated(rng, rng.choice(_TEXTS), _TEXTS).decode("utf-8", "replace").replace(_HELD, "")
        for _ in range(2)
    )
    shown = without_secrets(f"{before} https://me:{_HELD}@h.example/v1?token={_HELD}&a=1 {after}")
    if _HELD in shown:
        raise AssertionError("a secret inside of a text is shown")


def compared(rng: random.Random) -> None:
    """A saved config beside one of ours: what differs is shown on one line each, and no secret in it."""
    sides = [json_or_none(mutated(rng, rng.choice(_CONFIGS), _CONFIGS)) for _ in range(2)]
    changes = differences(*sides, [_HELD])
    shown = "\n".join(change_lines(changes)) + json.dumps([to_data(change) for change in changes])
    shown += json.dumps(masked(sides[0], [_HELD]))
    if _HELD in shown:
        raise AssertionError("a secret of the config is shown")
    if not all(line.isprintable() for line in change_lines(changes)):
        raise AssertionError("not on one line")
    if differences(sides[0], sides[0]) and bounded(sides[0]):
        raise AssertionError("a config that differs from itself")
