r"""Templates for Group Policy and Intune: an ADMX with what can be set, an ADML with the words.

Kept off what Intune refuses when it takes an ADMX in: a key below `Software\Policies\Microsoft` or
`System`, a `using` of Windows' own namespace, references with a prefix, a revision that is no `1.0`, an id
that stands twice.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from profiles.base.light_typing import TYPE_CHECKING
from profiles.policy import kinds
from profiles.policy.places import REGISTRY_KEY
from profiles.policy.table import TABLE
from profiles.policy.values import ManagedBy

if TYPE_CHECKING:
    from profiles.policy.table import Row

_SPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
_HEAD = {"xmlns": _SPACE, "revision": "1.0", "schemaVersion": "1.0"}
_CATEGORY, _SUPPORTED = "PkccTray", "SupportedAll"
_LONGEST_JSON = "16383"  # characters


def admx() -> str:
    """What can be set, a policy for each key of the table."""
    top = Xml.Element("policyDefinitions", _HEAD)
    names = Xml.SubElement(top, "policyNamespaces")
    Xml.SubElement(names, "target", prefix="pkcctray", namespace="PkccTray.Policies")
    Xml.SubElement(top, "resources", minRequiredRevision="1.0")
    supported = Xml.SubElement(Xml.SubElement(top, "supportedOn"), "definitions")
    Xml.SubElement(supported, "definition", name=_SUPPORTED, displayName=_string(_SUPPORTED))
    categories = Xml.SubElement(top, "categories")
    Xml.SubElement(categories, "category", name=_CATEGORY, displayName=_string(_CATEGORY))
    policies = Xml.SubElement(top, "policies")
    for row in TABLE:
        _policy(policies, row)
    return _text(top)


def adml() -> str:
    """The words of the same in English, and the forms they are filled in by."""
    top = Xml.Element("policyDefinitionResources", _HEAD)
    Xml.SubElement(top, "displayName").text = "pkcc-tray"
    Xml.SubElement(top, "description").text = "What an administrator decides for pkcc-tray"
    resources = Xml.SubElement(top, "resources")
    strings = Xml.SubElement(resources, "stringTable")
    for name, text in _strings().items():
        Xml.SubElement(strings, "string", id=name).text = text
    forms = Xml.SubElement(resources, "presentationTable")
    for row in TABLE:
        if not isinstance(row.kind, kinds.Switch):
            _form(Xml.SubElement(forms, "presentation", id=row.spelled), row)
    return _text(top)


def _policy(policies: Xml.Element, row: Row) -> None:
    name = row.spelled
    shown = {"displayName": _string(name), "explainText": _string(f"{name}_Help")}
    policy = Xml.SubElement(
        policies, "policy", {"name": name, "class": "Machine", **shown, "key": REGISTRY_KEY}
    )
    if isinstance(row.kind, kinds.Switch):
        policy.set("valueName", name)
    else:
        policy.set("presentation", f"$(presentation.{name})")
    Xml.SubElement(policy, "parentCategory", ref=_CATEGORY)
    Xml.SubElement(policy, "supportedOn", ref=_SUPPORTED)
    if isinstance(row.kind, kinds.Switch):
        for state, value in (("enabledValue", "1"), ("disabledValue", "0")):
            Xml.SubElement(Xml.SubElement(policy, state), "decimal", value=value)
    else:
        _elements(Xml.SubElement(policy, "elements"), row)


def _elements(elements: Xml.Element, row: Row) -> None:
    """What a policy that is switched on asks for, each with an id of its own."""
    name, kind = row.spelled, row.kind
    own = {"id": name, "valueName": name}
    if isinstance(kind, kinds.Number):
        limits = {"minValue": str(kind.least), "maxValue": str(kind.most), "required": "true"}
        Xml.SubElement(elements, "decimal", {**own, **limits})
    elif isinstance(kind, kinds.Choice):
        enum = Xml.SubElement(elements, "enum", {**own, "required": "true"})
        for word in kind.words:
            item = Xml.SubElement(enum, "item", displayName=_string(f"{name}_{word}"))
            Xml.SubElement(Xml.SubElement(item, "value"), "string").text = word
    elif isinstance(kind, kinds.Words):
        Xml.SubElement(elements, "multiText", own)
    elif isinstance(kind, kinds.Pairs):
        Xml.SubElement(elements, "list", id=name, key=rf"{REGISTRY_KEY}\{name}", explicitValue="true")
    elif isinstance(kind, kinds.Fields):
        for field in ManagedBy._fields:
            below = {"key": rf"{REGISTRY_KEY}\{name}", "valueName": field}
            Xml.SubElement(elements, "text", {"id": f"{name}_{field}", **below})
    else:
        longest = _LONGEST_JSON if isinstance(kind, kinds.Catalogs) else "129"
        Xml.SubElement(elements, "text", {**own, "required": "true", "maxLength": longest})


def _form(form: Xml.Element, row: Row) -> None:
    name, kind = row.spelled, row.kind
    if isinstance(kind, kinds.Number):
        Xml.SubElement(form, "decimalTextBox", refId=name, defaultValue=str(row.example)).text = row.title
    elif isinstance(kind, kinds.Choice):
        Xml.SubElement(form, "dropdownList", refId=name, noSort="true", defaultItem="0").text = row.title
    elif isinstance(kind, kinds.Words):
        Xml.SubElement(form, "multiTextBox", refId=name).text = f"{row.title}, one a line"
    elif isinstance(kind, kinds.Pairs):
        Xml.SubElement(form, "listBox", refId=name).text = row.title
    elif isinstance(kind, kinds.Fields):
        for field in ManagedBy._fields:
            box = Xml.SubElement(form, "textBox", refId=f"{name}_{field}")
            Xml.SubElement(box, "label").text = field.capitalize()
    else:
        box = Xml.SubElement(form, "textBox", refId=name)
        Xml.SubElement(box, "label").text = row.title + " (JSON)" * isinstance(kind, kinds.Catalogs)


def _strings() -> dict[str, str]:
    found = {_CATEGORY: "pkcc-tray", _SUPPORTED: "Windows 10 and later"}
    for row in TABLE:
        found |= {row.spelled: row.title, f"{row.spelled}_Help": row.help}
        if isinstance(row.kind, kinds.Choice):
            found |= {f"{row.spelled}_{word}": word for word in row.kind.words}
    return found


def _string(name: str) -> str:
    return f"$(string.{name})"


def _text(top: Xml.Element) -> str:
    Xml.indent(top)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(top, encoding="unicode") + "\n"
