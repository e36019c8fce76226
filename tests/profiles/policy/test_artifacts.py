"""If these fail, an administrator's tool refuses what we hand out, or what it lays down is not read."""

from __future__ import annotations

import json
import plistlib
import re
import runpy
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as Xml

import jsonschema
import pytest

from profiles.policy.artifacts.formats import FORMATS
from profiles.policy.kinds import Switch
from profiles.policy.reading.files import json_layer, property_list_layer
from profiles.policy.reading.merge import merged
from profiles.policy.reading.registry import registry_layer
from profiles.policy.table import TABLE
from profiles.policy.values import Policy

ROOT = Path(__file__).parents[3]
KEY = r"Software\Policies\pkcc-tray"
REFERENCE = re.compile(r"\$\((string|presentation)\.(\w+)\)")


@pytest.fixture(scope="module")
def admx() -> Xml.Element:
    return parsed("admx")


@pytest.fixture(scope="module")
def adml() -> Xml.Element:
    return parsed("adml")


def parsed(form: str) -> Xml.Element:
    """A template's XML, its names without their namespace."""
    top = Xml.fromstring(FORMATS[form].make().encode())
    for element in top.iter():
        element.tag = element.tag.rpartition("}")[2]
    return top


def test_the_committed_files_are_what_the_program_makes() -> None:
    for path, text in runpy.run_path(str(ROOT / "packaging/fleet/policy/make.py"))["made"]().items():
        assert path.read_bytes().decode() == text, f"run packaging/fleet/policy/make.py: {path}"


def refused_by_intune(top: Xml.Element) -> list[str]:
    """Why Intune would not take an ADMX in, by what administrators of other programs ran into."""
    found = [
        f"key {element.get('key')}"
        for element in top.iter()
        if re.match(r"(?i)(software\\policies\\microsoft|system)(\\|$)", element.get("key", ""))
    ]
    found += [f"using {element.get('namespace')}" for element in top.iter("using")]
    found += [f"reference {element.get('ref')}" for element in top.iter() if ":" in element.get("ref", "")]
    revisions = [top.get("revision"), top.get("schemaVersion")]
    revisions += [element.get("minRequiredRevision") for element in top.iter("resources")]
    found += [f"revision {revision}" for revision in revisions if revision != "1.0"]
    names = Counter(policy.get("name") for policy in top.iter("policy"))
    for policy in top.iter("policy"):
        names.update(f"{policy.get('name')}: {each.get('id')}" for each in policy.iter() if each.get("id"))
    return found + [f"id {name} twice" for name, count in names.items() if count > 1]


def test_intune_takes_the_template_in(admx: Xml.Element) -> None:
    assert refused_by_intune(admx) == []


def test_the_list_of_what_intune_refuses_finds_each_of_them() -> None:
    """Else the test above could not fail."""
    bad = Xml.fromstring(
        '<policyDefinitions revision="1.04.0000" schemaVersion="1.0"><policyNamespaces>'
        '<using prefix="windows" namespace="Microsoft.Policies.Windows"/></policyNamespaces>'
        r'<policies><policy name="A" key="Software\Policies\Microsoft\X"><parentCategory ref="windows:Y"/>'
        r'<elements><text id="a"/><text id="a"/></elements></policy><policy name="A" key="SYSTEM\X"/>'
        "</policies>"
        "</policyDefinitions>"
    )
    assert [found.split()[0] for found in refused_by_intune(bad)] == [
        *("key", "key", "using", "reference", "revision", "id", "id"),
    ]


def test_every_word_of_the_template_is_there_once_and_none_is_left_over(
    admx: Xml.Element, adml: Xml.Element
) -> None:
    used: dict[str, set[str]] = {"string": set(), "presentation": set()}
    for element in admx.iter():
        for value in element.attrib.values():
            for kind, name in REFERENCE.findall(value):
                used[kind].add(name)
    for kind, names in used.items():
        there = [element.get("id") for element in adml.iter(kind) if element.get("id")]
        assert len(there) == len({*there})
        assert {*there} == names
    assert all(element.text for element in adml.iter("string"))


def test_a_form_asks_for_exactly_what_its_policy_takes(admx: Xml.Element, adml: Xml.Element) -> None:
    forms = {form.get("id"): [each.get("refId") for each in form] for form in adml.iter("presentation")}
    for policy in admx.iter("policy"):
        assert forms.get(policy.get("name"), []) == [each.get("id") for each in policy.findall("elements/*")]
        assert (policy.get("class"), policy.get("key")) == ("Machine", KEY)


