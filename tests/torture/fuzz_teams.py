"""What a team hands to its members, nearly right: catalogs, signatures, policies, links, references to keys.

What a user would lose otherwise: their key, to a host that an update brought in unasked, or by a reference
that a program takes for an option; or every command, to an administrator's slip that becomes a fault.
"""

from __future__ import annotations

import json
import plistlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from support.catalogs import ACME, Signer, acme, data_of
from support.home.user_home import KEY
from torture.mutation import changed, mutated

from profiles.base.names import is_profile_name
from profiles.base.secret_markers import marker
from profiles.base.secret_references.managers import how_changed, is_whole, manager_of, steering
from profiles.base.secret_references.parse import parse_reference
from profiles.catalogs.fetching.source import source_of
from profiles.catalogs.format.entries import texts_in
from profiles.catalogs.format.parse import parse
from profiles.catalogs.format.texts import check_suggestion
from profiles.catalogs.join_link import parse_join_link
from profiles.catalogs.kept.decision import waiting_changes
from profiles.catalogs.kept.own_part import own_profile, pairs_of, unanswered
from profiles.catalogs.record import Seen
from profiles.catalogs.signature import comment_for, verify
from profiles.catalogs.subscriptions import AUTO, Subscription
from profiles.catalogs.trust import first_seen, newer
from profiles.policy.artifacts.samples import mobileconfig
from profiles.policy.reading.files import json_layer, property_list_layer
from profiles.policy.reading.merge import merged
from profiles.policy.reading.registry import registry_layer
from profiles.policy.table import BY_KEY, TABLE
from profiles.portkey.addresses import host_of
from profiles.portkey.header_names import METADATA, PORTKEY_KEY, PROVIDER, VIRTUAL_KEY
from profiles.profile.encode import encode_profile
from profiles.profile.render import render
from profiles.projects.team_file import TEAM_FILE, catalog_hint, read_team_file
from tray.actions.catalogs.described import described
from tray.actions.policy.check import check_policy
from tray.actions.policy.show import DecidedKey, ShownPolicy
from tray.terminal.results import to_data
from tray.terminal.words.administrator.policy import shown_policy

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from profiles.catalogs.format.model import Catalog
    from profiles.policy.reading.layers import Layer

