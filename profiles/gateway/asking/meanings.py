"""What a gateway's refusals mean and what helps, by status and by what their body says: one table. Pure.

Sources: the hosted gateway's errors (codes 01 to 06, types such as `workspace_exhaust_error`), its control
plane's (AB01 to AB09), what a "saved-only" organisation refuses; the open-source gateway 1.15.2, tried.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from profiles.portkey.editions import Edition


class Meaning(NamedTuple):
    """What an answer of that status means that has one of the `marks` in it, and what helps.

    In `hint`, `{API Keys}` is that place of the edition's console, `{again}` when to try again,
    `{to save it}` how a config gets saved, `{its state}` who reports a fault,
    and NAME the profile that is asked for (see `for_profile`).
    """

    status: int
    marks: tuple[str, ...]
    text: str
    hint: str


_COMMAND = re.compile(r"(`pkcc-tray [a-z -]+)NAME\b")
_INLINE_CONFIG, _INLINE_HEADERS = "inline_config_blocked", "inline_forward_headers_blocked"
NOT_SAVED = (_INLINE_CONFIG, _INLINE_HEADERS)  # codes: saving the config helps
_ANY = ("",)
_SAVED = "it takes only what is saved at Portkey"
_SAVE_HOST = "Save an integration with that host at Portkey, and use its @slug."
_SAVE_CONFIG = "{to save it}"
_RAISE = "Raise or reset its limit at "
PROXY_LOGIN = "Put them into HTTPS_PROXY, as http://user:password@host:port."
_WAIT = "Try again {again}."
# The first that fits counts: of one status the particular ones stand before the general one.
MEANINGS = tuple(
    Meaning(*row)
    for row in (
        (400, ("inline_provider_blocked",), f"The organisation refuses plain provider names: {_SAVED}",
         "Give the profile a provider of the workspace (@slug): `pkcc-tray edit NAME`."),
        (400, (_INLINE_CONFIG,), f"The organisation refuses inline configs: {_SAVED}", _SAVE_CONFIG),
        (400, ("inline_custom_host_blocked", "inline_provider_url_blocked"),
         f"The organisation refuses custom hosts: {_SAVED}", _SAVE_HOST),
        (400, (_INLINE_HEADERS,),
         f"The organisation refuses forward_headers, in a config or a header: {_SAVED}", _SAVE_CONFIG),
        (400, ("_blocked",), "The organisation does not allow this route",
         "It takes only what is saved at Portkey."),
        (401, ("virtual_key_expired_error",), "The provider behind the route has expired",
         "Renew it at {Model Catalog}."),
        (401, ("Workspace Expired", "workspace_expired_error"), "The key's workspace has expired",
         "Ask who runs it to renew it at {Workspaces}."),
        (401, ("API Key Expired",), "The key has expired",
         "Make a new one at {API Keys}; `pkcc-tray key rotate NAME` replaces it here."),
        (401, ("Unable to validate",), "The gateway could not look at the key",
         "Try again; {its state}."),
        (401, _ANY, "The gateway does not accept this key",
         "Compare it with {API Keys}; `pkcc-tray key rotate NAME` replaces it."),
        (402, _ANY, "The organisation's subscription is exhausted", "See {Billing}."),
        (403, _ANY, "The key is known, but may not do this", "Give it the rights (scopes) at {API Keys}."),
        (407, _ANY, "A proxy wants a user name and password",
         PROXY_LOGIN),
        (408, _ANY, "The gateway gave up waiting", "Try again."),
        (412, ("model_not_allowed_error", "is not allowed for this integration"),
         "The integration does not allow this model",
         "Name another (`pkcc-tray set NAME models.default MODEL`), or have it allowed at {Integrations}."),
        (412, ("usage_limits_policy_exhaust_error",), "A usage policy's budget is used up",
         "Ask who set the policy: it may count by user, model or metadata."),
        (412, ("integration_exhaust_error",), "The integration's budget for this workspace is used up",
         _RAISE + "{Integrations}."),
        (412, ("virtual_key_exhaust_error",), "The provider's budget is used up",
         _RAISE + "{Model Catalog}."),
        (412, ("workspace_exhaust_error", "Workspace Usage Limit"), "The workspace's budget is used up",
         _RAISE + "{Workspaces}."),
        (412, ("API Key Usage Limit",), "The key's budget is used up", _RAISE + "{API Keys}."),
        (412, _ANY, "The key's or its workspace's budget is used up", _RAISE + "{API Keys}."),
        (429, ("rate_limits_policy_exhaust_error",), "A rate policy's limit is reached", _WAIT),
        (429, ("integration_rate_limit_error",), "The integration is over its rate limit", _WAIT),
        (429, ("virtual_key_rate_limit_error",), "The provider is over its rate limit", _WAIT),
        (429, ("workspace_rate_limit_error", "workspace "), "The workspace is over its rate limit", _WAIT),
        (429, ("api_key_rate_limit_error", "apikey "), "The key is over its rate limit", _WAIT),
        (429, _ANY, "The key or its organisation is over its rate limit", _WAIT),
        (431, _ANY, "The headers are too large for the gateway",
         "Make metadata or the inline config shorter."),
        (446, _ANY, "A guardrail denied the request", "See {Guardrails}."),
        (500, ("fetch failed",), "The gateway failed to reach a provider",
         "Portkey names two causes: a base URL of the wrong API format, or no provider or config header."),
    )
)  # fmt: skip
GUARDRAIL_FAILED = 246  # a guardrail failed and let the request pass: what follows is the answer


def meaning_of(status: int, body: str, edition: Edition, again: str) -> tuple[str, str]:
    """What such an answer means, and what helps, in the words of that edition."""
    for each in MEANINGS:
        if each.status == status and any(mark in body for mark in each.marks):
            return each.text, _filled(each.hint, edition, again)
    if status >= 500:
        text = "The gateway, or something before it, is in trouble"
        return text, _filled("Try again later; {its state}.", edition, again)
    return "The gateway refuses the question", f"See its logs, or {edition.place('Logs')}."


def for_profile(hint: str, name: str) -> str:
    """The hint with that profile's name where a command of ours in it has NAME."""
    return _COMMAND.sub(rf"\g<1>{name}", hint) if name else hint


def _filled(hint: str, edition: Edition, again: str) -> str:
    own = {"again": again, "to save it": _how_to_save(edition), "its state": _who_tells(edition)}
    return re.sub(r"\{([\w ]+)\}", lambda found: own.get(found[1]) or edition.place(found[1]), hint)


def _who_tells(edition: Edition) -> str:
    if edition.status_page:
        return f"{edition.status_page} tells whether Portkey has a fault"
    return "those who run the gateway know whether it has a fault"


def _how_to_save(edition: Edition) -> str:
    if "configs" in edition.lists:
        return "`pkcc-tray config push --profile NAME` saves it there, and the profile names its id (pc-…)."
    return f"Save the config at {edition.place('Configs')}, and use its id (pc-…)."