def laid_down(admx: Xml.Element) -> dict[str, object]:
    """The registry with every policy switched on, and filled in with the table's example."""
    values: dict[str, object] = {}
    examples = {row.spelled: row for row in TABLE}
    for policy in admx.iter("policy"):
        row = examples[str(policy.get("name"))]
        if isinstance(row.kind, Switch):
            state = policy.find("enabledValue/decimal" if row.example else "disabledValue/decimal")
            assert state is not None
            values[str(policy.get("valueName"))] = int(str(state.get("value")))
        for element in policy.findall("elements/*"):
            below = str(element.get("key", KEY)).removeprefix(KEY).strip("\\")
            if element.tag == "list":
                values[below] = dict(row.example)
            elif below:
                name = str(element.get("valueName"))
                values.setdefault(below, {})[name] = row.example[name]  # type: ignore[index]
            else:
                values[str(element.get("valueName"))] = {
                    "decimal": lambda value: int(value),
                    "multiText": lambda value: [*value],
                    "enum": str,
                    "text": lambda value: value if isinstance(value, str) else json.dumps(value),
                }[element.tag](row.example)
    return values


def example_policy() -> Policy:
    found = merged([json_layer("x", json.dumps({row.key: row.example for row in TABLE}).encode())])
    assert [entry.problems for entry in found.entries] == [()] * len(TABLE)
    assert found.notes == ()
    return found.policy


def test_what_the_template_lays_down_is_read_as_it_was_meant(admx: Xml.Element) -> None:
    assert merged([registry_layer(KEY, laid_down(admx))]).policy == example_policy()


def test_the_sample_for_the_registry_is_read_as_it_was_meant() -> None:
    values: dict[str, object] = {}
    text = FORMATS["reg"].make()
    assert text.isascii()  # whatever code page regedit takes it for
    assert "hex(" not in text  # which a file in a code page and one in UTF-16 do not mean the same by
    for line in text.split("\r\n"):
        if line.startswith("["):
            assert line.startswith(f"[HKEY_LOCAL_MACHINE\\{KEY}")
            below = line.removeprefix(f"[HKEY_LOCAL_MACHINE\\{KEY}").strip("\\]")
            inside: dict[str, object] = values.setdefault(below, {}) if below else values  # type: ignore[assignment]
        elif found := re.fullmatch(r'"(\w+)"=(?:dword:([0-9a-f]{8})|"(.*)")', line):
            name, number, data = found.groups()
            inside[name] = int(number, 16) if number else re.sub(r"\\(.)", r"\1", data)
    assert {*values} == {row.spelled for row in TABLE}
    assert merged([registry_layer(KEY, values)]).policy == example_policy()


def test_the_profile_for_macos_is_read_as_it_was_meant() -> None:
    data = FORMATS["mobileconfig"].make().encode()
    assert merged([property_list_layer("x", data)]).policy == example_policy()
    profile = plistlib.loads(data)
    identifiers = [profile["PayloadUUID"], *(each["PayloadUUID"] for each in profile["PayloadContent"])]
    assert len({*identifiers}) == 2
    assert data == FORMATS["mobileconfig"].make().encode()  # a profile that changes by itself is sent anew


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    schema = json.loads(FORMATS["json-schema"].make())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate({"$schema": "x", "x-ticket": 1, **{row.key: row.example for row in TABLE}})
    assert not validator.is_valid({"later": 1})
    for row in TABLE:
        assert not validator.is_valid({row.key: None}), row.key
        assert not validator.is_valid({row.key: {"a": ["b"]}}), row.key


def test_jamfs_form_can_leave_every_key_out_and_lays_down_what_is_read() -> None:
    """A form that offers a switch without a third state would force it everywhere."""
    schema = json.loads(FORMATS["jamf"].make())
    assert [*schema["properties"]] == [row.spelled for row in TABLE]
    orders = [each["property_order"] for each in schema["properties"].values()]
    assert orders == sorted({*orders})
    for row in TABLE:
        field = schema["properties"][row.spelled]
        assert field["title"]
        assert field["description"]
        assert field["anyOf"][0]["type"] == "null"
        jsonschema.validate(row.example, field["anyOf"][1])


def test_the_page_has_every_key_and_no_cell_is_torn() -> None:
    lines = FORMATS["docs"].make().splitlines()
    assert len(lines) == len(TABLE) + 2
    assert {line.count("|") for line in lines} == {5}
