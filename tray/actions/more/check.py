"""Asking the gateways of profiles whether they answer and take the key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError, PkccError, UsageError
from profiles.gateway.asking.meanings import NOT_SAVED
from profiles.gateway.asking.steps import FAILED, NO_KEY, OK, UNREACHABLE, WARN, Step, Veil
from profiles.gateway.check.helper import helper_step
from profiles.gateway.check.kept_checks import CheckedProfile, CheckedStep, KeptCheck, keep_checks
from profiles.gateway.check.question import Question
from profiles.portkey.editions import edition_of
from profiles.profile.rendering import base_url_of, mark_of
from profiles.profile.schema.model_advice import model_advice
from profiles.routes.guard.refusal import ENVIRONMENT
from tray.actions.describing.describe import describe
from tray.actions.keys.looked_up_once import key_and_headers
from tray.actions.network import kept_back, network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.refusal import Refusal
    from tray.app import App


_AT_ONCE = 8  # gateways asked at the same time by --all


class _Prepared(NamedTuple):
    """A profile as it is asked about: what this machine alone can tell, and what to ask; None for nothing."""

    name: str
    rendered: Rendered | None
    steps: list[Step]
    question: Question | None

    @property
    def mark(self) -> str:
        """Of what was asked, whatever the profile is by the time of the answer; "" where it can't be read."""
        return "" if self.rendered is None else mark_of(self.rendered)

    def with_more(self, more: list[Step]) -> CheckedProfile:
        """What was found of it in all."""
        steps = [*self.steps, *more]
        gateway = None if self.rendered is None else base_url_of(self.rendered)
        exit_code = next((step.exit_code for step in steps if step.exit_code), 0)
        shown = tuple(CheckedStep(each.step, each.verdict, each.text, each.hint, each.ms) for each in steps)
        return CheckedProfile(self.name, gateway, exit_code, shown)


class Checked(NamedTuple):
    """What `check` found, profile by profile."""

    profiles: tuple[CheckedProfile, ...]


def check_profiles(
    app: App,
    names: Sequence[str],
    *,
    along_route: bool = False,
    on_step: Callable[[Step], None] = lambda _step: None,
) -> Checked:
    """What was found of each profile. It waits for the network, up to 10 s: not for a thread that draws.

    It is kept as what is known of them. `on_step` hears of each step of a single profile as it ends. Raises
    NotFoundError or UsageError when there is no profile of a name; all else is reported in the steps.
    """
    began = time.time()
    prepared = [_prepare(app, name, along_route=along_route) for name in names]  # keys, helpers: one by one
    questions = [each.question for each in prepared]
    if len(questions) == 1:
        for step in prepared[0].steps:
            on_step(step)
        found = [_asked(questions[0], on_step)]
    else:
        from profiles.gateway.asking.at_once import AtOnce

        with AtOnce(_AT_ONCE) as pool:
            found = pool.map(_asked, questions)
    checked = Checked(tuple(each.with_more(more) for each, more in zip(prepared, found, strict=True)))
    keep_checks(
        app.locations,
        [KeptCheck(began, each.mark, found) for each, found in zip(prepared, checked.profiles, strict=True)],
    )
    return checked


def check_unsaved(app: App, rendered: Rendered, secrets: Mapping[str, Secret]) -> KeptCheck:
    """What was found of a profile that is not stored yet, with its secrets by key name: to be kept with it.

    No helper could print its key yet, so none is asked. It waits for the network, up to 10 s. Raises
    nothing: all is reported in the steps.
    """
    known = {f"keyring:{name}": secret for name, secret in secrets.items()}
    began = time.time()
    prepared = _question(app, rendered, known, along_route=False, with_helper=False)
    return KeptCheck(began, prepared.mark, prepared.with_more(_asked(prepared.question)))


