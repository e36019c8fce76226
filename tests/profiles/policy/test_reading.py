"""If these fail, what an administrator forces does not hold, or a slip allows more than they meant."""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.home.forced import force, lay, own_number, place_in
from support.home.user_home import KEY as SECRET
from support.missing import missing
from support.root_only import as_nobody

from profiles.base.errors import PkccError
from profiles.policy.in_force import policy_in_force, reading_in_force
from profiles.policy.kinds import Choice, Number, Switch
from profiles.policy.places import Place, this_machine
from profiles.policy.reading.files import property_list_layer
from profiles.policy.reading.layers import Layer
from profiles.policy.reading.merge import Reading, merged, read_place
from profiles.policy.reading.registry import registry_layer
from profiles.policy.table import TABLE, Row
from profiles.policy.values import NOTHING_FORCED, ManagedBy, ManagedCatalog, Policy
from tray.terminal.results import to_data

KEY = "RWQ" + "A" * 53
FULL = {
    "managed_by": {"name": "Acme IT", "text": "Ask us.", "url": "https://it.acme.example/ai"},
    "catalogs": [{"name": "acme", "source": "https://a.example/c.json", "keys": [KEY], "ref": "main"}],
    "allow_other_catalogs": False,
    "allowed_gateway_hosts": ["api.portkey.ai", "*.acme.example"],
    "required_profile": "acme/work",
    "allowed_profiles": ["acme/*"],
    "required_metadata": ["repo"],
    "forced_metadata": {"unit": "platform"},
    "key_delivery": "helper",
    "allowed_key_schemes": ["keyring", "vault-kv"],
    "allow_import": False,
    "allow_export": False,
    "links": False,
    "manager_page": False,
    "key_print_through_tray": False,
    "on_drift": "restore",
    "key_cache_minutes": 5,
    "check_for_updates": False,
    "catalog_hours": 12,
    "catalog_max_age_days": 30,
    "log_days": 90,
    "history_steps": 10,
}
MEANT = Policy(
    ManagedBy("Acme IT", "Ask us.", "https://it.acme.example/ai"),
    (ManagedCatalog("acme", "https://a.example/c.json", (KEY,), "main"),),
    False, ("api.portkey.ai", "*.acme.example"), "acme/work", ("acme/*",), ("repo",), {"unit": "platform"},
    "helper", ("keyring", "vault-kv"), False, False, False, False, False, "restore", 5, False, 12, 30, 90, 10,
)  # fmt: skip


def read(top: Path) -> Reading:
    found = reading_in_force(place_in(top))
    assert found is not None
    return found


def test_the_table_the_policy_and_this_test_know_the_same_keys() -> None:
    assert [row.key for row in TABLE] == [*FULL] == [*Policy._fields[:-1]]


def test_every_key_is_read_from_a_file(tmp_path: Path) -> None:
    lay(tmp_path, FULL)
    assert read(tmp_path).policy == MEANT
    assert read(tmp_path).notes == read(tmp_path).troubles == ()


def test_drop_ins_go_over_the_file_key_by_key_in_the_order_of_their_names(tmp_path: Path) -> None:
    lay(tmp_path, {"log_days": 1, "history_steps": 1, "links": False})
    lay(tmp_path, {"log_days": 2, "history_steps": 2}, "policy.d/10-a.json")
    last = lay(tmp_path, {"log_days": 3}, "policy.d/20-b.json")
    lay(tmp_path, {"log_days": 9}, "policy.d/.30-hidden.json")
    lay(tmp_path, {"log_days": 9}, "policy.d/40-no.txt")
    found = read(tmp_path)
    assert (found.policy.log_days, found.policy.history_steps, found.policy.links) == (3, 2, False)
    assert {entry.key: entry.origin for entry in found.entries}["log_days"] == str(last)


def test_drop_ins_count_without_the_file(tmp_path: Path) -> None:
    lay(tmp_path, {"links": False}, "policy.d/a.json")
    assert not policy_in_force(place_in(tmp_path)).links


