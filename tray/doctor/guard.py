"""The guard: whether it is on, what it would say here, what it kept back lately, and what is trusted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.errors import PkccError
from profiles.owned import HELPER_KEY
from profiles.preferences import is_guarded
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.context import Context

_LATELY_S = 24 * 3600.0


def guard_off(context: Context) -> list[Finding]:
    """Keys go wherever a settings file sends them."""
    if is_guarded(context.locations):
        return []
    what = "The key guard is off: a key goes wherever a settings file sends Claude Code's requests"
    why = "A cloned repository can take it, without a question."
    return [Finding("guard-off", "warning", what, why, context.ours("preference", "key_guard", "on"))]


def refused_here(context: Context) -> list[Finding]:
    """A session that is started here would get no key."""
    from profiles.guard.foreseeing import foresee
    from profiles.guard.words import remedy, wrong
    from profiles.rendering import base_url_of

    reading, name = context.reading, context.active
    if reading is None or name is None or not context.values.get(HELPER_KEY):
        return []
    rendered, profile = reading.state.current.rendered, context.profiles.get(name)
    if rendered is None or not rendered.helper or not is_guarded(context.locations):
        return []
    if profile is not None and not isinstance(profile, PkccError):
        rendered = rendered._replace(trusted=profile.trusted)
    path = context.locations.settings_path
    refusal = foresee(rendered, reading.state, context.environ, context.directory, path)
    if refusal is None:
        return []
    why_not = wrong(refusal, name, base_url_of(rendered))
    what = f"Claude Code would get no key in {context.directory}: {why_not}"
    why = "The guard keeps a key from every address, proxy and certificate that is not the profile's own."
    advice = remedy(name, refusal)
    return [Finding("key-refused", "problem", what, why, "", advice[:1].upper() + advice[1:] + ".")]


def refused_lately(context: Context) -> list[Finding]:
    """Keys that were kept back, or went out with the guard off, in the last day."""
    from profiles.guard.handouts import Handouts
    from profiles.guard.words import told

    lines = {
        told(handout): None
        for handout in Handouts(context.locations).recent(time.time() - _LATELY_S)
        if handout.is_alarming
    }
    if not lines:
        return []
    why = "Look at that file, and where it came from; `pkcc-tray status` shows the latest ones."
    return [Finding("keys-kept-back", "note", line, why) for line in list(lines)[-3:]]


def trusted(context: Context) -> list[Finding]:
    """What keys may meet besides their own gateways."""
    found = []
    for name, profile in context.profiles.items():
        if not isinstance(profile, PkccError) and profile.trusted:
            what = f"{name} trusts {', '.join(profile.trusted)}"
            why = "Its key may be seen there too."
            command = context.ours("trust", "remove", profile.trusted[0], "--profile", name)
            found.append(Finding("trusted", "note", what, why, "", f"`{command}` takes it back."))
    return found
