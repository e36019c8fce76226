"""The route that a new session here would take, whatever decides it: the mistakes Portkey's pages know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.beside.client_state import is_set_up
from profiles.claude_code.beside.own_login import account_login, console_key
from profiles.claude_code.dialects import DIALECTS, stray_ending
from profiles.claude_code.header_lines import header_in
from profiles.claude_code.owned_slots import (
    API_KEY_SLOT,
    HELPER_KEY,
    PLACES_OF_A_KEY,
    PORTKEY_KEY_SLOT,
    PROJECT_ID,
    ROUTE_SLOTS,
    TOKEN_SLOT,
    WAYS_TO_A_KEY,
)
from profiles.claude_code.routing_names import BASE_URLS, OWN_LOGIN, SWITCH_OF, V1
from profiles.claude_code.variable_values import first_start_asks, is_on
from profiles.portkey.editions import is_portkey_url
from profiles.portkey.header_names import BEARER, LOGIN, PORTKEY_KEY, ROUTE
from profiles.profile.rendering import keeps_own_login
from profiles.routes.overrides import find_overrides
from tray.doctor.finding import note, problem, warning
from tray.doctor.remedies import for_slot, free_name, has_route, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def base_url(context: Context) -> Iterator[Finding]:
    """A `/v1` too much or too few, or a path that the client appends itself."""
    url = context.base_url.rstrip("/")
    if not context.through_portkey or url == DIALECTS[context.dialect].right_url(url):
        return
    name = BASE_URLS[context.dialect]
    if stray := stray_ending(url):
        right = DIALECTS[context.dialect].right_url(url)
        what = f"{name} ends in {stray}; the right URL is {right}"
    elif url.endswith(V1):
        what = f"{name} ends in {V1}, which Claude Code adds itself in the {context.dialect} format"
    else:
        what = f"{name} does not end in {V1}, which the {context.dialect} format needs"
    why = "Requests go to an address that is not there: `500 fetch failed`, or 404."
    yield problem("base-url", what, why, *for_slot(context, f"env.{name}"))


def project_id(context: Context) -> Iterator[Finding]:
    """The Vertex dialect without a project id."""
    google = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
    if not context.through_portkey or context.dialect != "vertex" or any(map(context.variable, google)):
        return
    if context.text(f"env.{PROJECT_ID}"):
        return
    what = f"{PROJECT_ID} is missing in the vertex format"
    why = "Claude Code sends nothing without one (`No projectId was given`), though Portkey ignores it."
    yield problem("project-id", what, why, *for_slot(context, f"env.{PROJECT_ID}"))


def portkey_route(context: Context) -> Iterator[Finding]:
    """Requests to Portkey that do not say where to go on."""
    if not context.through_portkey or has_route(context) or context.glued:
        return
    if context.active and any(found.cuts for found in find_overrides(context.sources)):
        return  # `overridden` says what takes it away, and what helps
    written = context.rendered
    if is_portkey_url(context.base_url) and _has_key(context):
        if written is None:
            what = "No header line names a route, and no model an @slug/: the key's own default config has to"
            why = "Without one the gateway refuses requests (400, or `500 fetch failed`)."
            yield note("no-route", what, why)
            return
        if not any(name in ROUTE for name, _ in written.headers):
            return  # as the profile means it
    what = "There is a Portkey base URL, but no provider, virtual key or config among the headers"
    why = "The gateway does not know where to send requests: `500 fetch failed`."
    add = context.ours("add", free_name(context), "--switch")
    yield problem("no-route", what, why, context.ours("restore") if context.active else add)


def _has_key(context: Context) -> bool:
    """Whether a key goes along that may have a default config at Portkey."""
    return any(map(context.text, WAYS_TO_A_KEY)) or BEARER in _header_names(context)


def authentication(context: Context) -> Iterator[Finding]:
    """No key for the gateway, or one too many."""
    if not context.through_portkey:
        return
    token, key, helper = map(context.text, (TOKEN_SLOT, API_KEY_SLOT, HELPER_KEY))
    if context.dialect == "messages" and sum(map(bool, (token and token != key, key, helper))) > 1:
        what = "More than one of ANTHROPIC_AUTH_TOKEN, ANTHROPIC_API_KEY and apiKeyHelper are in force"
        why = "Claude Code sends them side by side: a key for one place goes to another."
        slot = API_KEY_SLOT if key else TOKEN_SLOT
        yield problem("two-keys", what, why, *for_slot(context, slot))
        return
    if not DIALECTS[context.dialect].token:
        if context.text(PORTKEY_KEY_SLOT) or helper:
            return
        what = f"There is no key: neither an {PORTKEY_KEY} header nor an apiKeyHelper"
        why = "The gateway refuses every request (401)."
        yield problem("no-key", what, why, *_way_to_a_key(context))
        return
    if BEARER in _header_names(context):  # such a line is enough for the client
        return
    own_login = _login_in_place_of_a_key(context) or console_key(context.locations, context.environ)
    if token or key or helper or own_login or context.platform == "darwin":  # there in the keychain
        return
    what = "There is neither a token nor an apiKeyHelper, nor a login of Claude Code's own"
    why = "Claude Code says `Not logged in` and sends nothing; a key in a header is not enough."
    yield problem("no-key", what, why, *_way_to_a_key(context))


def own_login(context: Context) -> Iterator[Finding]:
    """A login of Claude Code's own that goes to the gateway, beside the key or in its place."""
    if not context.through_portkey or context.dialect != "messages" or context.text(HELPER_KEY):
        return
    lines = _header_names(context)
    token = bool(context.text(TOKEN_SLOT)) or BEARER in lines
    path = console_key(context.locations, context.environ)
    sent = _login_in_place_of_a_key(context) or (path if LOGIN not in lines else "")
    if context.text(API_KEY_SLOT) or not (path if token else sent):
        return
    if not token:
        what = f"Claude Code's own login goes to the gateway: {sent}"
        why = "With the key in a header alone, that login is what Claude Code signs in with there."
        yield note(
            "own-login", what, why, advice="With the key as a token, or by a helper, it stays at home."
        )
        return
    what = f"Claude Code has a login of its own: primaryApiKey in {path}"
    if LOGIN in lines:
        yield note("own-login", what, "The `x-api-key:` header line keeps it from the gateway.")
        return
    why = "It is sent to the gateway beside the key, as `x-api-key`: a key for one place goes to another."
    command, advice = _without_login(context)
    yield problem("two-keys", what, why, command, f"{advice} Or log out with `/logout`.".strip())


