"""What a profile has Claude Code's settings say, and what follows from it: pure, without a secret in it.

A `Rendered` holds markers where secrets go, and is plain JSON data, so that one of a validated profile can be
kept and used again without loading the model.
"""

from __future__ import annotations

from profiles.base.hashing import digest
from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import fill, has_secret, literals_of, references_in
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, MODEL, MODEL_KEYS
from profiles.claude_code.routing_names import AUTH_TOKEN, BASE_URLS, V1
from profiles.portkey.header_names import CONFIG, LOGIN, METADATA, PROVIDER, ROUTE, VIRTUAL_KEY
from profiles.portkey.model_names import slugs_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

LOGIN_LINE = (LOGIN, "")


class Rendered(NamedTuple):
    """What one profile writes: `env` without the header string, header lines in order, and the key's part."""

    name: str
    dialect: str
    env: dict[str, str | int]
    headers: list[list[str]]  # [name, value template]
    helper: bool
    key_ref: str
    label: str = ""
    config_file: str = ""  # its base name, for people
    trusted: list[str] = []  # noqa: RUF012 - never changed in place; see `trusted`
    model: str = ""  # the top-level `model`

    @property
    def saved_config(self) -> str:
        """The id of the saved config that the route names, such as `pc-main-ca7a87`; "" for none."""
        config = dict(self.headers).get(CONFIG, "")
        return "" if self.config_file or config.startswith("{") else config

    @property
    def hint(self) -> str:
        """The route in a few words, such as `vertex · vk-1`, `@anthropic-prod` or `@a, @b by model`."""
        values = dict(self.headers)
        route = values.get(VIRTUAL_KEY) or values.get(PROVIDER, "")
        if CONFIG in values:
            config = values[CONFIG]
            shown = "inline config" if config.startswith("{") else f"config {config}"
            shown = f"config file {self.config_file}" if self.config_file else shown
            route = f"{shown} · {route}" if route else shown
        route = route or unnamed_route(slugs_of(self))
        return route if self.dialect == "messages" else f"{self.dialect} · {route}"

    def references(self) -> list[str]:
        """The references of the secrets that go into the settings file itself, each once, in order."""
        texts = [*map(str, self.env.values()), *(value for _, value in self.headers)]
        if not has_secret("".join(texts)):
            return []  # mostly
        return list(dict.fromkeys(ref for text in texts for ref in references_in(text)))


def header_text(rendered: Rendered, secret: Callable[[str], str]) -> str:
    r"""The header lines joined by `\n`, each reference replaced by `secret(reference)`."""
    return "\n".join(f"{name}: {header_value(name, template, secret)}" for name, template in rendered.headers)


def header_value(name: str, template: str, secret: Callable[[str], str]) -> str:
    """One header's text, each reference replaced by `secret(reference)`: escaped inside a config's JSON."""
    if name == CONFIG and has_secret(template):
        return fill(template, lambda reference: dumps(secret(reference))[1:-1])
    return fill(template, secret)


def models_of(rendered: Rendered) -> dict[str, str]:
    """The models that the profile names, by field: `setting` is the top-level `model`."""
    found = {field: str(rendered.env[name]) for field, name in MODEL_KEYS.items() if name in rendered.env}
    return {"setting": rendered.model, **found} if rendered.model else found


def slugs_of(rendered: Rendered) -> list[str]:
    """The providers that the models' names begin with, such as `@bedrock-prod`, each once."""
    return slugs_in(models_of(rendered).values())


def unnamed_route(slugs: list[str]) -> str:
    """What a route without a header line is called, such as `@a, @b by model`."""
    return f"{', '.join(slugs)} by model" if slugs else "the key's own config"


def base_url_of(rendered: Rendered) -> str:
    """The gateway's base URL, as the dialect needs it and without a slash at its end."""
    return str(rendered.env[BASE_URLS[rendered.dialect]])


def gateway_root(rendered: Rendered) -> str:
    """The gateway's base URL without `/v1`, which only some dialects' base URLs hold."""
    return base_url_of(rendered).removesuffix(V1)


