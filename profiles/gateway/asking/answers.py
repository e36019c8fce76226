"""What a gateway's answer says of gateway and key; of refusals `meanings` knows what they mean. Pure."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from profiles.gateway.asking.meanings import GUARDRAIL_FAILED, meaning_of
from profiles.gateway.asking.steps import FAILED, OK, REFUSED, UNREACHABLE, Step
from profiles.portkey.editions import edition_answering
from profiles.portkey.header_names import CONFIG, PROVIDER

if TYPE_CHECKING:
    from profiles.gateway.asking.http import Answer
    from profiles.gateway.asking.steps import Veil
    from profiles.portkey.editions import Edition

_READ = 64 * 1024  # bytes of an error
GREETING = b"AI Gateway says hey!"
_NO_ROUTE = f"Either {CONFIG} or {PROVIDER}"
_CODE = re.compile(
    r"\bAB0\d\b|\binline_\w{1,30}_blocked\b|(?<=Error Code: )\w{2,3}\b|\bmodel_not_allowed_error\b"
    r"|\b(?:api_key|workspace|virtual_key|integration)_(?:rate_limit|exhaust|expired)_error\b"
    r"|\b(?:usage|rate)_limits_policy_exhaust_error\b"  # but not the rate_limit_error of everybody
)
_BEGINS_A_LIST = re.compile(rb'\s*\{[^\[\]]{0,200}"data"\s*:\s*\[')

_LACKS_A_SCOPE = ("033", "AB03")  # Portkey's own codes of a 403: it knows the key
Kind = Literal["accepted", "known_key", "refused_key", "open_source", "elsewhere", "other"]


class Verdict(NamedTuple):
    """What an answer is, and the step that says so."""

    kind: Kind
    step: Step


def verdict_on(answer: Answer, url: str, edition: Edition, veil: Veil) -> Verdict:
    """What the answer to `GET {base}/v1/models` with nothing but the key says of gateway and key."""
    status, data = answer.status, answer.json()
    models = data.get("data") if isinstance(data, dict) else None
    if status in (200, GUARDRAIL_FAILED) and (isinstance(models, list) or begins_a_list(answer)):
        text = f"the key is accepted; {_count(models)} listed"
        return Verdict("accepted", Step("gateway", OK, text, ms=answer.ms))
    if status == 400 and isinstance(data, dict) and _NO_ROUTE in _message(data):
        return Verdict("open_source", Step("gateway", OK, "a self-hosted Portkey gateway", ms=answer.ms))
    if 300 <= status < 400:
        return Verdict("elsewhere", _redirected(answer, url, veil))
    if lacks_a_scope(answer):
        return Verdict("known_key", error_step(answer, edition, veil))
    if status in (401, 403) and isinstance(data, dict):
        return Verdict("refused_key", error_step(answer, edition, veil))
    if status == 511:
        text, hint = (
            "This network wants you to sign in first (511)",
            "Open any page in a browser, sign in, try again.",
        )
        return Verdict("elsewhere", _failed(answer, text, hint))
    if status in (200, 204, 404, 405) or not isinstance(data, dict):
        return Verdict("elsewhere", _no_gateway(answer))
    return Verdict("other", error_step(answer, edition, veil))


def lacks_a_scope(answer: Answer) -> bool:
    """Whether Portkey knows the key, and only the right to what was asked is missing."""
    return answer.status == 403 and code_in(answer) in _LACKS_A_SCOPE


def _count(models: object) -> str:
    if not isinstance(models, list):
        return "more models than are read here"
    return f"{len(models)} model" + "s" * (len(models) != 1)


def begins_a_list(answer: Answer) -> bool:
    """Whether the answer is one of Portkey's lists that was too long to be read to its end."""
    return answer.too_long and _BEGINS_A_LIST.match(answer.body) is not None


def error_step(answer: Answer, edition: Edition, veil: Veil) -> Step:
    """The failed step for an answer that is an error: what it means, what to do, what the server said."""
    status, body = answer.status, _start_of(answer)
    again = _retry_after(answer.headers.get("retry-after", "")) or "a little later"
    text, hint = meaning_of(status, body, edition_answering(edition, body), again)
    message = veil.quote(_message(answer.json()))
    shown = f"{status} {veil.quote(code_in(answer))}".strip()
    said = f'. It says: "{message}"' if message else ""
    step = _failed(answer, f"{text} ({shown}){said}", hint)
    return step._replace(exit_code=UNREACHABLE if status >= 500 or status in (407, 408) else REFUSED)


def _start_of(answer: Answer) -> str:
    return answer.body[:_READ].decode("utf-8", "replace")


def code_in(answer: Answer) -> str:
    """Portkey's own code for a refusal, such as `AB03`, `01` or `inline_config_blocked`; "" for none."""
    return next(iter(_CODE.findall(_start_of(answer))), "")


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
