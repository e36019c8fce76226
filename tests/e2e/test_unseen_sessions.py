"""A session that had only just started at the moment of a switch, so that nothing shows it.

It goes on with what the settings said then. A value of the last profile that stays in force in it would send
the new profile's key to the last profile's gateway.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from support.client.command import Command
from support.client.real_client import client_env, require_client
from support.gateway.recorder import Recorder, turn
from support.gateway.routing import DELIVERIES, MODELS, gateway_url, keys_in

from profiles.switching.edit.blanks import UNSEEN_S

OLD_KEY, NEW_KEY = "pk-old-key", "pk-new-key"
# Its file comes after about 0.3 s. Later sessions are seen, earlier ones read the new settings at once.
STARTED_S = (0.03, 0.08, 0.15, 0.25)
_LIMIT_S = 30
_RELOADED_S = 3  # a client has surely read its settings again (seen: 1.1 s)


@contextmanager
def starting_client(command: Command) -> Iterator[subprocess.Popen[str]]:
    """What an editor starts: it takes prompts from its standard input until that ends."""
    argv = [str(require_client()), "-p", "--input-format", "stream-json"]
    with subprocess.Popen(
        [*argv, "--output-format", "stream-json", "--verbose"],
        cwd=command.home / "project",
        env=client_env(command.home),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as client:
        yield client
        if client.stdin is not None:
            client.stdin.close()
        client.wait(30)


def ask(client: subprocess.Popen[str]) -> str:
    prompt = f"question {uuid4().hex}"
    message = {"type": "user", "message": {"role": "user", "content": prompt}}
    assert client.stdin is not None
    client.stdin.write(json.dumps(message) + "\n")
    client.stdin.flush()
    return prompt


def add_profiles(command: Command, old: Recorder, new: Recorder, dialect: str, delivery: str) -> None:
    for name, recorder, its_dialect, key in (
        ("old", old, dialect, OLD_KEY),
        ("new", new, "messages", NEW_KEY),
    ):
        command.add(
            *(name, "--provider", "@slug", "--dialect", its_dialect, "--key-delivery", delivery),
            *("--gateway", gateway_url(recorder.url, its_dialect), "--model", MODELS[its_dialect]),
            key=key,
        )


def wait_for_one(prompt: str, *recorders: Recorder) -> None:
    """Until the prompt has arrived at one of them."""
    end = time.monotonic() + _LIMIT_S
    while not any(turn(prompt)(request) for recorder in recorders for request in recorder.requests):
        assert time.monotonic() < end, "the prompt went nowhere"
        time.sleep(0.02)


def ask_until_it_follows(client: subprocess.Popen[str], old: Recorder, new: Recorder) -> None:
    """One prompt after the other, each once the one before has arrived: a reload takes about a second."""
    end = time.monotonic() + _LIMIT_S
    while not new.model_calls:
        assert time.monotonic() < end, "the session did not follow"
        wait_for_one(ask(client), old, new)


def take_blanks_out(command: Command) -> None:
    """What the next command does when their time is over."""
    (state,) = (command.home / ".local" / "state" / "pkcc-tray" / "targets").glob("*/state.json")
    plain = json.loads(state.read_bytes())
    plain["current"]["memory"]["blanked_at"] -= UNSEEN_S
    state.write_text(json.dumps(plain))
    command.data("list")
    assert not {name for name in json.loads(command.settings.read_bytes())["env"] if "VERTEX" in name}


def check(old: Recorder, new: Recorder, delivery: str) -> None:
    """With written keys a request that is being built at the reload may have old header lines (seen)."""
    assert not [request for request in old.requests if keys_in(request, [NEW_KEY])]
    if delivery == "helper":
        assert not [request for request in new.requests if keys_in(request, [OLD_KEY])]
    assert any(keys_in(request, [NEW_KEY]) for request in new.model_calls)


@pytest.mark.parametrize("started_s", STARTED_S)
@pytest.mark.parametrize("delivery", DELIVERIES)
def test_the_new_key_never_goes_to_the_old_gateway(
    recorder: Recorder, command: Command, delivery: str, started_s: float
) -> None:
    with Recorder() as old:
        add_profiles(command, old, recorder, "vertex", delivery)
        command.data("switch", "old")
        with starting_client(command) as client:
            time.sleep(started_s)
            command.data("switch", "new")
            ask_until_it_follows(client, old, recorder)
        check(old, recorder, delivery)


@pytest.mark.parametrize("dialect", ["vertex", "bedrock"])
@pytest.mark.parametrize("delivery", DELIVERIES)
def test_nor_does_it_from_a_session_whose_file_lies_elsewhere(
    recorder: Recorder, command: Command, dialect: str, delivery: str
) -> None:
    """As in a container that has the settings file, and not what lies beside it."""
    with Recorder() as old:
        add_profiles(command, old, recorder, dialect, delivery)
        command.data("switch", "old")
        with starting_client(command) as client:
            wait_for_one(ask(client), old)
            for file in (command.home / ".claude" / "sessions").glob("*.json"):
                file.unlink()
            assert command.data("switch", "new")["sessions"] == []
            ask_until_it_follows(client, old, recorder)
            take_blanks_out(command)
            recorder.clear()
            end = time.monotonic() + _RELOADED_S
            while time.monotonic() < end:
                wait_for_one(ask(client), old, recorder)
        check(old, recorder, delivery)
        command.data("off")
        assert command.bytes() is None