def test_every_key_is_read_from_a_property_list_in_both_forms(tmp_path: Path) -> None:
    values = {row.spelled: FULL[row.key] for row in TABLE} | {"PayloadUUID": "x"}
    for form in (plistlib.FMT_BINARY, plistlib.FMT_XML):
        (tmp_path / "a.plist").write_bytes(plistlib.dumps(values, fmt=form))
        (tmp_path / "a.plist").chmod(0o644)
        place = Place(property_lists=(str(tmp_path / "a.plist"),), owner=own_number(), top=str(tmp_path))
        assert read_place(place) == read_place(place)._replace(policy=MEANT, notes=(), troubles=())


def test_a_users_property_list_goes_over_the_machines(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("machine.plist", "user.plist")]
    for path, value in zip(paths, (1, 2), strict=True):
        path.write_bytes(
            plistlib.dumps({"LogDays": value, "HistorySteps": 7} if value == 1 else {"LogDays": 2})
        )
        path.chmod(0o644)
    place = Place(property_lists=tuple(map(str, paths)), owner=own_number(), top=str(tmp_path))
    assert (policy_in_force(place).log_days, policy_in_force(place).history_steps) == (2, 7)


def test_every_key_is_read_from_the_registry_however_it_was_written() -> None:
    as_json = {
        row.spelled: int(value) if isinstance(value, bool) else value if isinstance(value, int | str) else
        json.dumps(value) for row in TABLE for value in [FULL[row.key]]
    }  # fmt: skip
    by_keys = as_json | {
        "ManagedBy": {"Name": "Acme IT", "Text": "Ask us.", "Url": "https://it.acme.example/ai"},
        "AllowedGatewayHosts": ["api.portkey.ai", "*.acme.example", ""],  # as a form's last, blank line
        "ALLOWEDKEYSCHEMES": {"10": "vault-kv", "9": "keyring"},
        "ForcedMetadata": {"unit": "platform"},
    }
    del by_keys["AllowedKeySchemes"]
    for values in (as_json, by_keys):
        found = merged([registry_layer("Software\\Policies\\pkcc-tray", dict(values))])
        assert found.policy == MEANT
        assert found.notes == ()
        assert found.entries[0].origin == "HKLM\\Software\\Policies\\pkcc-tray"


WRONG: list[tuple[str, object, object]] = [
    ("managed_by", "Acme", ManagedBy()),
    ("managed_by", {"name": 7, "url": "javascript:alert(1)", "text": "a\nb"}, ManagedBy()),
    ("catalogs", {}, ()),
    ("catalogs", [{"name": "a b", "source": "x"}, 7, {"name": "b", "source": "/srv/b"}],
     (ManagedCatalog("b", "/srv/b"),)),
    ("catalogs", [{"name": "a", "source": "--upload-pack=x"}], ()),
    ("catalogs", [{"name": "a", "source": "https://u:secret@a.example/a.git"}], ()),
    ("catalogs", [{"name": "a", "source": "/a", "keys": "RW"}], ()),
    ("catalogs", [{"name": "a", "source": "/a", "keys": ["RWshort"]}], ()),
    ("catalogs", [{"name": "a", "source": "/a", "ref": "-x"}], ()),
    ("catalogs", [{"name": "a", "source": "/a"}, {"name": "a", "source": "/b"}],
     (ManagedCatalog("a", "/a"),)),
    ("allow_other_catalogs", "no", False),
    ("allowed_gateway_hosts", "api.portkey.ai", ()),
    ("allowed_gateway_hosts", None, ()),
    ("allowed_gateway_hosts", ["https://api.portkey.ai", "good.example"], ("good.example",)),
    ("required_profile", 7, ""),
    ("required_profile", "a/b/c", ""),
    ("required_profile", "", ""),
    ("allowed_profiles", {"a": 1}, ()),
    ("allowed_profiles", ["a b", 3], ()),
    ("required_metadata", "repo", ("repo",)),
    ("required_metadata", ["repo", "ünit", 3], ("repo", "ünit")),
    ("required_metadata", 7, ()),
    ("forced_metadata", ["a"], {}),
    ("forced_metadata", {"a": 1, "b": "x", "c": "y" * 129}, {"b": "x"}),
    ("forced_metadata", {"a": "sk-ant-api03-" + "x1Y2" * 10}, {}),
    ("key_delivery", "settings", "helper"),
    ("allowed_key_schemes", "keyring", ()),
    *[(key, value, False) for key in ("allow_import", "allow_export", "links", "manager_page",
      "key_print_through_tray", "check_for_updates") for value in (1, "true", None, [])],
    ("on_drift", "nothing", "restore"),
    ("on_drift", True, "restore"),
    *[("key_cache_minutes", value, 0) for value in (-1, 100_000, True, 1.5, "5", None)],
    *[(key, value, 1) for key in ("catalog_hours", "catalog_max_age_days", "log_days", "history_steps")
      for value in (0, -1, 10**9, True, "7")],
]  # fmt: skip


