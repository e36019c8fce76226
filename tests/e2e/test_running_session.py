"""A session that runs while profiles are switched: its next requests have the new route, whole and alone.

A value of the last profile that stayed in force would send the prompts, or a key, to the last gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import uuid4

from support.client.command import Command
from support.client.real_client import ClientSession
from support.gateway.recorder import Recorder, Request, turn
from support.gateway.routing import (
    MODELS,
    Routing,
    expected_routing,
    gateway_url,
    keys_in,
    path_of,
    routing_of,
)

ORIGINAL = """{{
\t"env": {{ "USER_OWN": "kept",
\t\t"ANTHROPIC_BASE_URL":"{url}/user", "ANTHROPIC_AUTH_TOKEN": "user\\u002dtoken",
\t\t"ANTHROPIC_CUSTOM_HEADERS": "X-Corp: \\u0031", "ANTHROPIC_DEFAULT_SONNET_MODEL": "claude-of-the-user" }},
\t"cleanupPeriodDays": 30
}}\r\n"""
USER_KEY = "user-token"


class Stop(NamedTuple):
    """One profile of the journey, and the route that it stands for."""

    name: str
    dialect: str
    delivery: str
    options: tuple[str, ...]
    headers: dict[str, str]
    model: str

    @property
    def key(self) -> str:
        return f"pk-{self.name}-key"

    @property
    def route(self) -> str:
        """As `sessions` names it."""
        return self.headers.get("x-portkey-config") or self.headers.get("x-portkey-virtual-key", "@slug")

    def routing(self, model: str, key: str | None = None) -> Routing:
        path = f"/{self.name}{path_of(self.dialect, model)}"
        return expected_routing(self.dialect, self.delivery, path, model, key or self.key, self.headers)


VIRTUAL_KEY = {"x-portkey-provider": "vertex-ai", "x-portkey-virtual-key": "vk-1"}
JOURNEY = (
    Stop("one", "messages", "helper", ("--provider", "@slug"), {"x-portkey-provider": "@slug"}, "claude-one"),
    Stop(
        *("two", "vertex", "settings", ("--provider", "vertex-ai", "--virtual-key", "vk-1")),
        *(VIRTUAL_KEY | {"x-portkey-trace-id": "trace-two"}, MODELS["vertex"]),
    ),
    Stop(
        *("three", "bedrock", "helper", ("--config", "pc-three")),
        *({"x-portkey-config": "pc-three"}, MODELS["bedrock"]),
    ),
    Stop(
        *("four", "messages", "settings", ("--config", "pc-four")),
        *({"x-portkey-config": "pc-four"}, "claude-four"),
    ),
    Stop("five", "messages", "helper", ("--provider", "@slug"), {"x-portkey-provider": "@slug"}, "claude-5"),
)
KEYS = (USER_KEY, "pk-five-rotated", *(stop.key for stop in JOURNEY))


class Conversation:
    """The session, asked time and again, as a reload takes the client about a second."""

    def __init__(self, session: ClientSession, recorder: Recorder) -> None:
        self.session = session
        self.recorder = recorder
        self.crossing: list[Request] = []

    def ask(self) -> Request:
        prompt = f"question {uuid4().hex}"
        self.session.send(prompt)
        return self.recorder.wait_for(turn(prompt))

    def ask_until(self, state: State, before: State) -> None:
        """Until a request is as in `state`; every one that comes earlier must be as in `before`, whole.

        Except for one that the client was building as it reloaded (seen in 2.1.331, and nothing to be done
        about it): it has the new URL and credentials, with the last model and the last header lines.
        """
        old, wanted = before.routing(before.model), state.routing(state.model)
        late = state.routing(before.model)
        mixed = late._replace(portkey={**late.portkey, **old.portkey})
        # Among the last header lines may be a blank `x-api-key:`, which keeps that header away.
        crossing = (late, mixed, late._replace(x_api_key=None), mixed._replace(x_api_key=None))
        crossed = 0
        for _ in range(60):
            request = self.ask()
            found = routing_of(request)
            if found == wanted:
                return
            if found in crossing and not crossed:
                crossed += 1
                self.crossing.append(request)
            else:
                assert found == old
        raise AssertionError(f"the session never took {wanted}")


class State(NamedTuple):
    """Where requests go: the routing that they have, given the model."""

    routing: Callable[[str], Routing]
    model: str


def users_routing(model: str) -> Routing:
    return Routing("/user/v1/messages?beta=true", model, f"Bearer {USER_KEY}", None, {})


USER = State(users_routing, "claude-of-the-user")


def session_row(command: Command, pid: int) -> dict[str, Any]:
    (row,) = command.data("sessions")["sessions"]
    assert (row["pid"], row["directory"]) == (pid, str(command.home / "project"))
    found: dict[str, Any] = row
    return found


def add_profile(command: Command, stop: Stop, url: str) -> None:
    trace_id = stop.headers.get("x-portkey-trace-id")
    command.add(
        *(stop.name, *stop.options, *(("--trace-id", trace_id) if trace_id else ())),
        *("--dialect", stop.dialect, "--gateway", gateway_url(f"{url}/{stop.name}", stop.dialect)),
        *("--sonnet", stop.model, "--haiku", stop.model, "--key-delivery", stop.delivery),
        key=stop.key,
    )


def test_a_running_session_follows_every_switch_and_comes_home(recorder: Recorder, command: Command) -> None:
    original = ORIGINAL.format(url=recorder.url).encode()
    command.settings.write_bytes(original)
    for stop in JOURNEY:
        add_profile(command, stop, recorder.url)

    with ClientSession(command.home, None, "--model", "sonnet") as session:
        conversation = Conversation(session, recorder)
        assert routing_of(conversation.ask()) == users_routing(USER.model)
        before = USER
        for stop in JOURNEY:
            switched = command.data("switch", stop.name)
            assert [row["pid"] for row in switched["sessions"]] == [session.pid]
            state = State(stop.routing, stop.model)
            conversation.ask_until(state, before)
            row = session_row(command, session.pid)
            base_url = gateway_url(f"{recorder.url}/{stop.name}", stop.dialect)
            assert (row["dialect"], row["base_url"], row["route"]) == (stop.dialect, base_url, stop.route)
            before = state

        command.data("key", "rotate", "five", "--stdin", stdin="pk-five-rotated\n")
        rotated = State(lambda model: JOURNEY[-1].routing(model, "pk-five-rotated"), before.model)
        conversation.ask_until(rotated, before)

        off = command.data("off")
        assert off["blanks"] > 0
        assert [row["pid"] for row in off["sessions"]] == [session.pid]
        conversation.ask_until(USER, rotated)
        assert session_row(command, session.pid)["base_url"] == f"{recorder.url}/user"
        assert command.run("tidy").returncode == 4  # the session still needs the blanks

    assert command.data("sessions")["sessions"] == []
    command.data("tidy")
    assert command.bytes() == original
    assert_each_carried_its_own_key(
        request for request in recorder.requests if request not in conversation.crossing
    )


def assert_each_carried_its_own_key(requests: Iterable[Request]) -> None:
    """Of everything that arrived, the client's probes and side requests too."""
    prefixes = {"user": {USER_KEY}, "five": {"pk-five-key", "pk-five-rotated"}}
    for request in requests:
        prefix = request.path.split("/")[1]
        assert keys_in(request, KEYS) <= prefixes.get(prefix, {f"pk-{prefix}-key"}), request
        assert request.header("x-corp") == "1" or not request.is_model_call, request


