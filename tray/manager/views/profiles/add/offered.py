"""What the account offers, as cards and rows to choose among; and what is missing of it. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import MONTHS, counted, in_days
from profiles.portkey.retired_models import retirement
from tray.actions.account.choices import budget_words, choices_for, ranked
from tray.terminal.words.setting_names import model_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.gateway.account.known import Problem
    from profiles.gateway.account.records.offered import Model, Provider
    from profiles.portkey.retired_models import Retirement
    from tray.actions.account.budgets import BudgetLeft
    from tray.actions.account.choice import Choice
    from tray.actions.account.models import ModelPrice
    from tray.actions.account.offer import AccountOffer

_MAIN = {"opus": "the strongest", "sonnet": "everyday work", "haiku": "small, fast tasks", "fable": ""}
_MORE = {"default": "what a session begins with", "subagent": "", "small_fast": "titles, summaries"}
MODEL_FIELDS = (*_MAIN, *_MORE)
_LISTED = 80  # choices of a field; any other name is typed
_DRAWN = 200  # cards, likewise
_KINDS = {
    "anthropic": "Anthropic", "openai": "OpenAI", "vertex-ai": "Google Vertex AI", "bedrock": "AWS Bedrock",
    "azure-openai": "Azure OpenAI", "azure-ai": "Azure AI", "google": "Google AI Studio",
}  # fmt: skip


class Notice(NamedTuple):
    """What is missing of an account's lists: `kind` is info or warn; `again` whether asking anew may help."""

    kind: str
    title: str
    text: str
    again: bool


class Card(NamedTuple):
    """A provider or config to choose. `tag` is what is wrong with it, "" for nothing."""

    value: str
    title: str
    code: str
    more: str
    side: str
    tag: str
    search: str


class Cards(NamedTuple):
    """The first cards of a list, and how many `more` there are, whose names are typed."""

    rows: list[Card]
    more: int


class ModelRow(NamedTuple):
    """One of Claude Code's names for models; `instead` is a model to take in place of one that retires."""

    field: str
    label: str
    what: str
    value: str
    options: list[tuple[str, str]]
    warning: str
    instead: str
    is_main: bool


def accepted(offer: AccountOffer | None) -> str:
    """Such as `Your key is accepted. It can use 3 providers, 2 configs and 14 models.`; "" where unknown."""
    if offer is None or offer.is_empty or account_notice(offer) is not None:
        return ""
    counts = [
        counted(len(rows), noun)
        for rows, noun in ((offer.providers, "provider"), (offer.configs, "config"), (offer.models, "model"))
        if rows
    ]
    listed = f"{', '.join(counts[:-1])} and {counts[-1]}" if len(counts) > 1 else counts[0]
    return f"Your key is accepted. It can use {listed}."


def account_notice(offer: AccountOffer | None) -> Notice | None:
    """What is missing of the account's lists, and what that means."""
    if offer is None or not offer.problems:
        return None
    problem = offer.problems[0]
    if problem.kind in ("no_answer", "no_gateway", "too_often"):
        who = offer.place.edition.title if offer.place.edition.gateway else "The gateway"
        reached = f"{who} could not be reached" if problem.kind == "no_answer" else problem.title
        return Notice("warn", reached, f"{_said(problem, reached)} {_typed(offer)}", again=True)
    return Notice("info", problem.title, _without(offer, problem), again=False)


def _said(problem: Problem, title: str) -> str:
    return problem.hint if title == problem.title else f"{problem.title}. {problem.hint}"


def _typed(offer: AccountOffer) -> str:
    return (
        "You can go on and type the names: they are checked at the next connection."
        if offer.is_empty
        else "What is listed here was read before; you can type another name."
    )


def _without(offer: AccountOffer, problem: Problem) -> str:
    derived = "The providers below were read off the models that it may use. " if offer.providers else ""
    if problem.kind == "right":
        return (
            f"It was accepted, and such keys serve Claude Code well. {derived}Everything else you can type."
        )
    return f"{problem.hint} {derived}{'Other names' if derived else 'Names'} can be typed."