@pytest.mark.parametrize(("key", "raw", "meant"), WRONG)
def test_a_wrong_value_reads_as_the_strictest_and_is_said(
    tmp_path: Path, key: str, raw: object, meant: object
) -> None:
    lay(tmp_path, {key: raw, "log_days": 5} if key != "log_days" else {key: raw})
    found = read(tmp_path)
    assert getattr(found.policy, key) == meant
    entry = next(entry for entry in found.entries if entry.key == key)
    assert entry.problems
    assert all(problem.startswith(key) and "; until then " in problem for problem in entry.problems)
    assert found.policy.broken == ""  # the rest holds, and changes go on
    assert key == "log_days" or found.policy.log_days == 5


def test_each_slip_names_its_place(tmp_path: Path) -> None:
    lay(
        tmp_path, {"catalogs": [{"name": "a", "source": "/a"}, {"name": "b", "source": "/b", "keys": ["no"]}]}
    )
    assert read(tmp_path).entries[0].problems == (
        "catalogs[1].keys must be a list of minisign's public keys: RW…; until then that one is left out",
    )


def test_an_unknown_key_is_a_note_and_a_comment_is_none(tmp_path: Path) -> None:
    path = lay(
        tmp_path,
        {
            "later_key": 1,
            "$schema": "x",
            "x-ticket": 7,
            "managed_by": {"name": "A", "logo": "b"},
        },
    )
    assert read(tmp_path).notes == (
        f"{path}: managed_by.logo is not known here",
        f"{path}: later_key is not known here, and ignored",
    )


def test_a_key_that_was_pasted_where_a_name_belongs_is_not_repeated(tmp_path: Path) -> None:
    lay(tmp_path, {SECRET: 1, "managed_by": {SECRET: "a"}})
    notes = read(tmp_path).notes
    assert len(notes) == 2
    assert SECRET not in repr(notes)


@pytest.mark.parametrize(
    "key",
    [
        "Allowed_Gateway_Hosts",
        "AllowedGatewayHosts",
        "allowed-gateway-hosts",
        "allowed_gateway_host",
        "alowed_gateway_hosts",
        "allowed_gatewya_hosts",
        "allowed_gateway_hostz",
    ],
)
def test_a_key_that_is_misspelled_is_a_problem_with_the_right_spelling(tmp_path: Path, key: str) -> None:
    """Else it forces nothing, and the administrator believes that it does."""
    path = lay(tmp_path, {key: ["api.portkey.ai"]})
    (entry,) = read(tmp_path).entries
    assert (entry.key, entry.value, entry.origin) == (key, None, str(path))
    assert entry.problems == (
        f"{key} is not known here: it is spelled allowed_gateway_hosts; until then it is ignored",
    )
    assert read(tmp_path).notes == ()


def test_a_catalog_whose_keys_are_misspelled_is_not_taken_for_an_unsigned_one(tmp_path: Path) -> None:
    lay(tmp_path, {"catalogs": [{"name": "acme", "source": "https://a.example/c.json", "key": [KEY]}]})
    assert read(tmp_path).policy.catalogs == ()
    assert "it is spelled keys" in read(tmp_path).entries[0].problems[0]


