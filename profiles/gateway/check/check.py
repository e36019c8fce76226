"""What is asked of a gateway, in which order, and where it ends.

Hosted gateways answer `GET /v1/models` with nothing but the key; the open-source one answers that it wants a
route, and greets at `/`. Importing this loads an HTTP client (100 ms).
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from profiles.base.time_limit import within
from profiles.claude_code.dialects import DIALECTS
from profiles.gateway.account.calls import MODELS
from profiles.gateway.account.problems import who_grants
from profiles.gateway.asking.answers import GREETING, code_in, error_step, lacks_a_scope, verdict_on
from profiles.gateway.asking.http import CONNECT_LIMIT_S, TOTAL_LIMIT_S, Answer, Asker, Trouble
from profiles.gateway.asking.meanings import GUARDRAIL_FAILED, for_profile
from profiles.gateway.asking.no_answer import dns_words, trouble_step
from profiles.gateway.asking.steps import FAILED, OK, REFUSED, UNREACHABLE, WARN, Step, Veil
from profiles.gateway.asking.way import Way, find_way
from profiles.gateway.check.lookup import look_up
from profiles.gateway.check.question import Question
from profiles.gateway.check.route import hosted_route, saved_at_portkey, self_hosted_route
from profiles.gateway.check.unlisted import unlisted_models
from profiles.portkey.header_names import LAST_USED, PORTKEY_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from profiles.portkey.editions import Edition


def check_gateway(
    question: Question,
    total_s: float = TOTAL_LIMIT_S,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> list[Step]:
    """The steps, up to the first that nothing can follow. Raises nothing; takes `total_s` seconds at most.

    `on_step` hears of each as it ends.
    """
    way = find_way(question.base_url, question.environ, total_s)
    veil = Veil([*question.secrets, *way.secrets])
    name = question.rendered.name
    found = []
    for each in _steps(question, way, veil):
        step = veil.over(each)
        found.append(step._replace(hint=for_profile(step.hint, name)))
        on_step(found[-1])
    return found


def _steps(question: Question, way: Way, veil: Veil) -> Iterator[Step]:
    for name in way.useless:
        text = f"{name} names a file that holds no certificate, or is not there"
        yield Step("certificates", WARN, text, "Fix or unset it; Claude Code ignores it too.")
    if isinstance(way.asker, Step):
        yield way.asker
        return
    with way.asker as asker:
        # Through a proxy the gateway's name is the proxy's to resolve.
        resolved = None if way.proxy else _resolve(question.base_url)
        if resolved is not None:
            yield resolved
            if resolved.verdict == FAILED:
                return
        answer = asker.get(f"{question.api_url}/models", question.delivered())
        host = urlsplit(question.base_url).hostname or ""
        if isinstance(answer, Trouble):
            yield trouble_step(answer, host, way.proxy)
            return
        yield _connected(answer, way.proxy)
        yield from _judged(question, asker, answer, veil)


def _resolve(base_url: str) -> Step | None:
    """The step of finding an address for the host's name; None where it is an address itself."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if ":" in host or host.replace(".", "").isdigit():
        return None
    started = time.monotonic()
    try:
        found = within(CONNECT_LIMIT_S, lambda: socket.getaddrinfo(host, parts.port, type=socket.SOCK_STREAM))
    except TimeoutError:
        text, hint = (
            f"{host} is not resolved within {CONNECT_LIMIT_S:g} seconds",
            "Is this machine's DNS reachable?",
        )
        return Step("name", FAILED, text, hint, _since(started), UNREACHABLE)
    except (OSError, UnicodeError):
        text, hint = dns_words()
        hint = hint.format(where="`gateway`")
        return Step("name", FAILED, text.format(host=host), hint, _since(started), UNREACHABLE)
    return Step("name", OK, f"{host} is {found[0][4][0]}", ms=_since(started))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _connected(answer: Answer, proxy: str) -> Step:
    how = answer.tls or "unencrypted"
    return Step("connection", OK, how + (f", through {proxy}" if proxy else ""), ms=answer.connect_ms)