def _login_in_place_of_a_key(context: Context) -> str:
    """The claude.ai login that Claude Code takes where it has no key: its file or variable, or ""."""
    return OWN_LOGIN if context.variable(OWN_LOGIN) else account_login(context.locations, context.environ)


def _without_login(context: Context) -> tuple[str, str]:
    """What keeps a login back, whatever set the key: a profile has a line for it."""
    slot = next((slot for slot in (TOKEN_SLOT, *ROUTE_SLOTS) if slot in context.values), TOKEN_SLOT)
    value = context.values.get(slot)
    if context.active and value is not None and value.source == "user":
        return context.ours("switch", context.active), ""
    return for_slot(context, slot)


def _header_names(context: Context) -> set[str]:
    """The names of the header lines in force, blank ones too."""
    lines = context.header_source.headers.split("\n") if context.header_source else ()
    return {header_in(line)[0] for line in lines}


def first_run(context: Context) -> Iterator[Finding]:
    """A client that was never started here, whose first start would ask for a login at Anthropic."""
    token_from = context.values[TOKEN_SLOT].source if context.text(TOKEN_SLOT) else ""
    asks = first_start_asks(context.dialect, helper=bool(context.text(HELPER_KEY)), token_from=token_from)
    if not (asks and context.through_portkey) or is_set_up(context.locations, context.environ):
        return
    what = "Claude Code was not started here yet, and its first start asks for a login at Anthropic"
    why = "Where that cannot be reached it does not start: `Unable to connect to Anthropic services`."
    command, advice = "", f"A helper spares that, or a token in {context.locations.settings_path}."
    if context.active and not token_from:
        command, instead = with_field(context, context.active, "key_in", "token")
        advice = instead or advice
    yield warning("first-run", what, why, command, advice)


def _way_to_a_key(context: Context) -> tuple[str, str]:
    if context.active is None:
        return "", "Add a profile with a key: `pkcc-tray add NAME`, then switch to it."
    drifted = context.reading is None or bool(context.reading.changes)
    if context.rendered is not None and keeps_own_login(context.rendered) and not drifted:
        token, advice = with_field(context, context.active, "key_in", "--unset")
        return token, advice or "Or log in to Claude Code (`claude`, then `/login`)."
    return context.ours("restore"), ""


def placeholders(context: Context) -> Iterator[Finding]:
    """A key that is still the documentation's placeholder."""
    slots = [slot for slot in PLACES_OF_A_KEY if re.search(r"YOUR[_-]", context.text(slot), re.IGNORECASE)]
    if not slots:
        return
    names = " and ".join(slot.partition(".")[2] for slot in slots)
    what = f"The key is the documentation's placeholder, in {names}"
    ours = context.active if context.values[slots[0]].source == "user" else None
    command, advice = "", "Put your own key there, or make a profile: `pkcc-tray add NAME`."
    profile = context.profiles.get(ours or "")
    if ours and profile is not None and not isinstance(profile, PkccError):
        lies_here = profile.api_key.startswith(("keyring:", "vault:"))
        command = context.ours(*(("key", "rotate", ours) if lies_here else ("switch", ours)))
        advice = "" if lies_here else f"Put your own key there first: {profile.api_key}."
    yield problem("placeholder", what, "The gateway refuses every request (401).", command, advice)


def other_places(context: Context) -> Iterator[Finding]:
    """A switch of the client's that takes requests away from the route."""
    for name in (switch for dialect, switch in SWITCH_OF.items() if dialect not in DIALECTS):
        slot = f"env.{name}"
        if context.through_portkey and is_on(context.text(slot)):
            what = f"{name} is set"
            why = "Claude Code sends its requests there, and not through Portkey."
            yield problem("other-place", what, why, *for_slot(context, slot))