@pytest.mark.parametrize("key", ["allowed_models", "allowed_profile_names", "link_hosts", "log", "x"])
def test_a_key_of_a_later_version_is_no_slip(tmp_path: Path, key: str) -> None:
    lay(tmp_path, {key: 1})
    assert (read(tmp_path).entries, len(read(tmp_path).notes)) == ((), 1)


def test_a_required_profile_is_put_back_after_changes_by_something_else(tmp_path: Path) -> None:
    lay(tmp_path, {"required_profile": "work", "on_drift": "ignore"})
    assert read(tmp_path).policy.on_drift == "restore"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"a": 1,\n\n"b": }', "is not valid JSON, line 4"),
        ("[]", "does not hold a JSON object"),
        ('{"links": false, "links": true}', "'links' is there twice"),
        ("", "is not valid JSON, line 1"),
        ("\ufffe".encode("utf-16").decode("latin-1"), "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_file_that_cannot_be_read_breaks_the_policy_and_the_rest_holds(
    tmp_path: Path, text: str, said: str
) -> None:
    path = lay(tmp_path, text)
    lay(tmp_path, {"links": False}, "policy.d/a.json")
    found = read(tmp_path)
    assert found.policy.broken.startswith(str(path))
    assert said in found.policy.broken
    assert [trouble.check for trouble in found.troubles] == ["policy-broken"]
    assert not found.policy.links


def test_a_link_that_leads_nowhere_and_a_directory_are_no_missing_policy(tmp_path: Path) -> None:
    directory = tmp_path / "pkcc-tray"
    directory.mkdir()
    (directory / "policy.json").symlink_to(tmp_path / "gone.json")
    assert policy_in_force(place_in(tmp_path)).broken
    (directory / "policy.json").unlink()
    (directory / "policy.json").mkdir()
    assert policy_in_force(place_in(tmp_path)).broken


@pytest.mark.parametrize("part", ["pkcc-tray", "pkcc-tray/policy.json", "pkcc-tray/policy.d"])
def test_what_others_may_write_does_not_count_and_breaks_the_policy(tmp_path: Path, part: str) -> None:
    lay(tmp_path, {"links": False})
    lay(tmp_path, {"links": False}, "policy.d/a.json")
    for mode in (0o777, 0o775) if (tmp_path / part).is_dir() else (0o666, 0o664):
        (tmp_path / part).chmod(mode)
        found = read(tmp_path)
        assert found.troubles[0].check == "policy-writable"
        assert str(tmp_path / part) in found.policy.broken
    (tmp_path / part).chmod(0o755 if (tmp_path / part).is_dir() else 0o644)
    assert read(tmp_path).troubles == ()


def test_a_link_through_a_directory_of_others_is_no_administrators(tmp_path: Path) -> None:
    path = lay(tmp_path, {"links": False})
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    (open_to_all / "link.json").symlink_to(path.rename(tmp_path / "real.json"))
    path.symlink_to(open_to_all / "link.json")
    assert read(tmp_path).troubles == ()
    open_to_all.chmod(0o777)
    assert read(tmp_path).policy.broken.endswith(f"others than root may write {open_to_all}")
    open_to_all.chmod(0o1777)  # nobody can replace the link there
    assert read(tmp_path).troubles == ()


@pytest.mark.parametrize("shut", ["pkcc-tray", "pkcc-tray/policy.json", "pkcc-tray/policy.d"])
def test_what_a_user_may_not_read_is_no_missing_policy(shut: str) -> None:
    """An administrator's umask would switch the policy off."""

    def look() -> None:
        raise PkccError(policy_in_force(place_in(top)).broken)

    with tempfile.TemporaryDirectory() as reachable:  # pytest's own only their owner may look into
        top = Path(reachable)
        top.chmod(0o755)
        lay(top, {}, "policy.d/a.json")
        lay(top, {})
        (top / shut).chmod(0o600)
        assert "permission denied" in as_nobody(look)


