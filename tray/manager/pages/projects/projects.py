"""Projects: all of them, those in trouble first; the rules below, and a form that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import ConflictError, NotFoundError, PkccError
from tray.actions.projects.rules import all_rules
from tray.actions.projects.rules_in_force import check_rule, put_in_force
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.projects.rule_fields import refused, typed_rule
from tray.manager.pages.projects.rule_jobs import have_hold
from tray.manager.pages.shell import in_shell
from tray.manager.views.projects.one import profile_options
from tray.manager.views.projects.rows import in_words, listed
from tray.manager.views.projects.rules import rule_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from profiles.projects.rules.rules import Rule
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site
    from tray.manager.views.fields import FieldError

_LONGEST_QUERY = 200


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The list, or what of it fits a search."""
    return _shown(site, session, request)


@form
def add_rule(site: Site, session: Session, fields: Form) -> str | Response:
    """Keep one more rule; the clones that it is for become projects with it."""
    rule, errors = typed_rule(fields)
    if errors:
        return _shown(site, session, fields.request, errors)
    try:
        check_rule(site.app, rule)
    except (ConflictError, NotFoundError) as error:
        return _shown(site, session, fields.request, [refused(error)])
    return have_hold(
        site,
        "Adding the rule",
        lambda app: put_in_force(app, rule),
        lambda found: f"Rule {found.number} is kept",
    )


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    look = look_around(site)
    rules, problem = _rules(site, look.home)
    asked = request.query_params
    number = asked.get("page", "1")
    projects = listed(
        look,
        site.projects.read(),
        [rule.path for rule in rules],
        asked.get("q", "")[:_LONGEST_QUERY],
        int(number) if number.isdecimal() and len(number) < 6 else 1,
    )
    return in_shell(
        site,
        session,
        request,
        "projects/list",
        look,
        errors=errors,
        outcome="The rule was not added",
        listed=projects,
        rules=rule_rows(look, rules, site.clones.of(rules)),
        rules_problem=problem,
        options=profile_options(look.profiles, None),
    )


def _rules(site: Site, home: str) -> tuple[tuple[Rule, ...], str]:
    """The rules, or why they cannot be read: the projects are shown all the same."""
    try:
        return all_rules(site.app).rules, ""
    except PkccError as error:
        return (), in_words(f"{error.title}. {error.hint}", home)


ROUTES = (
    Route("/projects", show, methods=["GET"]),
    Route("/projects", add_rule, methods=["POST"]),
)
