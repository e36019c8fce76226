"""What is left of the budgets that apply to a profile: its provider's, and the workspace's usage policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from profiles.files.json_documents import json_or_none
from profiles.gateway.account.account import Account, Span
from profiles.gateway.account.known import Known, Problem
from profiles.portkey.header_names import METADATA, PROVIDER, VIRTUAL_KEY
from profiles.profile.rendering import slugs_of
from tray.actions.account.ask import REFUSED, AccountError, account_of, asked_at, notes_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from profiles.gateway.account.records.budgets import Budget, Policy
    from profiles.gateway.account.records.offered import Provider
    from profiles.profile.rendering import Rendered
    from tray.app import App

_IN_METADATA = "metadata."  # how a policy names a key of the metadata
_YEARS = range(2020, 2200)  # in which a budget begins or ends


class BudgetLeft(NamedTuple):
    """A budget: US dollars where `kind` is cost, else a number of `kind`; null and "" where not told.

    `counted` says how `used` is known: told by the account, or added up from its costs since the last reset,
    which was at `since`.
    """

    of: str
    kind: str
    limit: float | None
    used: float | None
    left: float | None
    counted: str
    alert_at: float | None
    resets: str
    next_reset: str
    status: str
    since: str


class Budgets(NamedTuple):
    """The budgets that count what a profile asks. `asked_at` is null where none of them may be seen.

    `refused`: why the gateway takes no question at all, a budget of the key or the workspace being used up,
    and `refused_hint` what helps; both "" where it does.
    """

    profile: str
    asked_at: str | None
    budgets: tuple[BudgetLeft, ...]
    refused: str
    refused_hint: str


def budgets_left(app: App, name: str) -> tuple[Budgets, tuple[str, ...]]:
    """What is left of those that count this profile's requests, and notes on what may not be seen.

    Raises AccountError where there is no answer at all, PkccError where the key is not to be had.
    """
    rendered = app.store.rendered(name)
    with account_of(app, rendered) as account:
        budgets, answers = budgets_of(account, rendered, 0.0, only_its_own=True)
    problems = [each if isinstance(each, Problem) else each.problem for each in answers]
    used_up = next((each for each in problems if each is not None and each.kind == "used_up"), None)
    known = [asked_at(each) for each in answers if isinstance(each, Known)]
    if not known:
        error = AccountError(next(each for each in problems if each is not None))
        if error.exit_code != REFUSED:
            raise error
    refused = ("", "")
    if used_up is not None:  # without what the gateway says in its own words
        said = used_up.title.partition(f" ({used_up.status}")[0]
        refused = f"{said} ({used_up.status})", used_up.hint
    return Budgets(name, min(known, default=None), budgets, *refused), notes_on(answers)


def budgets_of(
    account: Account, rendered: Rendered, max_age_s: float, *, only_its_own: bool = False
) -> tuple[tuple[BudgetLeft, ...], list[Known[Any] | Problem]]:
    """The budgets, and the answers they are from. A policy that this plan does not have is no reason to tell.

    `only_its_own`: without those that count other people's requests, or may do so.
    """
    found: list[BudgetLeft] = []
    answers: list[Known[Any] | Problem] = []
    for slug in _providers(rendered):
        provider = account.provider(slug, max_age_s)
        answers.append(provider)
        if isinstance(provider, Known):
            found += of_provider(account, provider.value, max_age_s)
    policies = account.policies(max_age_s)
    if isinstance(policies, Known) or policies.kind == "used_up" or (only_its_own and not answers):
        answers.append(policies)
    refusal = account.refusal() if only_its_own else None
    if refusal is not None and refusal.kind == "used_up":
        answers.append(refusal)
    metadata = _metadata(rendered)
    for policy in policies.value if isinstance(policies, Known) else ():
        if not only_its_own or _counts(policy, metadata):
            found += _of_policy(account, policy, max_age_s, metadata if only_its_own else None)
    return tuple(found), answers


def of_provider(account: Account, provider: Provider, max_age_s: float) -> list[BudgetLeft]:
    """A provider's budgets; what is used of one that does not tell it is asked for."""
    return [
        _left(
            f"provider @{provider.slug}",
            budget,
            *_used(account, budget, provider.slug, max_age_s),
            provider.status,
        )
        for budget in provider.budgets
    ]