def test_a_file_of_another_user_does_not_count(tmp_path: Path) -> None:
    if own_number() != 0:
        pytest.skip("giving a file away needs root")
    path = lay(tmp_path, {"links": False})
    os.chown(path, 12345, -1)
    assert read(tmp_path).troubles[0].check == "policy-writable"


def test_a_change_is_seen_at_once_and_nothing_is_read_again_without_one(tmp_path: Path) -> None:
    # The tray asks at every step: it must see a new policy without a restart, and cost nothing.
    place = place_in(tmp_path)
    assert policy_in_force(place) is NOTHING_FORCED
    path = lay(tmp_path, {"log_days": 5})
    first = policy_in_force(place)
    assert first.log_days == 5
    assert policy_in_force(place) is first
    path.write_text('{"log_days": 6}')
    assert policy_in_force(place).log_days == 6
    lay(tmp_path, {"log_days": 7}, "policy.d/a.json")
    assert policy_in_force(place).log_days == 7
    path.parent.chmod(0o777)
    assert policy_in_force(place).broken
    path.parent.chmod(0o755)
    (path.parent / "policy.d" / "a.json").unlink()
    assert policy_in_force(place).log_days == 6
    path.unlink()
    assert policy_in_force(place) is NOTHING_FORCED


def test_nothing_that_a_user_may_say_leads_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places = this_machine()
    for name in (
        "PKCC_CONFIG_DIR",
        "PKCC_POLICY",
        "HOME",
        "XDG_CONFIG_DIRS",
        "USER",
        "LOGNAME",
        "PROGRAMDATA",
    ):
        monkeypatch.setenv(name, str(tmp_path))
    assert this_machine() == places
    assert (places.owner, places.top) == (0, os.sep)
    if sys.platform == "linux":
        assert places.names == ("/etc/pkcc-tray/policy.json", "/etc/pkcc-tray/policy.d/*.json")


def test_a_look_where_nothing_is_loads_nothing_that_costs() -> None:
    code = "import sys; from profiles.policy.in_force import policy_in_force as f; f(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    loaded = {*done.stdout.split()}
    assert "profiles.policy.values" in loaded
    assert loaded & {"json", "re", "typing", "plistlib", "profiles.policy.table"} == set()


def test_a_test_can_force_a_policy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    force(monkeypatch, tmp_path, allow_export=False)
    assert not policy_in_force().allow_export


def test_a_property_list_of_another_program_is_read(tmp_path: Path) -> None:
    """As macOS writes them: by another implementation than ours."""
    source, target = tmp_path / "a.json.plist", tmp_path / "b.plist"
    source.write_bytes(plistlib.dumps({"LogDays": 5, "AllowedGatewayHosts": ["a.example"], "Links": False}))
    try:
        subprocess.run(["plistutil", "-i", source, "-o", target, "-f", "bin"], check=True)
    except FileNotFoundError:
        missing("plistutil")
    target.chmod(0o644)
    assert target.read_bytes().startswith(b"bplist00")
    policy = policy_in_force(Place(property_lists=(str(target),), owner=own_number(), top=str(tmp_path)))
    assert (policy.log_days, policy.allowed_gateway_hosts, policy.links) == (5, ("a.example",), False)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
PARTS = st.sampled_from(["name", "source", "keys", "ref", "text", "url"])
RECORDS = st.dictionaries(PARTS, ANYTHING | st.sampled_from(["acme", "/srv/a", KEY, "main"]))


@pytest.mark.parametrize("row", TABLE, ids=[row.key for row in TABLE])
@settings(max_examples=25)
@given(raw=ANYTHING | RECORDS | st.lists(ANYTHING | RECORDS, max_size=4), registry=st.booleans())
def test_whatever_a_value_is_it_is_read_and_what_is_wrong_is_said(
    row: Row, raw: object, registry: bool
) -> None:
    """A property list holds dates and bytes; a form or a script of an administrator's writes anything."""
    layer = registry_layer("X", {row.spelled: raw}) if registry else Layer("X", {row.key: raw})
    found = merged([layer])
    value = getattr(found.policy, row.key)
    json.dumps(to_data(found))  # nothing of the raw value is left in it
    if not found.entries[0].problems:
        again = merged([Layer("X", {row.key: json.loads(json.dumps(plain(value)))})])
        assert getattr(again.policy, row.key) == value
    elif isinstance(row.kind, Switch | Choice | Number):
        assert value == row.kind.strict


