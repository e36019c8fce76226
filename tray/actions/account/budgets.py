"""What is left of the budgets that apply to a profile: its provider's, and the workspace's usage policies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from profiles.files.json_documents import json_or_none
from profiles.gateway.account.account import Account, Span
from profiles.gateway.account.known import Known, Problem, rows_in
from profiles.gateway.account.records.periods import began
from profiles.portkey.header_names import METADATA, PROVIDER, VIRTUAL_KEY
from profiles.profile.rendering import slugs_of
from tray.actions.account.amounts import counted_as, in_utc, moment_in
from tray.actions.account.ask import AccountError, account_of, asked_at, notes_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Literal

    from profiles.gateway.account.records.budgets import Budget, Policy, PolicyUse
    from profiles.gateway.account.records.offered import Provider
    from profiles.gateway.account.records.spent import Graph
    from profiles.profile.rendering import Rendered
    from tray.app import App

_IN_METADATA = "metadata."  # how a policy names a key of the metadata


class BudgetLeft(NamedTuple):
    """A budget: US dollars where `kind` is cost, else a number of `kind`; null or "" where not told.

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
    next_reset: str | None
    status: str
    since: str | None


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

    Raises AccountError where nothing is answered for another reason, PkccError without the key.
    """
    rendered = app.store.rendered(name)
    with account_of(app, rendered) as account:
        budgets, answers = budgets_of(account, rendered, 0.0, only_its_own=True)
    problems = [each for each in map(_problem_of, answers) if each is not None]
    used_up = next((each for each in problems if each.kind == "used_up"), None)
    known = [asked_at(each) for each in answers if isinstance(each, Known)]
    # Of a right that is missing, or a budget that is used up, there is more to tell than that.
    other = next((each for each in problems if each.kind not in ("right", "absent", "used_up")), None)
    if not known and used_up is None and other is not None:
        raise AccountError(other)
    refused = ("", "")
    if used_up is not None:  # without what the gateway says in its own words
        said = used_up.title.partition(f" ({used_up.status}")[0]
        refused = f"{said} ({used_up.status})", used_up.hint
    # That one stands in what is told: the same in other words is no news.
    left = [each for each in answers if (why := _problem_of(each)) is None or why.kind != "used_up"]
    return Budgets(name, min(known, default=None), budgets, *refused), notes_on(left)


def _problem_of(answer: Known[object] | Problem) -> Problem | None:
    return answer if isinstance(answer, Problem) else answer.problem


def budgets_of(
    account: Account, rendered: Rendered, max_age_s: float, *, only_its_own: bool = False
) -> tuple[tuple[BudgetLeft, ...], list[Known[object] | Problem]]:
    """The budgets, and the answers they are from. A policy that this plan does not have is no reason to tell.

    `only_its_own`: without those that count other people's requests, or may do so.
    """
    found: list[BudgetLeft] = []
    answers: list[Known[object] | Problem] = []
    for slug in _providers(rendered):
        provider = account.provider(slug, max_age_s)
        answers.append(provider)
        if isinstance(provider, Known):
            left, seen = of_provider(account, provider.value, max_age_s)
            found += left
            answers += seen
    policies = account.policies(max_age_s)
    if isinstance(policies, Known) or policies.kind == "used_up" or (only_its_own and not found):
        answers.append(policies)
    refusal = account.refusal() if only_its_own else None
    if refusal is not None and refusal.kind == "used_up":
        answers.append(refusal)
    metadata = _metadata(rendered)
    for policy in rows_in(policies):
        if not only_its_own or _counts(policy, metadata):
            groups = account.policy_use(policy.id, max_age_s)
            answers.append(groups)
            found += _of_policy(policy, groups, metadata if only_its_own else None)
    return tuple(found), answers


def of_provider(
    account: Account, provider: Provider, max_age_s: float
) -> tuple[list[BudgetLeft], list[Known[object] | Problem]]:
    """A provider's budgets; what is used of one that does not tell it is asked for, with that answer."""
    found: list[BudgetLeft] = []
    answers: list[Known[object] | Problem] = []
    for budget in provider.budgets:
        used, counted = budget.used, "told" if budget.used is not None else ""
        spent = _spent(account, budget, provider.slug, max_age_s)
        if spent is not None:
            answers.append(spent)
        if isinstance(spent, Known):
            total: float = spent.value.total
            used, counted = (round(total / 100, 4) if budget.kind == "cost" else total), "added up"
        found.append(_left(f"provider @{provider.slug}", budget, used, counted, provider.status))
    return found, answers


def _providers(rendered: Rendered) -> tuple[str, ...]:
    """The slugs of all providers that the profile names: for its route, or before a model's name."""
    headers = dict(rendered.headers)
    route = headers.get(PROVIDER, "").partition("/")[0]
    slugs = [slug[1:] for slug in (route, *slugs_of(rendered)) if slug.startswith("@")]
    return tuple(dict.fromkeys(filter(None, [headers.get(VIRTUAL_KEY, ""), *slugs])))


def _metadata(rendered: Rendered) -> dict[str, object]:
    found = json_or_none(dict(rendered.headers).get(METADATA, "").encode())
    return found if isinstance(found, dict) else {}


def _counts(policy: Policy, metadata: Mapping[str, object]) -> bool:
    """Whether a policy certainly counts requests with that metadata: what else it wants is not known."""
    return all(
        each.key.startswith(_IN_METADATA)
        and (metadata.get(each.key.removeprefix(_IN_METADATA)) == each.value) is not each.excludes
        for each in policy.conditions
    )


def _of_policy(
    policy: Policy,
    groups: Known[tuple[PolicyUse, ...]] | Problem,
    metadata: Mapping[str, object] | None,
) -> Iterator[BudgetLeft]:
    """A budget for each group that a policy counts; with metadata, for the group that has it."""
    name = f"policy {policy.name or policy.id}"
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
    amounts = (counted_as(budget.kind, each) for each in (budget.limit, used, left, budget.alert_at))
    limit, used, left, alert_at = amounts
    return BudgetLeft(
        of, budget.kind, limit, used, left, counted, alert_at, budget.resets,
        in_utc(moment_in(budget.next_reset)), status, in_utc(_last_reset(budget)),
    )  # fmt: skip


def _spent(
    account: Account, budget: Budget, provider: str, max_age_s: float
) -> Known[Graph] | Problem | None:
    """What was spent since the last reset; None where the budget tells, or that cannot be asked for."""
    since = _last_reset(budget)
    if budget.used is not None or budget.kind not in ("cost", "tokens") or since is None:
        return None
    kind: Literal["cost", "tokens"] = "cost" if budget.kind == "cost" else "tokens"
    return account.graph(kind, Span(since, provider=provider), max_age_s)


def _last_reset(budget: Budget) -> datetime | None:
    last, following = moment_in(budget.last_reset), moment_in(budget.next_reset)
    return began(budget.resets, last, following, datetime.now(UTC))