_CONFIG = {"targets": [{"provider": "@a", "custom_host": "https://gw.acme.example/v1"}, {"provider": "@b"}]}
_OLD: dict[str, Any] = acme(
    gateway_hosts=["api.portkey.ai", "gw.acme.example"],
    keys=[Signer().public.text],
    configs={**ACME["configs"], "on": _CONFIG},
    profiles=[
        *ACME["profiles"],
        {"name": "on", "route": {"kind": "config", "catalog": "on"}, "gateway": "https://gw.acme.example"},
        {"name": "cloud", "dialect": "vertex", "route": {"kind": "provider", "provider": "@v"},
         "models": {"default": "claude-sonnet-5-5"}, "when_unreachable": "work",
         "extra_headers": {"x-team": "a"}, "extra_env": {"DISABLE_TELEMETRY": "1"}},
    ],
    required_metadata=["repo"],
    rules=[{"remote": "git.acme.example/**", "profile": "work", "metadata": {"unit": "platform"}}],
    withdrawn=[{"name": "old", "use": "work", "why": "Vertex ends on 1 March"}],
)  # fmt: skip
_DATA = data_of(_OLD)
_CATALOG = parse(_DATA)
_SIGNER = Signer()
_SIGNATURES = (
    _SIGNER.sign(_DATA),
    _SIGNER.sign(_DATA, hashed=False),
    _SIGNER.sign(data_of(acme())),
    Signer(2, called=1).sign(_DATA),
)
_HARMLESS = (METADATA, PORTKEY_KEY, PROVIDER, VIRTUAL_KEY)  # the key is looked at apart
_FOLLOWED = Subscription(
    "acme", "/srv/pkcc", "acme", keys=(_SIGNER.public.text,), updates=AUTO, inputs={"user": "jane"}
)
_FOLLOWED = _FOLLOWED._replace(pairs=pairs_of(_FOLLOWED, _CATALOG))
_POLICY = {row.key: row.example for row in TABLE}
_REGISTRY: dict[str, Any] = {
    row.spelled: json.dumps(row.example)
    if row.key == "catalogs"
    else int(row.example)
    if isinstance(row.example, bool)
    else row.example
    for row in TABLE
} | {"AllowedProfiles": {"1": "acme/*", "2": "work"}, "ManagedBy": {"Name": "Acme IT"}}
_MIXED = (b"\x00\xff", ["a", ""], {"1": "x", "x": 1, "9" * 5000: "y"}, 2**32 - 1, None)
_KEY_LINE = _SIGNER.public.text
_LINKS = (
    f"pkcc-tray://join?source=https://ai.acme.example/pkcc-catalog.json&key={_KEY_LINE}&name=acme".encode(),
    b"pkcc-tray://join/?source=ssh%3A%2F%2Fgit.acme.example:22%2Fai%2Fpkcc.git",
    b"&source=https://me:pw@127.1/x.json&name=-x&switch=work%00%0a//[::1]#?@0x7f.1",
)
_REFERENCES = tuple(
    text.encode()
    for text in (
        "vault-kv://secret/portkey/jane?address=https://vault.acme.example:8200&namespace=a/b#api_key",
        "aws-secret://arn:aws:secretsmanager:eu-central-1:123456789012:secret:portkey/jane-AbC123#key",
        "aws-secret://portkey/jane?region=eu-central-1&profile=dev#key",
        "aws-parameter:///portkey/jane?region=eu-central-1",
        *(
            "pass-store:ai/portkey",
            "credential:portkey",
            "op://Dev/portkey/password",
            "pass://Work/Portkey/key",
        ),
        "keepassxc:~/db.kdbx?key-file=/home/jane/db.key&attribute=Password#ai/portkey",
        *(
            "gcp-secret://acme-prod/portkey?version=3",
            "azure-secret://acme/portkey",
            "doppler://acme/dev/PORTKEY",
        ),
        *("bws:382580ab-1368-4e85-bfa3-b02e01400c9f", "infisical://p1/dev/PORTKEY?path=/ai"),
        "keeper://AbCdEfGhIjKlMnOpQrStUv/field/password",
        "://file:///etc/passwd fileb:// -address=http://evil.example -- {user} \n\0 ~/x ../.. @/etc/passwd",
    )
)
_TEAM = (
    b'profile = "acme/work"\ncatalog = "https://ai.acme.example/c.json"\n\n[metadata]\nrepo = "x"\n',
    b"profile = 'work'\nmetadata = { a = '\\u00e9', 'b c' = \"\"\"x\"\"\" }\n# 1979-05-27 inf [[a]]\n",
)


def team_readers(rng: random.Random, directory: Path) -> list[tuple[str, Callable[[], None]]]:
    """What is to be called again and again, each with its name in the report."""
    repository = directory / "team"
    repository.mkdir()
    return [
        ("catalogs", lambda: _catalog(rng)),
        ("catalogs' signatures", lambda: _signature(rng)),
        ("signatures' comments", lambda: _comment(rng)),
        ("policies, JSON", lambda: _policy(rng)),
        ("policies, property lists", lambda: _property_list(rng)),
        ("policies, registry", lambda: _registry(rng)),
        ("links to join", lambda: _link(rng)),
        ("references to managers", lambda: _reference(rng)),
        ("team files", lambda: _team_file(rng, repository)),
    ]


def _nearly(rng: random.Random, plain: Any) -> bytes:
    """JSON bytes of such data, changed in its values or in its bytes."""
    if rng.random() < 0.7:
        return json.dumps(changed(rng, plain, (KEY,))).encode()
    return mutated(rng, json.dumps(plain).encode(), (_DATA,))


