"""The offer to save a config at Portkey, in place of sending it along: many organisations refuse that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.gateway.asking.steps import REFUSED
from profiles.portkey.editions import is_portkey_url
from tray.actions.account.ask import AccountError
from tray.actions.account.configs.own_config import config_to_save
from tray.actions.account.configs.plan_push import Meant, plan_push
from tray.actions.account.configs.push import push
from tray.actions.profiles.add import as_stored
from tray.terminal.words.configs.saved import plan_lines, pushed_lines

if TYPE_CHECKING:
    from tray.actions.account.configs.own_config import OwnConfig
    from tray.actions.profiles.add import Added
    from tray.app import App

_MANY = "Organisations made since June 2026 take only configs that are saved at Portkey, unless set otherwise"


class Offered(NamedTuple):
    """Whether the config is saved now, and the profile names it; lines and notes on what came of it."""

    saved: bool
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Stored(NamedTuple):
    """A new profile as it is stored after the offer, with lines and notes on what came of that."""

    added: Added
    lines: tuple[str, ...]
    notes: tuple[str, ...]


def offer_after_add(app: App, added: Added) -> Stored:
    """Offer it for a profile just stored; where nobody can be asked, a note has the command."""
    own = config_to_save(app, added.name)
    if own is None:
        return Stored(added, (), ())
    if not app.interactive:
        hosted = is_portkey_url(app.store.load(added.name).base_url)
        return Stored(added, (), (f"{_MANY}: {_command(added.name)} saves it there",) if hosted else ())
    offered = _offer(app, added.name, own, _MANY)
    if offered.saved:
        added = as_stored(app, added.name, added.keys_stored, switched=added.switched)
    return Stored(added, offered.lines, offered.notes)


def offer_after_refusal(app: App, name: str, said: str) -> Offered:
    """Offer it, at a terminal, for a profile whose organisation has refused its config, and said so."""
    own = config_to_save(app, name)
    return (
        Offered(False) if own is None else _offer(app, name, own, f"{name}: the config was refused: {said}")
    )


def _offer(app: App, name: str, own: OwnConfig, why: str) -> Offered:
    """Say why and what would be saved, and ask. What fails is a note: the profile is stored as it is."""
    from tray.terminal.looks.screen import say_difference
    from tray.terminal.prompts import confirm, say
    from tray.terminal.waiting import waiting

    later = Offered(False, (), (f"{_command(name)} saves the config at Portkey later",))
    try:
        with waiting(app, "Asking Portkey"):
            plan = plan_push(app, Meant(name, own))
        say(f"\n{why}.")
        say_difference(plan_lines(plan))
        if not confirm("Save it there, so that no request carries it?", default=False):
            return later
        pushed, notes = push(app, plan, say)
    except KeyboardInterrupt:  # it stops the offer: what was done before it is told all the same
        return later
    except AccountError as error:
        # Where there is no account, or no answer, the offer is none.
        told = error.exit_code == REFUSED
        return Offered(False, (), (f"{why}. {error.title}. {error.hint}",) if told else ())
    except PkccError as error:
        return Offered(
            False, (), (f"the config stays as it is: {error.title}; {_command(name)} tries again",)
        )
    return Offered(True, tuple(pushed_lines(pushed)[:-1]), notes)


def _command(name: str) -> str:
    return f"`pkcc-tray config push --profile {name}`"
