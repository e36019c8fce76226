"""Why an account does not answer a question, from the answer it gives instead: in words, with who can help.

What a refusal means in general is `asking`'s table; here is what it takes away: one question, not all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.gateway.account.known import Problem

if TYPE_CHECKING:
    from profiles.gateway.account.calls import Call
    from profiles.gateway.account.known import ProblemKind
    from profiles.gateway.account.place import Place
    from profiles.gateway.asking.http import Answer
    from profiles.gateway.asking.steps import Veil
    from profiles.portkey.editions import Edition

_KINDS: dict[int, ProblemKind] = {
    401: "key", 402: "used_up", 403: "right", 404: "absent", 408: "no_answer", 412: "used_up",
    429: "too_often",
}  # fmt: skip

OPEN_SOURCE = Problem(
    "no_account", "This gateway is Portkey's open-source one, which has no account", "Type the names instead."
)
NO_ACCOUNT = OPEN_SOURCE._replace(title="What answers at this gateway is no account of Portkey's")
NOT_ASKED = Problem("not_asked", "Nothing is known of this account yet", "Ask while there is a network.")
UNREADABLE = Problem(
    "no_gateway",
    "What the gateway answers is not what Portkey documents",
    "Is `gateway` right? Otherwise it is newer than this pkcc-tray: type the names instead.",
)
TOO_LONG = UNREADABLE._replace(
    title="The gateway's answer is too long to be read", hint="Type the names instead."
)


def problem_of(answer: Answer, call: Call[Any], about: str, place: Place, url: str, veil: Veil) -> Problem:
    """Why that answer is none to the question; `about` names what was asked about, "" for a list."""
    from profiles.gateway.asking.answers import (  # 15 ms, which what is kept need not wait for
        code_in,
        verdict_on,
    )

    if answer.too_long and 200 <= answer.status < 300:
        return TOO_LONG._replace(status=answer.status)
    kind, step = verdict_on(answer, url, place.edition, veil)
    if kind == "open_source":
        return OPEN_SOURCE
    status, code = answer.status, veil.quote(code_in(answer))
    portkeys = isinstance(answer.json(), dict)
    if portkeys and status == 403:
        return Problem(
            "right",
            f"This key may not {call.may}",
            who_grants(place.edition, call.scope, plan=call.plan),
            status,
            code,
        )
    if portkeys and status == 404:
        return Problem("absent", *_absent(call, about, place.edition), status, code)
    if portkeys and 200 <= status < 300:
        return UNREADABLE._replace(status=status)
    if not portkeys or status >= 500:
        found: ProblemKind = "no_answer" if status >= 500 else "no_gateway"
    else:
        found = _KINDS.get(status, "refused")
    return Problem(found, step.text, step.hint, status, code)


def not_in_edition(call: Call[Any], edition: Edition) -> Problem:
    """An edition shows a gateway key only some of the account."""
    return Problem(
        "no_account", f"{edition.title} does not let a gateway key {call.may}", f"Look at {edition.console}."
    )


def who_grants(edition: Edition, *scopes: str, plan: str = "") -> str:
    """Who can give a key the rights that it has not, and where."""
    what = f"the scope{'s' * (len(scopes) > 1)} {', '.join(scopes)}"
    hint = f"Anyone who manages the workspace can give it {what} at {edition.place('API Keys')}."
    return f"{hint} {plan}".rstrip()


def _absent(call: Call[Any], about: str, edition: Edition) -> tuple[str, str]:
    if about and not call.scope:
        return f"Portkey knows no {about}", "It may be too new, or its name is another one there."
    if about:
        return (
            f"This key's workspace has no {about}",
            f"Look at {edition.console}: is it another workspace's?",
        )
    return f"This gateway has nothing with which to {call.may}", call.plan or f"Look at {edition.console}."
