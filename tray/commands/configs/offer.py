"""What `add` offers for a config that goes along with each request: many organisations refuse those."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.portkey.editions import is_portkey_url
from tray.actions.account.ask import AccountError
from tray.actions.configs.own_config import config_to_save
from tray.actions.configs.plan_push import Meant, plan_push
from tray.actions.configs.push import push
from tray.actions.profiles.add import as_stored
from tray.terminal.words.saved_configs import plan_lines, pushed_lines

if TYPE_CHECKING:
    from tray.actions.profiles.add import Added
    from tray.app import App

_REFUSED = "Organisations made since June 2026 take only configs that are saved at Portkey"

_BY_THE_GATEWAY = 6  # exit code


class Offered(NamedTuple):
    """The profile as it is stored after all, with lines and notes on what came of the offer."""

    added: Added
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def offer_to_save(app: App, added: Added) -> Offered:
    """Save the config of a profile just stored at Portkey, if the person says so. What fails is a note."""
    name = added.name
    own = config_to_save(app, name)
    if own is None:
        return Offered(added)
    command = f"`pkcc-tray config push --profile {name}`"
    if not app.interactive:
        hosted = is_portkey_url(app.store.load(name).base_url)
        note = f"{_REFUSED}, unless set otherwise: {command} saves it there"
        return Offered(added, (), (note,) if hosted else ())
    from tray.terminal.prompts import confirm, say
    from tray.terminal.rich_parts import say_difference
    from tray.terminal.waiting import waiting

    try:
        with waiting(app.environ, "Asking Portkey"):
            plan = plan_push(app, Meant(name, own))
    except AccountError as error:
        refused = error.exit_code == _BY_THE_GATEWAY
        return Offered(added, (), (f"{_REFUSED}. {error.title}. {error.hint}",) if refused else ())
    except PkccError as error:
        return Offered(added, (), (f"{_REFUSED}: {error.title}; {command} tries again",))
    say(f"\n{_REFUSED}, unless set otherwise.")
    say_difference(plan_lines(plan))
    if not confirm("Save it there, so that no request carries it?", default=False):
        return Offered(added, (), (f"{command} saves the config at Portkey later",))
    try:
        pushed, notes = push(app, plan, say)
    except PkccError as error:
        return Offered(added, (), (f"{error.title}. {error.hint}",))
    again = as_stored(app, name, added.keys_stored, switched=added.switched)
    return Offered(again, tuple(pushed_lines(pushed)[:-1]), notes)