def provider_cards(offer: AccountOffer | None) -> Cards:
    """The account's providers, those that can be used first."""
    if offer is None:
        return Cards([], 0)
    usable = sorted(offer.providers, key=lambda each: (each.status not in ("", "active"), each.slug))
    models = Counter(model.provider for model in offer.models)
    rows = [
        _provider_card(each, offer.budgets.get(each.slug, ()), models[each.slug]) for each in usable[:_DRAWN]
    ]
    return Cards(rows, len(usable) - len(rows))


def _provider_card(each: Provider, budgets: tuple[BudgetLeft, ...], models: int) -> Card:
    slug = f"@{each.slug}"
    tag = {"exhausted": "Budget used up", "expired": "Expired"}.get(each.status, "")
    kind = _KINDS.get(each.kind, each.kind)
    more = kind or (counted(models, "model") if models else "")
    return Card(
        slug,
        each.name if each.name and each.name.lower() != each.slug.lower() else "",
        slug,
        more,
        _side(each, budgets),
        tag,
        " ".join((slug, each.name, kind, each.kind)).lower(),
    )


def _side(each: Provider, budgets: tuple[BudgetLeft, ...]) -> str:
    """What is left of it, or until when nothing is."""
    resets = [budget.next_reset for budget in budgets if budget.next_reset]
    if each.status == "exhausted" and resets:
        return f"until {_day(max(resets))}"
    if not budgets and each.status and not each.budgets:
        return "No budget set"
    return ", ".join(map(_budget, budgets))


def _day(moment: str) -> str:
    """Such as `1 December` of `2026-12-01T00:00:00Z`."""
    _, month, number = moment[:10].split("-")
    return f"{int(number)} {MONTHS[int(month) - 1]}"


def _budget(budget: BudgetLeft) -> str:
    """Such as `$61 of $500 used`."""
    if budget.kind != "cost" or budget.used is None or budget.limit is None:
        return budget_words(budget)
    return f"${budget.used:,.0f} of ${budget.limit:,.0f} used"


def config_cards(offer: AccountOffer | None) -> Cards:
    """The account's saved configs, the workspace's own first."""
    if offer is None:
        return Cards([], 0)
    found = sorted(offer.configs, key=lambda each: (not each.is_default, each.name.lower()))
    rows = [
        Card(
            each.slug,
            each.name,
            each.slug,
            "the workspace’s default" if each.is_default else "",
            "",
            "" if each.status in ("", "active") else each.status.capitalize(),
            f"{each.slug} {each.name}".lower(),
        )
        for each in found[:_DRAWN]
    ]
    return Cards(rows, len(found) - len(rows))


def model_rows(
    models: Mapping[str, str],
    along: Sequence[Model],
    prices: Mapping[str, ModelPrice],
    dialect: str,
    *,
    whole_id: bool,
) -> list[ModelRow]:
    """A row for each of Claude Code's names, with what the route offers for it."""
    rows = []
    best = ranked(along, dialect)
    for field, what in (_MAIN | _MORE).items():
        found = islice(choices_for(field, best, prices, dialect, whole_id=whole_id), _LISTED)
        options = [(each.key, _detail(each, dialect)) for each in found if not each.disabled]
        value = models.get(field, "")
        ends = retirement(value, dialect) if value else None
        near = ends.successor if ends is not None else ""
        rows.append(
            ModelRow(
                field,
                model_name(field),
                what,
                value,
                options,
                "" if ends is None else f"{retires(ends)}.",
                near if not options or near in dict(options) else "",
                field in _MAIN,
            )
        )
    return rows


def _detail(choice: Choice, dialect: str) -> str:
    """What is known of a model, in fewer words: `retires 30 November`."""
    ends = retirement(choice.key, dialect)
    if ends is None:
        return choice.detail
    short = f"{'retired' if ends.is_past else 'retires'} {_day(ends.day)}"
    return choice.detail.replace(ends.text, short)


def retires(ends: Retirement) -> str:
    """Such as `Anthropic retires this model on 30 November 2026, in 2 days`."""
    when = f"on {_day(ends.day)} {ends.day[:4]}"
    if ends.is_past:
        return f"Anthropic retired this model {when}"
    left = (date.fromisoformat(ends.day) - date.today()).days
    return f"Anthropic retires this model {when}, {in_days(left)}"
