"""A team's commands in the audit: publisher, colleague and administrator, keys in every wrong place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from support.catalog_homes import Publisher, with_work
from support.home.user_home import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.home.user_home import UserHome

# Its password is the key that is typed into each command.
_SIGNING_KEY = "acme.key"
_JOIN = "join published --key PUBLIC --yes --no-switch"
_WITH_KEY = f"https://me:{KEY}@127.0.0.1:9/pkcc-catalog.json?token={KEY}"
# In this order: what waits is shown before it is taken, and what was added is removed at the end.
LINES: dict[str, list[str]] = {
    "catalog new": ["catalog new mine --from work --from file --name mine --key PUBLIC --force"],
    "catalog sign": [f"catalog sign {each} --minisign-key {_SIGNING_KEY}" for each in ("mine", ".")],
    "catalog check": ["catalog check mine", "catalog check hostile.json", "catalog check broken.json"],
    "catalog add": [
        "catalog add . --file hostile.json --key PUBLIC --yes",
        "catalog add . --file broken.json --key PUBLIC --yes",
        f"catalog add {_WITH_KEY} --key PUBLIC --yes",
        f"catalog add published --key {KEY} --yes",
        "catalog add mine --key PUBLIC --yes",
    ],
    "join": [
        f"{_JOIN} --key-stdin",
        f"{_JOIN} --key-ref {KEY}",
        f"join {_WITH_KEY} --key PUBLIC --yes --key-stdin",
    ],
    "link": [
        f"link -- pkcc-tray://join?source={_WITH_KEY}",
        f"link -- pkcc-tray://join?source=https://a/&k={KEY}",
    ],
    "catalog list": ["catalog list"],
    "catalog show": ["catalog show acme"],
    "catalog override": [
        f"catalog override acme/work api_key {KEY}",
        f"catalog override acme/work metadata.team {KEY}",
        "catalog override acme/work metadata.team --unset",
        "catalog override acme/work label mine",
    ],
    "catalog update": ["catalog update acme --check", "catalog update --unasked", "catalog update"],
    "catalog diff": ["catalog diff acme"],
    "catalog accept": [f"catalog accept acme --expect {KEY} --yes", "catalog accept acme --yes"],
    "catalog rollback": ["catalog rollback acme"],
    "catalog trust": ["catalog trust acme --key PUBLIC --yes", f"catalog trust acme --key {KEY} --yes"],
    "policy show": ["policy show"],
    "policy check": [
        "policy check policy.json",
        "policy check broken.json",
        "policy check settings-of-old.json",
    ],
    "policy schema": ["policy schema", "policy schema --format admx"],
    "policy claude-settings": ["policy claude-settings work", "policy claude-settings file --format plist"],
    "support": ["support"],
    "catalog remove": ["catalog remove acme --yes", "catalog remove mine --yes"],
}


def walk_as_a_team(home: UserHome, publisher: Publisher, spawn: Callable[[str], None]) -> None:
    """Run each line over a catalog that changes harmlessly, and then asks for another host."""
    _lay_hostile_files(home.root)
    (home.root / _SIGNING_KEY).write_bytes(publisher.signer.secret_file(KEY))
    for words, lines in LINES.items():
        match words:
            case "join":
                publisher.publish()
            case "catalog update":
                publisher.publish(profiles=with_work(label="Acme, newer"))
            case "catalog diff":
                hosts = ["api.portkey.ai", "gw.acme.example"]
                publisher.publish(gateway_hosts=hosts, profiles=with_work(gateway="https://gw.acme.example"))
                spawn("catalog update acme")
        for line in lines:
            spawn(line.replace("PUBLIC", publisher.key))


def _lay_hostile_files(root: Path) -> None:
    """A catalog and a policy with keys where no key may be, and a file that is cut off behind one."""
    hostile = {"pkcc_catalog": 1, "name": f"x{KEY}", "serial": KEY, "api_key": KEY, KEY: KEY, "profiles": []}
    profile = {"name": "work", "api_key": KEY, "extra_headers": {"Authorization": f"Bearer {KEY}"}}
    hostile["profiles"] = [{**profile, "gateway": f"https://me:{KEY}@gateway.example/v1?key={KEY}"}]
    (root / "hostile.json").write_text(json.dumps(hostile))
    wrong = {
        "allowed_gateway_hosts": [f"me:{KEY}@a/{KEY}", 3],
        "api_key": KEY,
        KEY: True,
        "catalogs": [hostile],
    }
    (root / "policy.json").write_text(json.dumps(wrong))