def _judged(question: Question, asker: Asker, answer: Answer, veil: Veil) -> Iterator[Step]:
    kind, step = verdict_on(answer, f"{question.api_url}/models", question.edition, veil)
    if kind == "refused_key":
        yield _other_delivery(question, asker, step)
        return
    if kind == "elsewhere":
        yield _with_right_url(question, asker, step)
        return
    yield _may_not_list(answer, step, question.edition) if kind == "known_key" else step
    if kind == "other":
        return
    if kind == "open_source":
        yield from _self_hosted(question, asker)
    else:
        for saved in saved_at_portkey(question.rendered):
            yield look_up(saved, question, asker, answer, veil)
        yield from unlisted_models(question.rendered, answer, veil)
        unknown = None if question.along_route else hosted_route(question.rendered)
        if unknown is not None:
            yield unknown
    if question.along_route:
        routes = question.routes(self_hosted=kind == "open_source")
        for headers in routes:
            yield _along_route(asker.get(f"{question.api_url}/models", headers), question, veil)
        if not routes and kind != "open_source":
            text = "Nothing names a route to ask along: the key's own config has to"
            yield Step("upstream", WARN, text, "Only a real request shows whether it has one.")


def _may_not_list(answer: Answer, step: Step, edition: Edition) -> Step:
    """A warning: models are a right of their own, without which a key may ask one all the same."""
    refused = f"{answer.status} {code_in(answer)}"
    text = f"The key is known, but may not list models ({refused}): what else it may is not known"
    hint = f"Claude Code needs no list. {who_grants(edition, MODELS.scope)}"
    return step._replace(verdict=WARN, text=text, hint=hint, exit_code=0)


def _other_delivery(question: Question, asker: Asker, step: Step) -> Step:
    """The refusal; and whether the key is good but the way it is handed over is not."""
    if PORTKEY_KEY in question.delivered():
        return step
    headers = question.other_headers() | {PORTKEY_KEY: question.key.reveal()}
    again = asker.get(f"{question.api_url}/models", headers)
    if isinstance(again, Answer) and again.status == 200:
        field = "key_delivery settings" if question.rendered.helper else "key_in token_and_header"
        return step._replace(
            text=f"The gateway takes this key in {PORTKEY_KEY}, but not as a bearer token",
            hint=f"Run `pkcc-tray set {question.rendered.name} {field}`, then switch.",
        )
    return step


def _with_right_url(question: Question, asker: Asker, step: Step) -> Step:
    """The step; with the URL that would be right, where a gateway greets at another path of that host."""
    parts = urlsplit(question.base_url)
    root = f"{parts.scheme}://{parts.netloc}"
    right = DIALECTS[question.rendered.dialect].right_url(root)
    if right == question.base_url:
        return step
    greeting = asker.get(f"{root}/", {})
    if isinstance(greeting, Answer) and greeting.body.startswith(GREETING):
        return step._replace(hint=f"A gateway does answer at {root}: the right `gateway` is {right}")
    return step


def _self_hosted(question: Question, asker: Asker) -> Iterator[Step]:
    greeting = asker.get(f"{question.root_url}/", question.other_headers())
    if isinstance(greeting, Answer) and greeting.body.startswith(GREETING):
        yield Step(
            "greeting",
            OK,
            "the open-source gateway: it keeps no keys, so yours is not looked at",
            ms=greeting.ms,
        )
    else:
        yield Step(
            "greeting",
            WARN,
            "It does not answer at / as the open-source gateway does",
            "Something rewrites paths.",
        )
    yield self_hosted_route(question.rendered)


def _along_route(answer: Answer | Trouble, question: Question, veil: Veil) -> Step:
    """What came of asking the provider behind the route for its list of models."""
    if isinstance(answer, Trouble):
        return trouble_step(answer, urlsplit(question.base_url).hostname or "", "")._replace(step="upstream")
    through = veil.quote(answer.headers.get(LAST_USED, ""))
    by = f" ({through})" if through else ""
    if answer.status == GUARDRAIL_FAILED:
        text = f"The provider lists its models{by}, though a guardrail failed (246): it lets requests pass"
        return Step("upstream", WARN, text, f"See {question.edition.place('Guardrails')}.", answer.ms)
    if answer.status == 200:
        return Step("upstream", OK, f"the provider lists its models{by}", ms=answer.ms)
    if answer.status in (404, 405, 501):
        text = f"The route is passed, but the provider has no list of models{by} ({answer.status})"
        return Step("upstream", WARN, text, "Only a real request can show more.", answer.ms)
    step = error_step(answer, question.edition, veil)._replace(step="upstream")
    if lacks_a_scope(answer):
        return _may_not_list(answer, step, question.edition)
    if answer.status in (401, 403):
        text = f"The provider behind the route refuses the credentials it is given{by} ({answer.status})"
        return step._replace(
            text=text, hint="Look at the provider's key, at Portkey or in the config.", exit_code=REFUSED
        )
    return step
