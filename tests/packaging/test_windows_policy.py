"""A policy in the registry of Windows, as its own tools write it and its own Python reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from support.home.wine_machine import ROOT, Machine, machine, make_rig, missing_part
from support.missing import missing

from profiles.policy.reading.files import json_layer
from profiles.policy.reading.merge import merged
from profiles.policy.table import TABLE
from tray.terminal.results import to_data

KEY = r"HKEY_LOCAL_MACHINE\Software\Policies\pkcc-tray"
READ = (
    "import json, sys; sys.path.insert(0, sys.argv[1]);"
    "from profiles.policy.in_force import policy_in_force, reading_in_force;"
    "from tray.terminal.results import to_data;"
    "reading = reading_in_force();"
    "print(json.dumps([to_data(policy_in_force()), reading and to_data(reading)]))"
)


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    if part := missing_part():
        missing(part)
    make_rig()
    with machine(tmp_path_factory.mktemp("windows")) as windows:
        yield windows


def read(windows: Machine, registry_file: str) -> tuple[dict[str, object], dict[str, object] | None]:
    """The policy in force, and what is to be said of it, when that was imported and nothing else is there."""
    file = windows.c / "laid.reg"
    file.write_text(
        f"Windows Registry Editor Version 5.00\n\n[-{KEY}]\n{registry_file}", "utf-16", newline="\r\n"
    )
    assert windows.run("reg", "import", r"C:\laid.reg").code == 0
    ran = windows.run(windows.python, "-c", READ, "Z:" + str(ROOT).replace("/", "\\"))
    assert ran.code == 0, ran.err
    policy, reading = json.loads(ran.out)
    return policy, reading


def test_a_users_own_part_of_the_registry_is_not_read(windows: Machine) -> None:
    own = KEY.replace("LOCAL_MACHINE", "CURRENT_USER")
    policy, reading = read(windows, f'[{own}]\n"AllowImport"=dword:0\n')
    assert reading is None
    assert (policy["allow_import"], policy["allowed_gateway_hosts"]) == (True, None)


def test_the_sample_is_imported_and_read_as_it_was_meant(windows: Machine) -> None:
    sample = (ROOT / "packaging/fleet/policy/pkcc-tray.reg").read_text()
    policy, reading = read(windows, sample.partition("\n")[2])
    meant = merged([json_layer("x", json.dumps({row.key: row.example for row in TABLE}).encode())])
    assert policy == json.loads(json.dumps(to_data(meant.policy)))
    assert reading is not None
    assert reading["notes"] == []


def test_values_as_group_policy_writes_them_and_wrong_ones(windows: Machine) -> None:
    schemes = ",".join(f"{byte:02x}" for byte in "keyring\0vault-kv\0\0".encode("utf-16-le"))
    policy, reading = read(
        windows,
        f"""[{KEY}]
"allowedkeyschemes"=hex(7):{schemes}
"AllowImport"=dword:00000000
"AllowExport"="true"
"LogDays"=hex(b):1e,00,00,00,00,00,00,00
"HistorySteps"=hex:05
"Catalogs"="[{{"
[{KEY}\\ManagedBy]
"name"="Acme IT für 鍵"
[{KEY}\\ForcedMetadata]
"unit"="platform"
[{KEY}\\AllowedGatewayHosts]
"10"="z.example"
"9"="a.example"
""",
    )
    assert policy["managed_by"] == {"name": "Acme IT für 鍵", "text": "", "url": ""}
    assert policy["forced_metadata"] == {"unit": "platform"}
    assert policy["allowed_gateway_hosts"] == ["a.example", "z.example"]
    assert policy["allowed_key_schemes"] == ["keyring", "vault-kv"]
    assert [policy[key] for key in ("allow_import", "allow_export", "links")] == [False, False, True]
    assert [policy[key] for key in ("log_days", "history_steps", "catalogs")] == [30, 1, []]
    assert reading is not None
    assert [entry["key"] for entry in reading["entries"] if entry["problems"]] == [  # type: ignore[attr-defined]
        *("catalogs", "allow_export", "history_steps"),
    ]