def test_a_turn_in_progress_goes_on_by_the_new_route(recorder: Recorder, command: Command) -> None:
    """Most sessions are at work when they are switched: their next request must not wait for the turn's end.

    Only the model stays until then: the client settles it once for a whole turn (seen in 2.1.331).
    """
    first, second = JOURNEY[1], JOURNEY[0]
    for stop in (first, second):
        add_profile(command, stop, recorder.url)
    command.data("switch", first.name)
    notes = command.home / "project" / "notes.txt"
    notes.write_text("read me")

    with ClientSession(command.home, None, "--model", "sonnet") as session:
        conversation = Conversation(session, recorder)
        recorder.reads_file = str(notes)
        session.send("read the notes")
        recorder.wait_for(turn("read the notes"))
        command.data("switch", second.name)
        whole = second.routing(first.model)
        recorder.wait_for(lambda request: request.is_model_call and routing_of(request) == whole)
        recorder.reads_file = None
        session.wait_for_text("pong")
        turns = [call for call in recorder.model_calls if call.body.get("tools")]  # no probe of the start
        routings = [routing_of(request) for request in turns]
        assert routing_of(conversation.ask()) == second.routing(second.model)

    old = first.routing(first.model)
    crossing = (old, whole, whole._replace(portkey={**whole.portkey, **old.portkey}))
    assert all(routing in crossing for routing in routings), routings
    assert all(routing == whole for routing in routings[routings.index(whole) :])