def plain(value: object) -> object:
    """As a file would say it: without what is not said."""
    data = to_data(value)
    if isinstance(data, list):
        return [plain(item) for item in data]
    if isinstance(data, dict):
        return {name: text for name, text in data.items() if text}
    return data


_CUT_SHORT = b'<?xml version="1.0" encoding="UTF-8"?><plist version="1.0">'


@pytest.mark.parametrize(
    "data",
    [
        _CUT_SHORT + b"<key>Links</key><dict></dict></plist>",
        _CUT_SHORT + b"<dict><key>Links</key><date>soon</date></dict></plist>",
        _CUT_SHORT.replace(b"UTF-8", b"UTF-x") + b"<dict></dict></plist>",
        b"bplist00\xd1\x01\x02\x42ab\x09\x08\x0b\x0e" + bytes(6) + b"\x01\x01" + bytes(7) + b"\x03"
        + bytes(15) + b"\x0f",  # a key of bytes
    ],
    ids=["a key outside", "a date that is none", "an encoding that is none", "a key of bytes"],
)  # fmt: skip
def test_a_property_list_that_is_damaged_refuses_changes_and_no_command_breaks(data: bytes) -> None:
    """Else every command would end in a traceback, `key print` of a running session as well."""
    layer = property_list_layer("P", data)
    assert layer.trouble is not None
    assert merged([layer]).policy.broken.startswith("P ")


def test_a_configuration_profile_whose_content_is_no_list_is_one_without_our_part() -> None:
    data = plistlib.dumps({"PayloadContent": 1, "Links": False})
    assert not merged([property_list_layer("P", data)]).policy.links


@pytest.mark.parametrize("odd", ["\ud800", "\x1b", "\u2028"])
def test_a_slip_in_a_policy_steers_no_terminal_and_breaks_no_command(odd: str) -> None:
    """A key, or a text in the place of a list, with half a character in it could not even be printed."""
    reading = merged([Layer("P", {f"link{odd}s": False, "required_metadata": f"repo{odd}"})])
    said = [*(entry.key for entry in reading.entries), *reading.policy.required_metadata, *reading.notes]
    assert all(text.isprintable() for text in said), said
    assert [bool(entry.problems) for entry in reading.entries] == [True, True]


@pytest.mark.parametrize(
    ("values", "links", "counts"),
    [
        ({"Links": False, "links": True}, False, "Links"),
        ({"links": True, "Links": False}, False, "Links"),
        ({"LINKS": True, "links": False}, False, "links"),
    ],
)
def test_of_two_keys_that_differ_in_case_one_counts_and_that_is_said(
    values: dict[str, bool], links: bool, counts: str
) -> None:
    """Which one decided hung on their order, and an administrator who mended the other one saw no effect."""
    for layer in (
        registry_layer("P", dict(values)),
        property_list_layer("P", plistlib.dumps(values, sort_keys=False)),
    ):
        (entry,) = merged([layer]).entries
        assert merged([layer]).policy.links is links
        assert entry.problems == (f"links is there more than once: {counts} counts",)


def test_a_value_and_a_registry_key_of_one_name_are_both_seen() -> None:
    values: dict[str, object] = {"AllowedProfiles": ["a"], "AllowedProfiles\\": {"1": "b"}}
    reading = merged([registry_layer("P", values)])
    assert reading.policy.allowed_profiles == ("b",)
    assert "more than once" in reading.entries[0].problems[0]


def test_a_list_in_the_registry_may_have_any_names() -> None:
    """A name of thousands of digits is no number, and no fault of every command."""
    values = {"AllowedProfiles": {"9" * 5000: "b", "2": "c", "1": "a"}}
    assert merged([registry_layer("P", values)]).policy.allowed_profiles == ("b", "a", "c")
