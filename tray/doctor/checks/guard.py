"""The guard: whether it is on, what it would say here, what it kept back lately, and what is trusted."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.files.preferences import is_guarded
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding

_LATELY_S = 24 * 3600.0


def guard_off(context: Context) -> Iterator[Finding]:
    """Keys go wherever a settings file sends them."""
    if not is_guarded(context.locations):
        what = "The key guard is off: a key goes wherever a settings file sends Claude Code's requests"
        why = "A cloned repository can take it, without a question."
        yield warning("guard-off", what, why, context.ours("preference", "key_guard", "on"))


def refused_here(context: Context) -> Iterator[Finding]:
    """A session that is started here would get no key."""
    from profiles.profile.rendering import base_url_of
    from profiles.routes.guard.foresee import foresee
    from profiles.routes.guard.words import remedy, wrong

    reading, name = context.reading, context.active
    if reading is None or name is None or not context.values.get(HELPER_KEY):
        return
    rendered, profile = reading.state.current.rendered, context.profiles.get(name)
    if rendered is None or not rendered.helper or not is_guarded(context.locations):
        return
    if profile is not None and not isinstance(profile, PkccError):
        rendered = rendered._replace(trusted=profile.trusted)
    path = context.locations.settings_path
    refusal = foresee(rendered, reading.state, context.environ, context.directory, path)
    if refusal is None:
        return
    why_not = wrong(refusal, name, base_url_of(rendered))
    what = f"Claude Code would get no key in {context.directory}: {why_not}"
    why = "The guard keeps a key from every address, proxy and certificate that is not the profile's own."
    advice = remedy(name, refusal)
    yield problem("key-refused", what, why, advice=advice[:1].upper() + advice[1:] + ".")


def refused_lately(context: Context) -> Iterator[Finding]:
    """Keys that were kept back, or went out with the guard off, in the last day."""
    from profiles.routes.guard.record import Handouts
    from profiles.routes.guard.words import told

    lines = {
        told(handout): None
        for handout in Handouts(context.locations).recent(time.time() - _LATELY_S)
        if handout.is_alarming
    }
    why = "Look at that file, and where it came from; `pkcc-tray status` shows the latest ones."
    for line in list(lines)[-3:]:
        yield note("keys-kept-back", line, why)


def trusted(context: Context) -> Iterator[Finding]:
    """What is allowed for keys besides their own gateways."""
    for name, profile in context.profiles.items():
        for entry in [] if isinstance(profile, PkccError) else profile.trusted:
            what, why = f"{name} trusts {entry}", "Its key may be seen there too."
            command = context.ours("trust", "remove", entry, "--profile", name)
            yield note("trusted", what, why, advice=f"`{command}` takes it back.")