# Catalogs ------------------------------------------------------------------------------------------------


def _catalog(rng: random.Random) -> None:
    """Where it is taken, it is fit to be shown; where it would apply unasked, no request goes another way."""
    new = parse(_nearly(rng, _OLD))
    shown = [text for _, text in texts_in(to_data(described(_FOLLOWED, new)))]
    if not all(text.isprintable() for text in shown):
        raise AssertionError("a text of it steers a terminal")
    if KEY in shown:
        raise AssertionError(f"a key in it is taken: {new}"[:3000])
    changes = waiting_changes(_FOLLOWED, _CATALOG, new)
    if changes.loud or unanswered(new, _FOLLOWED.inputs):
        return
    accepted = _ways(_CATALOG)
    for way in _ways(new):
        if way not in accepted:
            raise AssertionError(f"applies unasked: {way}")


def _ways(catalog: Catalog) -> list[tuple[object, ...]]:
    """What of each profile decides who is sent what: all but models, and names of providers and configs."""
    found = []
    for entry in catalog.profiles:
        profile = own_profile(_FOLLOWED, entry)
        encode_profile(profile)
        rendered = render(profile)
        headers = [(name, "" if name in _HARMLESS else value) for name, value in rendered.headers]
        env = {name: value for name, value in rendered.env.items() if "MODEL" not in name}
        own = f"keyring:acme/{entry.name}"
        key = "keyring:own" if profile.api_key == own else profile.api_key
        env |= {name: "" for name, value in env.items() if value == marker(profile.api_key)}
        found.append((host_of(profile.base_url), key, rendered.helper, sorted(headers), env))
    return found


def _signature(rng: random.Random) -> None:
    data = mutated(rng, _DATA) if rng.random() < 0.3 else _DATA
    signature = mutated(rng, rng.choice(_SIGNATURES), _SIGNATURES)
    signed = verify(data, signature, [_KEY_LINE])
    if data != _DATA or signed.comment != comment_for("acme", _OLD["serial"]):
        raise AssertionError("what nobody signed so is taken for signed")


def _comment(rng: random.Random) -> None:
    """A comment of the publisher's own slips, and a serial of any kind."""
    serial = rng.choice((42, 43, 44, 10**14, 10**15 - 1))
    data = data_of(acme(serial=serial, keys=[_KEY_LINE]))
    right = comment_for("acme", serial)
    comment = mutated(rng, right.encode(), (right.encode(),)).decode("utf-8", "replace")
    signature = _SIGNER.sign(data, comment or " ")
    first_or_newer = rng.random() < 0.5
    seen = {_KEY_LINE: Seen(43, "0" * 64)}
    if first_or_newer:
        first_seen(data, signature, _KEY_LINE)
    else:
        newer(_FOLLOWED, seen, data, signature)
    if comment != right or (serial <= 43 and not first_or_newer):
        raise AssertionError(f"taken for {comment!r}, serial {serial}")


# Policies ------------------------------------------------------------------------------------------------


def _policy(rng: random.Random) -> None:
    data = _nearly(rng, _POLICY)
    _hold_policy([json_layer("P", data)])
    check_policy("P", data)


def _property_list(rng: random.Random) -> None:
    plain = {row.spelled: row.example for row in TABLE}
    kinds = (plistlib.FMT_XML, plistlib.FMT_BINARY)
    whole = mobileconfig().encode() if rng.random() < 0.3 else plistlib.dumps(plain, fmt=rng.choice(kinds))
    if rng.random() < 0.5:
        with suppress(TypeError, OverflowError, ValueError):  # no property list holds it
            whole = plistlib.dumps(changed(rng, plain, _MIXED), fmt=rng.choice(kinds), skipkeys=True)
    _hold_policy([property_list_layer("P", mutated(rng, whole, (whole,)))])