def keeps_own_login(rendered: Rendered) -> bool:
    """Whether requests carry the client's own login beside the key in a header (`key_in` is `header`)."""
    return rendered.dialect == "messages" and not rendered.helper and AUTH_TOKEN not in rendered.env


def expected_values(rendered: Rendered, helper_command: str | None) -> dict[str, str]:
    """What the settings must say, slot by slot, as templates: `env.NAME`, `header.name`, `apiKeyHelper`.

    A slot that is blank or absent is not in it: the two mean the same to the client.
    """
    return {slot: value for slot, value in written_values(rendered, helper_command).items() if value}


def written_values(rendered: Rendered, helper_command: str | None) -> dict[str, str]:
    """The same with the slots that are written blank: they beat what the shell, or a login, would send."""
    values = {f"env.{name}": str(value) for name, value in rendered.env.items()}
    values |= {f"header.{name.lower()}": value for name, value in rendered.headers}
    if rendered.helper and helper_command:
        values[HELPER_KEY] = helper_command
    if rendered.model:
        values[MODEL] = rendered.model
    return values


def same_profile(written: Rendered | None, now: Rendered | None) -> bool:
    """Whether what was written is what the profile renders to now, or that without a new version's line."""
    if written is None or now is None:
        return written is now
    now = now._replace(trusted=written.trusted)  # that is written nowhere
    headers = [line for line in now.headers if line != [*LOGIN_LINE]]
    return written in (now, now._replace(headers=headers))


def same_route(one: Rendered | None, other: Rendered | None) -> bool:
    """Whether requests of both go the same way, by the same key: a model for the one is one for the other."""
    if one is None or other is None:
        return False
    return one.key_ref == other.key_ref and _way(one) == _way(other)


def _way(rendered: Rendered) -> tuple[object, ...]:
    route = [line for line in rendered.headers if line[0] in ROUTE]
    # A project that follows carries less than the whole, and may have no base URL.
    return rendered.dialect, rendered.env.get(BASE_URLS[rendered.dialect]), route


def to_plain(rendered: Rendered) -> dict[str, object]:
    """The rendering as JSON data."""
    return rendered._asdict()


def from_plain(data: Mapping[str, object]) -> Rendered:
    """The rendering that `to_plain` gave. Raises TypeError, KeyError or ValueError for anything else."""
    fields: Any = data
    rendered = Rendered(**fields)
    if not isinstance(rendered.env, dict) or not isinstance(rendered.headers, list):
        raise TypeError("not a rendering")
    for name, value in rendered.headers:
        # Defence in depth: whatever a cache says, no header line may hold another.
        if not (name.isascii() and name.isprintable() and all(map(str.isprintable, literals_of(value)))):
            raise ValueError("not a header")
    return rendered


def metadata_of(rendered: Rendered) -> dict[str, str]:
    """The metadata that the profile sends, by key."""
    for name, value in reversed(rendered.headers):
        if name == METADATA:
            found: dict[str, str] = loads(value)
            return found
    return {}


def with_metadata(rendered: Rendered, metadata: Mapping[str, str]) -> Rendered:
    """The rendering with more metadata over the profile's own; itself where that changes nothing."""
    headers = {name: value for name, value in rendered.headers}  # noqa: C416 - of lists: not for dict()
    before = metadata_of(rendered)
    merged = {**before, **metadata}
    if merged == before:
        return rendered
    headers[METADATA] = dumps(merged)
    return rendered._replace(headers=[list(pair) for pair in headers.items()])


def slots_of(rendered: Rendered | None) -> set[str]:
    """The slots that a rendering writes, blank ones too; all header lines are one."""
    if rendered is None:
        return set()
    slots = {f"env.{name}" for name in rendered.env}
    if rendered.headers:
        slots.add(HEADERS_SLOT)
    if rendered.helper:
        slots.add(HELPER_KEY)
    if rendered.model:
        slots.add(MODEL)
    return slots


def mark_of(rendered: Rendered) -> str:
    """The same for the same gateway, key, route and metadata."""
    asked = (
        base_url_of(rendered),
        rendered.key_ref,
        rendered.headers,
        sorted(map(str, rendered.env.items())),
    )
    return digest(repr(asked).encode("utf-8", "surrogatepass"), size=8)
