"""One rule: changed, moved, removed; and what a rule that is being typed fits. Each holds at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from profiles.base.text import printable
from profiles.projects.rules.rules import Rule, checked
from tray.actions.more.glance.clones import clones_of
from tray.actions.projects.overview import all_projects
from tray.actions.projects.rules import all_rules, remove_rule
from tray.actions.projects.rules_in_force import check_rule, move_rule, put_in_force
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.projects.rule_fields import refused, typed_rule
from tray.manager.pages.projects.rule_jobs import have_hold
from tray.manager.pages.shell import in_shell
from tray.manager.views.drawing import draw
from tray.manager.views.projects.one import profile_options
from tray.manager.views.projects.rows import Words, in_words, shown_path
from tray.manager.views.projects.rules import fits_words, rule_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site
    from tray.manager.views.fields import FieldError

_LONGEST = 400  # characters of a path that is being typed
_MOST = 5  # projects named after an action


@page
def fits(site: Site, session: Session, request: Request) -> Response:  # noqa: ARG001
    """What the folders that are being typed fit today: a line for a script."""
    rule = Rule(request.query_params.get("value", "").strip()[:_LONGEST], metadata={"any": "pair"})
    try:
        checked(rule)
        before = [each for each in all_rules(site.app).rules if each.path != rule.path]
        words = fits_words(clones_of(site.app, [*before, rule], rule)[0])
    except PkccError as error:
        words = Words("none", f"{error.title}.") if rule.path else Words("", "")
    return HTMLResponse(draw("projects/answer.html", words=words))


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """A rule with its fields."""
    return _shown(site, session, request)


@form
def change(site: Site, session: Session, fields: Form) -> str | Response:
    """Have it say what was typed."""
    rule, errors = typed_rule(fields)
    number, known = _of_id(site, fields.request.path_params["id"])
    if errors:
        return _shown(site, session, fields.request, errors)
    try:
        check_rule(site.app, rule, known.path)
    except (ConflictError, NotFoundError) as error:
        return _shown(site, session, fields.request, [refused(error)])
    return have_hold(
        site,
        "Changing the rule",
        lambda app: put_in_force(app, rule, known.path),
        lambda _: f"Rule {number} is changed",
    )


@form
def move(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Move it one place up or down."""
    way, _, wanted = fields.text("move").partition(" ")
    _, rule = _of_id(site, wanted)
    return have_hold(
        site,
        "Moving the rule",
        lambda app: move_rule(app, rule.path, -1 if way == "up" else 1),
        lambda found: f"{printable(rule.path)} is rule {found.number} now",
    )


@page
def confirm(site: Site, session: Session, request: Request) -> Response:
    """What removing a rule does: nothing is done yet."""
    number, rule = _of_id(site, request.path_params["id"])
    look = look_around(site)
    made = [each.directory for each in all_projects(site.app).projects if each.rule == rule.path]
    return in_shell(
        site,
        session,
        request,
        "projects/rule_remove",
        look,
        number=number,
        rule_path=printable(rule.path, 200),
        made=[shown_path(each, look.home) for each in made],
    )


@form
def remove(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Forget it, and put back each project that it alone made."""
    number, rule = _of_id(site, fields.request.path_params["id"])
    home = look_around(site).home

    def work(job: Job) -> str:
        job.step("Putting back the projects that it made")
        removed, notes = remove_rule(job.app, rule.path)
        lines = [f"{shown_path(each, home)} is put back" for each in removed.removed[:_MOST]]
        lines += [f"And {len(removed.removed) - _MOST} more"] if len(removed.removed) > _MOST else []
        told = (*lines, *(in_words(each, home) for each in notes))
        job.tell(Flash("ok", f"Rule {number} is removed", told, "Undo"))
        return "/projects"

    return site.jobs.change("Removing the rule", work, "/projects")


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    number, rule = _of_id(site, request.path_params["id"])
    look = look_around(site)
    return in_shell(
        site,
        session,
        request,
        "projects/rule",
        look,
        errors=errors,
        outcome="The rule was not changed",
        number=number,
        rule=rule,
        fits=fits_words(clones_of(site.app, all_rules(site.app).rules, rule)[0]),
        options=profile_options(look.profiles, None),
    )


def _of_id(site: Site, wanted: str) -> tuple[int, Rule]:
    """The rule that an address names, and its number. Raises NotFoundError."""
    for number, rule in enumerate(all_rules(site.app).rules, start=1):
        if rule_id(rule) == wanted:
            return number, rule
    raise NotFoundError("That rule is not there any more", "The list shows those that are.")


ROUTES = (
    Route("/projects/rules/fits", fits, methods=["GET"]),
    Route("/projects/do/move", move, methods=["POST"]),
    Route("/projects/rules/{id}", show, methods=["GET"]),
    Route("/projects/rules/{id}", change, methods=["POST"]),
    Route("/projects/rules/{id}/remove", confirm, methods=["GET"]),
    Route("/projects/rules/{id}/remove", remove, methods=["POST"]),
)