def reach_profiles(app: App, names: Sequence[str]) -> Checked:
    """Whether the gateways of those profiles answer at all: no key is read, and none is sent.

    It waits for the network, up to 10 s each. Raises NotFoundError or UsageError as `check_profiles` does.
    """
    from profiles.gateway.check.reach import reach_gateway

    found = []
    for name in names:
        try:
            rendered = app.store.rendered(name)
        except (NotFoundError, UsageError):
            raise
        except PkccError as error:
            found.append(_unreadable(name, error).with_more([]))
        else:
            network = network_of(app, rendered, refusal=None, of_projects=False)
            steps = reach_gateway(base_url_of(rendered), network)
            found.append(_Prepared(name, rendered, [], None).with_more(steps))
    return Checked(tuple(found))


def refused_unsaved(checked: Checked) -> dict[str, str]:
    """The profiles whose organisation takes a config only where it is saved, with what the gateway says."""
    return {
        each.name: step.text
        for each in checked.profiles
        for step in each.steps
        if step.verdict == FAILED and any(code in step.text for code in NOT_SAVED)
    }


def _asked(question: Question | None, on_step: Callable[[Step], None] = lambda _step: None) -> list[Step]:
    if question is None:
        return []
    from profiles.gateway.check.check import check_gateway  # an HTTP client: 100 ms

    return check_gateway(question, on_step=on_step)


def _prepare(app: App, name: str, *, along_route: bool) -> _Prepared:
    """A stored profile, ready to be asked about."""
    try:
        rendered = app.store.rendered(name)
    except (NotFoundError, UsageError):
        raise
    except PkccError as error:
        return _unreadable(name, error)
    return _question(app, rendered, {}, along_route=along_route)


def _unreadable(name: str, error: PkccError) -> _Prepared:
    return _Prepared(name, None, [_failed("profile", error, UNREACHABLE)], None)


def _question(
    app: App, rendered: Rendered, known: dict[str, Secret], *, along_route: bool, with_helper: bool = True
) -> _Prepared:
    """The same for a rendering; `known` are the secrets, by reference, that are not stored yet."""
    started = time.monotonic()
    try:
        key, headers = key_and_headers(app, rendered, known)
    except PkccError as error:
        return _Prepared(rendered.name, rendered, [_failed("key", error, NO_KEY)], None)
    took = round((time.monotonic() - started) * 1000)
    unread = app.switcher.read().problem if with_helper else None
    steps = [] if unread is None else [_failed("settings", unread, NO_KEY)]
    steps += [Step("models", WARN, what, f"{helps}.") for what, helps in model_advice(rendered)]
    steps.append(Step("key", OK, describe(rendered, {}).key, ms=took))
    secrets = list(known.values())
    refusal = kept_back(app, rendered)
    command = app.switcher.helper_command(rendered) if with_helper else None
    if command and (unread is None or refusal is None or refusal.kind != ENVIRONMENT):
        environ = _environ_of_helper(app, rendered)
        steps.append(
            helper_step(command, key, environ, app.directory, Veil(secrets))
            if refusal is None
            else _withheld(rendered, refusal)
        )
    url, network = base_url_of(rendered), network_of(app, rendered, refusal)
    question = Question(rendered, url, key, headers, secrets, network, along_route, edition_of(url))
    return _Prepared(rendered.name, rendered, steps, question)


def _environ_of_helper(app: App, rendered: Rendered) -> dict[str, str]:
    """As in a session of that profile, but not taken for one: no session's key is asked for."""
    from profiles.routes.guard.asker import MARKERS
    from profiles.routes.guard.foresee import part_of_session

    environ = {name: value for name, value in app.environ.items() if name not in MARKERS}
    return environ | part_of_session(rendered)


def _withheld(rendered: Rendered, refusal: Refusal) -> Step:
    """That the guard would give a session here no key: asked of the helper, it would raise its alarm."""
    from profiles.routes.guard.words import remedy, wrong

    text = f"Claude Code would get no key: {wrong(refusal, rendered.name, base_url_of(rendered))}"
    hint = remedy(rendered.name, refusal)
    return Step("helper", FAILED, text, f"{hint[:1].upper()}{hint[1:]}.", exit_code=NO_KEY)


def _failed(what: str, error: PkccError, exit_code: int) -> Step:
    return Step(what, FAILED, error.title, error.hint, exit_code=exit_code)
