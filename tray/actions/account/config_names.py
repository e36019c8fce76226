"""The id of a saved config that a person names as Portkey's console does: by what is kept, else asked for."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from profiles.base.errors import NotFoundError, PkccError, UsageError
from profiles.base.text import named
from profiles.gateway.account.known import Problem
from profiles.gateway.account.names import names_of
from profiles.gateway.account.problems import NOT_ASKED
from profiles.portkey.header_names import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from tray.app import App

_ID = re.compile(r"pc-|\s*\{")  # what else begins as JSON is refused where the profile is checked
_SAID = "id:"  # what a person puts before an id that does not look like one
_DRAFT = "pc-draft"
_MOST_NAMED = 5


def is_config_name(text: str | None) -> bool:
    """Whether that is no id of a saved config, `pc-…`, but what people may call one: on one line."""
    return text is not None and _ID.match(text) is None and text.strip() != "" and text.isprintable()


def config_id(
    app: App, text: str, rendered: Rendered, key: Secret | None = None, *, look_up: bool = True
) -> str:
    """The id of the config that a person means, in the account of a profile; an id is asked of nobody.

    `key` is the profile's, where it is not stored yet; without `look_up` only what is kept tells. What the
    profile names already stays, and so does what the person says is an id: `id:older-one`. Raises
    NotFoundError for a name that none has, UsageError where several have it, AccountError where it cannot be
    looked up.
    """
    found = _id_itself(text)
    if found is not None:
        return found
    kept = _meant(text, names_of(app.locations, rendered).saved_configs())
    if len(kept) == 1:
        return kept[0]
    configs: Sequence[tuple[str, str]] = ()
    problem: Problem | None = NOT_ASKED
    if look_up:
        try:
            configs, problem = _listed(app, rendered, key)
        except PkccError as error:
            problem = NOT_ASKED._replace(title=error.title, hint=error.hint)
    try:
        return id_among(text, configs, problem)
    except PkccError:
        if text == dict(rendered.headers).get(CONFIG):
            return text
        raise


def id_among(text: str, configs: Sequence[tuple[str, str]], problem: Problem | None) -> str:
    """The id of the config that a person means among those; `problem` is why they may not be all.

    Raises NotFoundError for a name that none has, UsageError where several have it, and AccountError where
    another might have it.
    """
    found = _id_itself(text)
    if found is not None:
        return found
    meant = _meant(text, configs)
    if len(meant) == 1:
        return meant[0]
    if meant:
        known = ", ".join(meant[:_MOST_NAMED])
        raise UsageError(f"More than one config is called {text!r}", f"Name one by its id: {known}.")
    if problem is None:
        raise _unknown(text, configs)
    from tray.actions.account.ask import AccountError

    title = f"The {named('config', text)} cannot be looked up: {problem.title}"
    hint = _near(text, configs) or f"Give its id, pc-…, in place of its name. {problem.hint}"
    raise AccountError(problem._replace(title=title, hint=hint))


def draft_data(data: Mapping[str, object]) -> dict[str, object]:
    """A profile's data, with an id in the place of a config's name: all else of it can be checked then."""
    route = data.get("route")
    if isinstance(route, dict) and isinstance(route.get("id"), str) and is_config_name(route["id"]):
        return {**data, "route": {**route, "id": _DRAFT}}
    return dict(data)


def data_with_config_id(
    app: App, data: Mapping[str, object], key: Secret | None = None, *, look_up: bool = True
) -> dict[str, object]:
    """A profile's data, with the id of the config that its route names. Raises as `config_id` does."""
    draft: dict[str, object] = draft_data(data)
    if draft == data:
        return draft
    from profiles.importing.bundles import rendering_of
    from profiles.profile.schema.parse import parse_profile

    route: Any = data["route"]
    rendered = rendering_of(parse_profile(draft, stored=True))
    found = config_id(app, route["id"], rendered, key, look_up=look_up)
    return {**draft, "route": {**route, "id": found}}


def text_with_config_id(app: App, text: str, before: str) -> str:
    """The text of a profile's file, with the id of the config that its route names; all else as it was.

    `before` is the text that was edited: what its route names stays. Raises as `config_id` does. A text that
    is wrong otherwise is left for those to refuse who store it.
    """
    from profiles.claude_code.settings.json_text import JsonTextError, parse_object
    from profiles.files.json_documents import json_or_none
    from profiles.profile.schema.parse import FieldError

    plain, old = json_or_none(text), json_or_none(before)
    route, old_route = (each.get("route") if isinstance(each, dict) else None for each in (plain, old))
    if not isinstance(route, dict) or route == old_route:
        return text
    try:
        whole = parse_object(text).find("route")
        place = whole and parse_object(text, whole.value_start).find("id")
        found: Any = data_with_config_id(app, plain)["route"]
    except (FieldError, JsonTextError):
        return text
    if place is None or found == route:
        return text
    return text[: place.value_start] + json.dumps(found["id"]) + text[place.value_end :]


def _listed(
    app: App, rendered: Rendered, key: Secret | None
) -> tuple[Sequence[tuple[str, str]], Problem | None]:
    """All saved configs by id and name; and why they are not, or not as they are now."""
    from profiles.gateway.account.account import Account
    from profiles.gateway.account.lookups import LIMIT_S, Lookups
    from tray.actions.account.ask import place_of, remember_place

    place = place_of(app, rendered, key)
    if key is None:
        remember_place(app, place, rendered)
    with Account(Lookups(place, app.locations, total_s=LIMIT_S)) as account:
        found = account.configs()
    if isinstance(found, Problem):
        return (), found
    secrets = place.revealed()
    rows = [(each.slug, each.name) for each in found.value]
    return [row for row in rows if not any(secret in " ".join(row) for secret in secrets)], found.problem


def _id_itself(text: str) -> str | None:
    if text.startswith(_SAID):
        return text.removeprefix(_SAID)
    return None if is_config_name(text) else text


def _meant(text: str, configs: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of those that are called so; to the letter, if one is."""
    exact = [slug for slug, name in configs if text in (slug, name)]
    folded = text.strip().casefold()
    return exact or [slug for slug, name in configs if folded == name.strip().casefold()]


def _near(text: str, configs: Sequence[tuple[str, str]]) -> str:
    """The question whether another one is meant; "" where none comes near."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for slug, name in configs if name} | {slug: slug for slug, _ in configs}
    near = get_close_matches(text.casefold(), folded, n=1, cutoff=0.5)
    return f"Did you mean {folded[near[0]]!r}?" if near else ""


def _unknown(text: str, configs: Sequence[tuple[str, str]]) -> NotFoundError:
    some = ", ".join(repr(name or slug) for slug, name in configs[:_MOST_NAMED])
    more = " and more" if len(configs) > _MOST_NAMED else ""
    hint = _near(text, configs) or (f"It has {some}{more}." if some else "It has no config yet.")
    return NotFoundError(f"This key's workspace has no {named('config', text)}", hint)
