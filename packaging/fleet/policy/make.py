"""Writes the files beside it, and the table of docs/policy.md, from the program itself."""

from __future__ import annotations

from pathlib import Path

from profiles.policy.artifacts.formats import FORMATS

_HERE = Path(__file__).parent
_PAGE = _HERE.parents[2] / "docs" / "policy.md"
_BEGIN, _END = "<!-- made by packaging/fleet/policy/make.py -->\n", "<!-- end -->\n"
_FILES = {
    "policy.schema.json": "json-schema",
    "pkcc-tray.admx": "admx",
    "en-US/pkcc-tray.adml": "adml",
    "pkcc-tray.reg": "reg",
    "pkcc-tray.mobileconfig": "mobileconfig",
    "jamf-schema.json": "jamf",
}


def made() -> dict[Path, str]:
    """Each file, and what it must hold."""
    files = {_HERE / name: FORMATS[form].make() for name, form in _FILES.items()}
    before, begin, rest = _PAGE.read_text("utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    return files | {_PAGE: before + begin + "\n" + FORMATS["docs"].make() + "\n" + end + after}


if __name__ == "__main__":
    for path, text in made().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="")
