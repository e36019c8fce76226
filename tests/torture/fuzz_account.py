"""Answers of a Portkey account that are nearly right, to every reader: a record fit to be shown, or none."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.gateway.account_client import locations, place_of
from support.gateway.account_rows import (
    auth_error,
    control,
    model,
    policy,
    provider,
    route_error,
)
from torture.fuzz_configs import compared, secrets_in_text
from torture.mutation import mutated

from profiles.files.json_documents import json_or_none
from profiles.gateway.account.calls import CALLS, CONFIGS, MODELS, PROVIDERS, Question
from profiles.gateway.account.kept import Kept, KeptAnswers
from profiles.gateway.account.names import KeptNames
from profiles.gateway.account.problems import problem_of
from profiles.gateway.account.records.row import Row, UnusableError, read_rows
from profiles.gateway.account.remembered import remember, remembered_place
from profiles.gateway.asking.http import Answer
from profiles.gateway.asking.steps import Veil
from profiles.profile.config.names import kept_names, path_of
from profiles.profile.schema.fields import check_visible
from tray.actions.account.budgets import _left
from tray.actions.account.choices import model_choices, route_choices, suggested
from tray.actions.account.offer import AccountOffer
from tray.runtime.watch.budget.figures import Figure, figure_of
from tray.runtime.watch.budget.news import news
from tray.runtime.watch.budget.record import Record, load, save
from tray.runtime.watch.budget.words import budget_line, budget_notice
from tray.terminal.choosing.drawing import PLAIN, lines_of
from tray.terminal.choosing.searched_list import SearchedList
from tray.terminal.widths import cell_len

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

PLACE = place_of("https://api.portkey.ai")
_ROW: dict[str, Any] = {
    **provider("a"), **model("a", "m"), **policy("c", 1),
    "config": '{"retry": {"attempts": 1}}', "version_id": "v", "value_key": "metadata._user:jane",
    "current_usage": 1.5, "enabled": True, "ai_model": "m", "user": "u", "metadata_value": "x", "cost": "12",
    "requests": "7", "timestamp": "2026-11-01T00:00:00Z", "total": 3,
}  # fmt: skip
_SEEDS = tuple(
    json.dumps(plain).encode()
    for plain in (
        {"object": "list", "total": 2, "data": [_ROW, _ROW], "models": [_ROW]},
        {
            "success": True,
            "data": {"config": {"targets": [{"provider": "@a"}]}, "id": "i", "version_id": "v"},
        },
        {"summary": {"total": 3, "avg": 1}, "data_points": [_ROW]},
        {
            "pay_as_you_go": {"request_token": {"price": 3e-4}, "response_token": {"price": 1}},
            "currency": "USD",
        },
        _ROW,
    )
)
_BUDGETS = json.dumps(
    {
        "profile": "p", "asked_at": "2026-11-29T09:10:00Z", "refused": "", "refused_hint": "",
        "budgets": [
            {"of": "provider @a", "kind": "cost", "limit": 500, "used": 410.5, "left": 89.5,
             "counted": "told", "alert_at": 400, "resets": "every 30 days",
             "next_reset": "2030-12-01T00:00:00Z",
             "status": "active", "since": "2026-11-01T00:00:00Z"},
        ],
    }
).encode()  # fmt: skip
_REFUSALS = tuple(
    json.dumps(plain).encode()
    for _, plain in (
        auth_error(412, "Portkey API Key Usage Limit Exceeded", "04"), control(403, "AB03"),
        route_error(412, "model_not_allowed_error"),
    )
)  # fmt: skip
_NAMES = json.dumps([{"id": "@a/m", "slug": "pc-main", "name": "Main", "status": "active"}] * 3).encode()
_MODELS = (
    "claude-sonnet-5-5",
    "eu.anthropic.claude-opus-4-1-20250805-v1:0",
    "claude-3-5-haiku@20241022",
    "gpt",
)
_KEPT = b'{"version":1,"asked_at":1.8e9,"etag":"","whole":true,"answer":%b}'
_METACHARACTERS = (b"$(touch x)", b"`x`", b"; x", b"\\u0009", b"\\u000b", b"'", b"*", b"~/", b"@")
_STATUSES = (200, 201, 204, 246, 301, 400, 401, 402, 403, 404, 408, 409, 412, 429, 446, 500, 503, 511)


def account_readers(rng: random.Random, directory: Path) -> list[tuple[str, Callable[[], None]]]:
    """What is to be called again and again, each with its name in the report; files lie in `directory`."""
    files = KeptAnswers(locations(directory), PLACE)
    return [
        ("account answers", lambda: _answer(rng)),
        ("account refusals", lambda: _refusal(rng)),
        ("configs side by side", lambda: compared(rng)),
        ("secrets in texts", lambda: secrets_in_text(rng)),
        ("kept answers", lambda: _kept(rng, files)),
        ("remembered places", lambda: _remembered(rng, directory)),
        ("names for Tab", lambda: _names(rng, files)),
        ("names of configs", lambda: _config_names(rng, directory)),
        ("rows to choose among", lambda: _choices(rng)),
        ("budgets in the tray", lambda: _budgets(rng, directory)),
    ]


def _answer(rng: random.Random) -> None:
    call = rng.choice(CALLS)
    fitting = _SEEDS[:1] if call.rows else _SEEDS[1:]  # else most would be refused for the wrong reason
    plain = json_or_none(mutated(rng, rng.choice(fitting), _SEEDS))
    try:
        read: Any = call.read(Row(plain)) if not call.rows else _rows(plain, call)
    except UnusableError:
        return
    _hold(read)


def _rows(plain: Any, call: Any) -> Any:
    return read_rows(plain.get(call.rows) if isinstance(plain, dict) else plain, call.read)


def _hold(read: Any) -> None:
    """Whatever is shown of a record is on one line, and can be counted with."""
    if isinstance(read, str) and not read.isprintable():
        raise AssertionError(f"not printable: {read!r}")
    if isinstance(read, float) and not math.isfinite(read):
        raise AssertionError("a number without end")
    if isinstance(read, tuple):
        for part in read:
            _hold(part)


def _refusal(rng: random.Random) -> None:
    body = mutated(rng, rng.choice(_REFUSALS), (*_REFUSALS, PLACE.key.reveal().encode()))
    answer = Answer(rng.choice(_STATUSES), {"location": "//x"}, body, 1, None, "", cut=rng.random() < 0.1)
    found = problem_of(answer, rng.choice(CALLS), "", PLACE, PLACE.root, Veil(PLACE.secrets))
    if not found.title.isprintable() or not found.hint.isprintable() or PLACE.key.reveal() in found.title:
        raise AssertionError(repr(found))


def _kept(rng: random.Random, files: KeptAnswers) -> None:
    name = Question(rng.choice(CALLS)).kept_as
    seed = json_or_none(mutated(rng, rng.choice(_SEEDS), _SEEDS))
    files.store(name, Kept(1.8e9, "", True, seed))
    path = Path(files._path(name))
    if path.exists():
        path.write_bytes(mutated(rng, path.read_bytes(), _SEEDS))
        found = files.load(name)
        if found is not None and not 0 <= found.asked_at < 1e11:
            raise AssertionError("kept at no moment")


def _names(rng: random.Random, files: KeptAnswers) -> None:
    for call in (MODELS, PROVIDERS, CONFIGS):
        path = Path(files._path(call.name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_KEPT % mutated(rng, _NAMES, (*_SEEDS, *_METACHARACTERS)))
    names = KeptNames([files])
    described = names.providers() | names.configs()
    if not all(word.isprintable() for word in described.values()):
        raise AssertionError(f"words that break the line: {described}")
    for word in (*described, *names.models()):
        if not word.isprintable() or set(word) & set(" \t\"'`$;&|<>()*?[]{}!~#\\"):
            raise AssertionError(f"no word to a shell: {word!r}")


def _choices(rng: random.Random) -> None:
    def rows(call: Any, *plain: Any) -> Any:
        listed = json_or_none(mutated(rng, json.dumps([{**_ROW, **each} for each in plain]).encode(), _SEEDS))
        return read_rows(listed, call.read)

    models = rows(MODELS, *({"id": f"@a/{name}"} for name in _MODELS))
    providers, configs = rows(PROVIDERS, {}, {"status": "expired"}), rows(CONFIGS, {}, {"is_default": 1})
    budgets = {
        each.slug: tuple(_left("", one, one.used, "", "") for one in each.budgets) for each in providers
    }
    offer = AccountOffer(PLACE, models, providers, configs, budgets, (), None, None)
    choices = route_choices(offer)
    for alias in ("sonnet", "model", "fable"):
        choices += model_choices(
            models, alias, {}, rng.choice(("messages", "bedrock")), whole_id=rng.random() < 0.5
        )
    best = suggested(models, "messages", whole_id=True).values()
    for choice in choices:
        if not all(part.isprintable() for part in choice) or not (
            choice.disabled or check_visible(choice.key)
        ):
            raise AssertionError(f"no row to show or to store: {choice}")
    drawn = lines_of(
        "?", choices, len(choices), SearchedList(at=rng.randrange(len(choices) + 1)), (60, 24), PLAIN
    )
    if any(cell_len(re.sub(r"\x1b\[\d+m", "", line)) > 60 or "\n" in line for line in drawn):
        raise AssertionError(f"lines that wrap: {drawn}")
    for name in best:
        check_visible(name)


def _config_names(rng: random.Random, directory: Path) -> None:
    own = locations(directory)
    path = Path(path_of(own))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mutated(rng, b'{"names":{"pc-main-ca7a87":"Main","pc-b":"B"}}', _METACHARACTERS))
    for name in kept_names(own).values():
        if not name.isprintable() or len(name) > 60:
            raise AssertionError(f"no name to be shown: {name!r}")


def _remembered(rng: random.Random, directory: Path) -> None:
    own = locations(directory)
    remember(own, PLACE, "keyring:work")
    (path,) = (directory / "state" / "account" / "places").iterdir()
    path.write_bytes(mutated(rng, path.read_bytes()))
    found = remembered_place(own, PLACE.root, "keyring:work")
    if found is not None and not (len(found.id) == 32 and found.id.isalnum()):
        raise AssertionError(f"a place that leads elsewhere: {found.id}")


def _budgets(rng: random.Random, directory: Path) -> None:
    """What `budget` answers, and what the tray kept of it: figures fit to be shown, or none."""
    now = rng.choice((0.0, 1.8e9))
    try:
        figure = figure_of(json_or_none(mutated(rng, _BUDGETS, _SEEDS)), "mark", now)
    except (TypeError, KeyError, ValueError):
        figure = Figure("mark", now)
    told, refused, said = news(figure, "account", {}, now)
    notices = [*map(budget_notice, told)]
    if news(figure, "account", said, now)[:2] != ((), False):
        raise AssertionError("told twice")
    budget_line(figure, now, fresh=refused)
    save(locations(directory), Record({"p": figure}, said))
    kept = directory / "state" / "budgets.json"
    kept.write_bytes(mutated(rng, kept.read_bytes(), _SEEDS))
    for each in load(locations(directory)).figures.values():
        budget_line(each, now, fresh=False)
    if not all(notice.body for notice in notices):
        raise AssertionError("a notice without a word")