def _registry(rng: random.Random) -> None:
    """Any value under any name, as an administrator's own tools may write it."""
    values = changed(rng, _REGISTRY, _MIXED)
    _hold_policy([registry_layer("P", values if isinstance(values, dict) else "no right")])


def _hold_policy(layers: list[Layer]) -> None:
    """It is never a fault; what cannot be read refuses changes, and a wrong value allows no more for it."""
    reading = merged(layers)
    if any(layer.trouble for layer in layers) != bool(reading.policy.broken):
        raise AssertionError("what cannot be read refuses nothing")
    for key, raw in layers[0].values.items():
        held = getattr(reading.policy, key) if key in BY_KEY else None
        if held is None and key in BY_KEY:
            raise AssertionError(f"{key} is there, and forces nothing: {raw!r}"[:300])
        if held is True and raw is not True:
            raise AssertionError(f"{key} allows it for {raw!r}"[:300])
    keys = tuple(DecidedKey(*entry) for entry in reading.entries)
    shown = ShownPolicy(True, reading.policy.managed_by, keys, (), reading.notes, ())
    lines = [*shown_policy(shown), *(trouble.what for trouble in reading.troubles)]
    if odd := [line for line in lines if not line.isprintable()]:
        raise AssertionError(f"not on one line: {odd!r}"[:300])


# What people are handed beside -----------------------------------------------------------------------------


def _link(rng: random.Random) -> None:
    """Nothing but an https or ssh address at a host's name, and what is shown is what is asked."""
    link = parse_join_link(mutated(rng, rng.choice(_LINKS), _LINKS).decode("utf-8", "replace"))
    source, parts = source_of(link.source), urlsplit(link.source)
    odd = parts.username is not None or parts.password is not None or source.kind == "directory"
    if odd or parts.scheme not in ("https", "ssh") or source.host != parts.hostname:
        raise AssertionError(f"followed: {link.source}")
    if source.host.rpartition(".")[2].isdecimal() or ":" in source.host:
        raise AssertionError(f"a machine by its number: {link.source}")
    if parse_join_link(f"pkcc-tray://join?{link.query}") != link:
        raise AssertionError(f"is another link in the manager: {link}")


def _reference(rng: random.Random) -> None:
    """Each word is what its program takes it for: no other option, no file, no server but one's own."""
    text = mutated(rng, rng.choice(_REFERENCES), _REFERENCES).decode("utf-8", "replace")
    with suppress(ValueError):
        suggested = check_suggestion(text)
        if (manager := manager_of(suggested)) is None or not manager.catalogs or "address=" in suggested:
            raise AssertionError(f"a catalog may suggest {text!r}")
    manager = manager_of(text)
    if manager is None:
        return
    parts = parse_reference(text).parts
    how_changed(text), is_whole(text), steering(text, ("VAULT_ADDR", "AWS_PROFILE"))
    words = manager.arguments(parts)
    if not all(word.isprintable() and word for word in words):
        raise AssertionError(f"{words!r}")
    given = [value for name, value in parts.items() if name != "reference"]
    if any(word in given and word.startswith(("-", "@")) for word in words):
        raise AssertionError(f"an option of its own: {words!r}")
    asked = [word for word in words if word != parts["reference"] and not word.startswith("-address=")]
    if any("://" in word or ".." in word for word in asked):
        raise AssertionError(f"an address, or a way up: {words!r}")


def _team_file(rng: random.Random, directory: Path) -> None:
    (directory / TEAM_FILE).write_bytes(mutated(rng, rng.choice(_TEAM), _TEAM))
    team, hint = read_team_file(str(directory)), catalog_hint(str(directory))
    if team and team.profile is not None and not is_profile_name(team.profile):
        raise AssertionError(f"a profile called {team.profile!r}")
    if hint and (source_of(hint).kind == "directory" or "@" in hint):
        raise AssertionError(f"joins {hint!r}")