def _providers(rendered: Rendered) -> tuple[str, ...]:
    """The slugs of all providers that the profile names: for its route, or before a model's name."""
    headers = dict(rendered.headers)
    route = headers.get(PROVIDER, "").partition("/")[0]
    slugs = [slug[1:] for slug in (route, *slugs_of(rendered)) if slug.startswith("@")]
    return tuple(dict.fromkeys(filter(None, [headers.get(VIRTUAL_KEY, ""), *slugs])))


def _metadata(rendered: Rendered) -> dict[str, Any]:
    found = json_or_none(dict(rendered.headers).get(METADATA, "").encode())
    return found if isinstance(found, dict) else {}


def _counts(policy: Policy, metadata: Mapping[str, Any]) -> bool:
    """Whether a policy certainly counts requests with that metadata: what else it wants is not known."""
    return all(
        each.key.startswith(_IN_METADATA)
        and (metadata.get(each.key.removeprefix(_IN_METADATA)) == each.value) is not each.excludes
        for each in policy.conditions
    )


def _of_policy(
    account: Account, policy: Policy, max_age_s: float, metadata: Mapping[str, Any] | None
) -> Iterator[BudgetLeft]:
    """A budget for each group that a policy counts; with metadata, for the group that has it."""
    name = f"policy {policy.name or policy.id}"
    groups = account.policy_use(policy.id, max_age_s)
    if isinstance(groups, Problem) or not groups.value:
        if metadata is None or not policy.group_by:
            used = policy.budget.used
            yield _left(name, policy.budget, used, "told" if used is not None else "", policy.status)
        return
    for group in groups.value:
        key, _, value = group.group.removeprefix(_IN_METADATA).partition(":")
        if metadata is None or not policy.group_by or metadata.get(key) == value:
            status = group.status or policy.status
            yield _left(f"{name}, {group.group}", policy.budget, group.used, "told", status)


def _left(of: str, budget: Budget, used: float | None, counted: str, status: str) -> BudgetLeft:
    left = None if used is None or budget.limit is None else round(max(budget.limit - used, 0.0), 4)
    since = _last_reset(budget, datetime.now(UTC))
    return BudgetLeft(
        of, budget.kind, budget.limit, used, left, counted, budget.alert_at, budget.resets, budget.next_reset,
        status, "" if since is None else since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )  # fmt: skip


def _used(account: Account, budget: Budget, provider: str, max_age_s: float) -> tuple[float | None, str]:
    """What is used, and how that is known: Portkey documents no field for it."""
    if budget.used is not None:
        return budget.used, "told"
    since = _last_reset(budget, datetime.now(UTC))
    if budget.kind not in ("cost", "tokens") or since is None:
        return None, ""
    spent: Known[Any] | Problem = account.graph(
        "cost" if budget.kind == "cost" else "tokens", Span(since, provider=provider), max_age_s
    )
    if isinstance(spent, Problem):
        return None, ""
    total: float = spent.value.total
    return (round(total / 100, 4) if budget.kind == "cost" else total), "added up"


def _last_reset(budget: Budget, now: datetime) -> datetime | None:
    """When the budget began anew; None where that is not told. Of a month without more the first day."""
    last, following = _moment(budget.last_reset), _moment(budget.next_reset)
    if last is not None:
        return last
    if budget.resets == "monthly":
        first = (following or now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if following is None:
            return first
        month_before = first - timedelta(days=1)
        return month_before.replace(day=min(following.day, month_before.day))
    if following is None:
        return None
    if budget.resets == "weekly":
        return following - timedelta(days=7)
    days = budget.resets.removeprefix("every ").removesuffix(" days")
    return following - timedelta(days=int(days)) if days.isdigit() and len(days) < 4 else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return known if known.year in _YEARS else None
