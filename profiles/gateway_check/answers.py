"""What a gateway's answer means. Pure.

Sources: Portkey's lists of error codes (AB01 to AB09; 408, 412, 429, 446) and of what a "saved-only"
organisation refuses; the open-source gateway 1.15.2, tried.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from profiles.files.json_documents import json_or_none
from profiles.gateway_check.steps import FAILED, OK, REFUSED, UNREACHABLE, Step
from profiles.portkey.header_names import CONFIG, PROVIDER
from profiles.portkey.hosts import CONSOLE, STATUS_PAGE

if TYPE_CHECKING:
    from profiles.gateway_check.http import Answer
    from profiles.gateway_check.steps import Veil

GREETING = b"AI Gateway says hey!"
_NO_ROUTE = f"Either {CONFIG} or {PROVIDER}"
_CODE = re.compile(r"\bAB0\d\b|\b(?:inline|custom)_\w{1,30}_blocked\b")
_KEYS_PAGE = f"{CONSOLE} → API Keys"

Kind = Literal["accepted", "refused_key", "open_source", "elsewhere", "other"]


class Judgement(NamedTuple):
    """What an answer is, and the step that says so."""

    kind: Kind
    step: Step


def judge(answer: Answer, url: str, veil: Veil) -> Judgement:
    """What the answer to `GET {base}/v1/models` with nothing but the key says of gateway and key."""
    status, data = answer.status, json_or_none(answer.body)
    models = data.get("data") if isinstance(data, dict) else None
    if status == 200 and isinstance(models, list):
        count = f"{len(models)} model" + "s" * (len(models) != 1)
        return Judgement(
            "accepted", Step("gateway", OK, f"the key is accepted; {count} listed", ms=answer.ms)
        )
    if status == 400 and isinstance(data, dict) and _NO_ROUTE in _message(data):
        return Judgement("open_source", Step("gateway", OK, "a self-hosted Portkey gateway", ms=answer.ms))
    if 300 <= status < 400:
        return Judgement("elsewhere", _redirected(answer, url, veil))
    if status in (401, 403) and isinstance(data, dict):
        return Judgement("refused_key", refusal(answer, veil))
    if status == 511:
        text, hint = (
            "This network wants you to sign in first (511)",
            "Open any page in a browser, sign in, try again.",
        )
        return Judgement("elsewhere", _failed(answer, text, hint))
    if status in (200, 204, 404, 405) or not isinstance(data, dict):
        return Judgement("elsewhere", _no_gateway(answer))
    return Judgement("other", refusal(answer, veil))


def refusal(answer: Answer, veil: Veil) -> Step:
    """The failed step for an answer that is an error: what it means, what to do, what the server said."""
    status = answer.status
    code = next(iter(_CODE.findall(answer.body.decode("utf-8", "replace"))), "")
    text, hint = _words(answer, code)
    message = veil.quote(_message(json_or_none(answer.body)))
    shown = f"{status} {veil.quote(code)}".strip()
    said = f'. It says: "{message}"' if message else ""
    step = _failed(answer, f"{text} ({shown}){said}", hint)
    return step._replace(exit_code=UNREACHABLE if status >= 500 or status in (407, 408) else REFUSED)


def _words(answer: Answer, code: str) -> tuple[str, str]:
    if code.endswith("_blocked"):
        return _BLOCKED.get(
            code.partition("_")[0] + "_" + code.split("_")[1],
            ("The organisation does not allow this route", "It takes only what is saved at Portkey."),
        )
    if answer.status == 429:
        wait = _retry_after(answer.headers.get("retry-after", ""))
        return "The key or its organisation is over its rate limit", f"Try again {wait or 'a little later'}."
    if answer.status >= 500 and b"fetch failed" in answer.body:
        return (
            "The gateway failed to reach a provider",
            "Portkey names two causes: a base URL of the wrong API format, or no provider or config header.",
        )
    if known := _STATUS.get(answer.status):
        return known
    if answer.status >= 500:
        return (
            "The gateway, or something before it, is in trouble",
            f"Try again later; {STATUS_PAGE} tells more.",
        )
    return "The gateway refuses the question", f"See its logs, or {CONSOLE} → Logs."


_STATUS = {
    401: (
        "The gateway does not accept this key",
        f"Compare it with {_KEYS_PAGE}; `pkcc-tray key rotate` replaces it.",
    ),
    402: ("The organisation's subscription is exhausted", f"See {CONSOLE} → Billing."),
    403: ("The key is known, but may not do this", f"Give it the rights at {_KEYS_PAGE}."),
    407: (
        "A proxy wants a user name and password",
        "Put them into HTTPS_PROXY, as http://user:password@host:port.",
    ),
    408: ("The gateway gave up waiting", "Try again."),
    412: ("The key's or its workspace's budget is used up", f"Raise or reset its limit at {_KEYS_PAGE}."),
    431: ("The headers are too large for the gateway", "Make metadata or the inline config shorter."),
    446: ("A guardrail denied the request", f"See {CONSOLE} → Guardrails."),
}
_BLOCKED = {
    "inline_provider": (
        "The organisation refuses plain provider names: it takes only what is saved at Portkey",
        "Give the profile a provider of the workspace (@slug): `pkcc-tray edit NAME`.",
    ),
    "inline_config": (
        "The organisation refuses inline configs: it takes only what is saved at Portkey",
        f"Save the config at {CONSOLE} → Configs, and use its id (pc-…).",
    ),
    "custom_host": (
        "The organisation refuses custom hosts: it takes only what is saved at Portkey",
        "Save an integration with that host at Portkey, and use its @slug.",
    ),
}


def _redirected(answer: Answer, url: str, veil: Veil) -> Step:
    try:
        there, here = urlsplit(urljoin(url, answer.headers.get("location", ""))), urlsplit(url)
        same_host, shown = (
            there.hostname == here.hostname,
            f"{there.scheme}://{there.netloc.rpartition('@')[2]}",
        )
    except ValueError:
        same_host, shown = False, ""
    shown = veil.quote(shown) or "another place"
    if same_host:
        return _failed(
            answer, f"It sends requests on to {shown} ({answer.status}); the key was not sent there",
            f"If that is right, make it the profile's `gateway`: {shown}…",
        )  # fmt: skip
    return _failed(
        answer,
        f"It sends requests on to another host, {shown} ({answer.status}); the key was not sent there",
        "Is `gateway` right? A network that wants you to sign in does this too: open any page in a browser.",
    )


def _no_gateway(answer: Answer) -> Step:
    page = answer.body.lstrip()[:1] == b"<" or "html" in answer.headers.get("content-type", "")
    what = "a web page" if page else "something else"
    if answer.status == 403:
        text = "A firewall or web filter before the gateway refused (403)"
        return _failed(
            answer, text, "Ask the people who run it; some want a header of their own (extra_headers)."
        )
    if answer.status >= 500:
        return _failed(
            answer, f"The gateway, or what stands before it, is in trouble ({answer.status})", "Try again."
        )
    return _failed(
        answer,
        f"What answers is no Portkey gateway, but {what} ({answer.status})",
        "Is `gateway` right, its path too? A network's sign-in page does this as well.",
    )


def _failed(answer: Answer, text: str, hint: str) -> Step:
    return Step("gateway", FAILED, text, hint, answer.ms, UNREACHABLE)


def _message(data: object) -> str:
    """The sentence in an error's JSON, wherever gateways put it; "" when there is none."""
    for _ in range(3):
        if isinstance(data, str):
            return data
        if not isinstance(data, dict):
            return ""
        data = next((data[name] for name in ("message", "error", "data", "detail") if data.get(name)), None)
    return data if isinstance(data, str) else ""


def _retry_after(value: str) -> str:
    """When to try again, such as `in 30 seconds`, from the header's seconds or date; "" for anything else."""
    if re.fullmatch(r"[0-9]{1,7}", value):
        return f"in {int(value)} seconds"
    try:
        return f"after {parsedate_to_datetime(value):%Y-%m-%d %H:%M:%S %Z}".rstrip()
    except (ValueError, TypeError, OverflowError):
        return ""
