"""The same request asked of the real Claude Code, and the model held to what that sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from uuid import uuid4

from equivalence.hand import Hand, by_model
from equivalence.setup import OAUTH
from equivalence.ways import DifferentError
from support.client.real_client import run_once
from support.client.request_model import Sent
from support.gateway.every_host import EveryHost
from support.gateway.recorder import Request

_LOGIN = {"accessToken": OAUTH, "refreshToken": "sk-ant-ort01-x", "expiresAt": 4102444800000}
_LOGIN |= {"scopes": ["user:inference", "user:profile"], "subscriptionType": "max"}


class RealClient:
    """Asks it once for each thing that its request can depend on."""

    def __init__(self, world: EveryHost) -> None:
        self._world = world
        self._asked: dict[str, Sent] = {}

    def __call__(self, hand: Hand, environ: Mapping[str, str] | None = None) -> Sent:
        modelled = by_model(hand, environ)
        given = json.dumps([str(hand.home.root), hand.settings, dict(hand.exported), environ])
        if given not in self._asked:
            self._asked[given] = self._ask(hand, environ)
        real = self._asked[given]
        if real.problem or modelled.problem:
            right = bool(real.problem) == bool(modelled.problem)
        else:
            right = real == modelled
        if not right:
            raise DifferentError(f"the model is not the client: {modelled}, and it sent {real}")
        return real

    def _ask(self, hand: Hand, environ: Mapping[str, str] | None) -> Sent:
        _settle_in(hand)
        prompt = f"ping {uuid4().hex}"
        shell = self._world.environ | dict(hand.exported if environ is None else environ)
        done = run_once(hand.home.root, prompt, shell, "--tools", "")
        sent = [each for each in self._world.requests if each.is_model_call and prompt in each.prompt]
        self._world.clear()
        if not sent:
            return Sent(problem=(done.stdout + done.stderr).strip()[:200] or "nothing was sent")
        return _sent(sent[0], hand, environ)


def _settle_in(hand: Hand) -> None:
    """Answer what the client asks at first, and sign in where the user has."""
    state = hand.home.root / ".claude.json"
    if state.exists():
        return
    state.write_text(json.dumps({"hasCompletedOnboarding": True}))
    (hand.home.root / "tmp").mkdir(mode=0o700, exist_ok=True)
    if hand.setup.oauth:
        (hand.home.claude / ".credentials.json").write_text(json.dumps({"claudeAiOauth": _LOGIN}))


def _sent(request: Request, hand: Hand, environ: Mapping[str, str] | None) -> Sent:
    """What of a request the model speaks of: the names of its headers are asked of the model itself."""
    modelled = by_model(hand, environ)
    of_interest = {"authorization", "x-api-key", *modelled.headers}
    headers = {
        name.lower(): value
        for name, value in request.headers
        if name.lower() in of_interest or name.lower().startswith("x-portkey")
    }
    # Where the path names the model, a slash in its name cannot be told from one of the path's.
    model = request.model if "model" in request.body else modelled.model
    return Sent(request.path, model, headers)
