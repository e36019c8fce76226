"""Which model each of Claude Code's names means: suggested, chosen one by one, or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.claude_code.dialects import DIALECTS
from profiles.portkey.model_names import is_claude
from tray.actions.account.choice import Choice
from tray.actions.account.choices import ALIASES, model_choices, suggested
from tray.actions.account.offer import model_prices
from tray.actions.profiles.adding.answers import model_with_provider, one_word
from tray.commands.profiles.add_options import MODELS
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import ask_valid
from tray.terminal.waiting import waiting

if TYPE_CHECKING:
    from tray.actions.account.models import ModelPrice
    from tray.actions.account.offer import AccountOffer
    from tray.actions.profiles.adding.models_of_route import Along
    from tray.app import App

_THESE, _EACH, _NONE, _DONE = ":these", ":each", ":none", ":done"
_SESSION = "model"  # the option for the model of a session
_FURTHER = tuple(field for field in MODELS if field not in ALIASES)


def ask_models(app: App, options: dict[str, Any], offer: AccountOffer | None, along: Along) -> None:
    """Ask for the models that the options do not name yet, and put them among the options."""
    if any(options[field] for field in (_SESSION, *MODELS)):
        return
    dialect = options["dialect"] or "messages"
    if offer is None or not along.models:
        _type_models(options, dialect, whole_id=along.whole_id)
        return
    if DIALECTS[dialect].pins_models:
        prices = _prices(app, offer, along)
        options[_SESSION] = _choose_model(app, "Which model?", "sonnet", dialect, along, prices, needed=True)
        return
    best = suggested(along.models, dialect, whole_id=along.whole_id)
    rows = [
        *([Choice(_THESE, "the newest of each kind", ", ".join(best.values()))] if best else []),
        Choice(_EACH, "choose them one by one", _listed(len(along.models))),
        Choice(_NONE, "name none", "Claude Code's own names are sent"),
    ]
    chosen = choose(app.environ, "Which models?", [*rows[:-1]] if along.whole_id else rows)
    if chosen == _THESE:
        options |= best
    elif chosen == _EACH:
        _choose_each(app, options, dialect, offer, along, best)


def _listed(count: int) -> str:
    return f"{count:,} models are listed" if count != 1 else "1 model is listed"


def _type_models(options: dict[str, Any], dialect: str, *, whole_id: bool) -> None:
    if DIALECTS[dialect].pins_models:
        question = f"Model, as the provider spells it (such as {DIALECTS[dialect].example})"
        options[_SESSION] = ask_valid(question, one_word, required=True)
        return
    check = model_with_provider if whole_id else one_word
    form = ", as @slug/model" if whole_id else ""
    options["sonnet"] = ask_valid(f"Model for sonnet{form} (may be empty: Claude Code's own)", check)
    options["opus"] = ask_valid(f"Model for opus{form} (may be empty)", check)
    options["haiku"] = ask_valid(f"Model for haiku{form} (may be empty)", check)


def _choose_each(
    app: App,
    options: dict[str, Any],
    dialect: str,
    offer: AccountOffer,
    along: Along,
    best: dict[str, str],
) -> None:
    prices = _prices(app, offer, along)
    for alias in (*ALIASES, _SESSION):
        question = (
            "Which model does a session begin with?" if alias == _SESSION else f"Which model is {alias}?"
        )
        options[alias] = _choose_model(app, question, alias, dialect, along, prices, best.get(alias, ""))
    left = list(_FURTHER)
    while left:
        rows = [Choice(_DONE, "no more"), *(Choice(field, field.replace("_", " ")) for field in left)]
        alias = choose(app.environ, "A model for anything else?", rows)
        if alias == _DONE:
            return
        left.remove(alias)
        question = f"Which model is {alias.replace('_', ' ')}?"
        options[alias] = _choose_model(app, question, alias, dialect, along, prices)


def _prices(app: App, offer: AccountOffer, along: Along) -> dict[str, ModelPrice]:
    with waiting(app, "Asking for prices"):
        return model_prices(app, offer, [model for model in along.models if is_claude(model.name)])


def _choose_model(
    app: App,
    question: str,
    alias: str,
    dialect: str,
    along: Along,
    prices: dict[str, ModelPrice],
    best: str = "",
    *,
    needed: bool = False,
) -> str:
    rows = model_choices(along.models, alias, prices, dialect, whole_id=along.whole_id)
    own = Choice(_NONE, "none", "Claude Code's own name is sent")
    if alias == _SESSION:
        own = Choice(_NONE, "none", "Claude Code's own choice among the above")
    if not needed:
        rows = [*rows, own] if best else [own, *rows]
    check = model_with_provider if along.whole_id else one_word
    chosen = choose(app.environ, question, rows, default=best, check=check)
    return "" if chosen == _NONE else chosen
