"""config push: a config of ours is saved at Portkey, and the profiles that used it name its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, DeclinedError, UsageError
from tray.actions.account.configs import push as actions
from tray.actions.account.configs.own_config import config_in_file, config_of_profile
from tray.actions.account.configs.plan_push import Meant, plan_push
from tray.actions.which_profile import used_here_unless_named
from tray.commands import offers
from tray.commands.configs.files import NAME_ONE, saved_id
from tray.commands.names import completed
from tray.commands.options import add_profile, flag, read_given_file
from tray.terminal.results import Report, report
from tray.terminal.waiting import waiting
from tray.terminal.words.configs.saved import plan_lines, pushed_lines, pushed_lines_unseen

if TYPE_CHECKING:
    import argparse

    from tray.actions.account.configs.plan_push import Plan
    from tray.app import App


def arguments_config_push(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--profile NAME] [--name N | --id pc-…] [--with-secrets] [--yes]."""
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="a Portkey config as JSON; - for standard input (default: the profile's own config)",
    )
    add_profile(parser, "whose key saves it (default: the one used here)", "NAME")
    parser.add_argument("--name", help="its name at Portkey (default: the file's, without its ending)")
    instead = "the saved config that it takes the place of"
    completed(parser.add_argument("--id", dest="config_id", metavar="pc-…", help=instead), offers.configs)
    flag(parser, "--with-secrets", "even with secrets in it, which all who may read configs then see")
    flag(parser, "--yes", "do not ask")


def config_push(
    app: App, file: str | None, *, profile: str | None, name: str | None, config_id: str | None,
    with_secrets: bool, yes: bool,
) -> Report:  # fmt: skip
    """Create the config, or change the one of that id or name. Raises DeclinedError for a no."""
    here = used_here_unless_named(app, profile, NAME_ONE)
    own = config_of_profile(app, here.name) if file is None else config_in_file(file, read_given_file(file))
    if not (config_id or name or own.name):
        raise UsageError("A config on standard input has no name", "Give it one with --name, or --id pc-….")
    config_id = saved_id(app, here.name, config_id) if config_id else ""
    meant = Meant(here.name, own, config_id, name or "", with_secrets)
    pushed = _push(app, meant, ask=not yes)
    return pushed._replace(notes=(*here.notes, *pushed.notes))


def _push(app: App, meant: Meant, *, ask: bool) -> Report:
    """Show what would change and ask, or with `ask` False do it at once."""
    from tray.terminal.prompts import say

    with waiting(app, "Asking Portkey"):
        plan = plan_push(app, meant)
    if ask and (plan.saves or plan.users.same):
        _ask(app, plan)
    elif not ask and plan.changes and not plan.is_known:
        raise ConflictError(
            f"There is another config named {plan.name!r} already, {plan.id}, which no profile here uses",
            f"--id {plan.id} changes that one; --name gives this one another name.",
        )
    # Where this is killed in between, the id is known all the same.
    pushed, notes = actions.push(app, plan, (lambda _: None) if app.wants_json else say)
    words, unseen = (pushed_lines, ()) if ask else (pushed_lines_unseen, plan.notes)
    return report(pushed, words, notes=(*unseen, *notes))


def _ask(app: App, plan: Plan) -> None:
    """Raises DeclinedError for a no, and where nobody can be asked."""
    from tray.terminal.looks.screen import say_difference
    from tray.terminal.prompts import confirm

    if not app.interactive:
        raise ConflictError(
            "Nobody can be asked here, so nothing was saved", "--yes saves it without asking."
        )
    say_difference(plan_lines(plan))
    if not confirm("Save it at Portkey?" if plan.saves else "Have the profile name it?", default=False):
        raise DeclinedError("Nothing was saved", "Portkey and the profiles are as they were.")
