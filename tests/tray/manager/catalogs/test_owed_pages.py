"""What settings owe a catalog, and the manager: a form that changes something writes it, a look never."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import Publisher, join, model, owe, owes
from support.home.user_home import KEY, ROOT

PAGES = ROOT / "tray" / "manager" / "pages"
# Forms of the pages after which nothing that is owed is written, by the reason.
LOOKS = {
    "nothing on the disk is changed": {
        *("access.close", "profiles.changing.leave", "configs.building.change", "computer.importing.look_at"),
        *("profiles.add.route.choose", "profiles.add.models.choose", "profiles.add.details.choose"),
        *("profiles.add.key.choose", "profiles.add.key.begin_with", "profiles.add.key.cancel"),
        *("configs.listing.new", "configs.listing.open_one"),
    },
    "something is asked, or opened": {
        *("profiles.checking.begin", "keys.listing.test", "profiles.add.key.again", "usage.usage.read"),
        *("profiles.add.review.test_now", "configs.listing.read", "computer.doctor.again"),
        *("profiles.changing.open_settings", "profiles.editing.open_file", "projects.acting.open_folder"),
        "keys.found.open_file",
    },
    "what is changed has no part in what settings carry": {
        *("computer.preferences.save", "profiles.ordering.move", "profiles.ordering.by_name"),
        *("profiles.ordering.favour", "keys.places.make", "keys.places.choose", "keys.found.remove"),
        *("keys.found.close", "configs.asking.to_file"),
    },
    "it writes what is owed itself, around the one of its buttons that changes something": {
        "profiles.editing.save",
    },
    "the next step back must stay the next one": {
        *("computer.history.undo_latest", "computer.history.go_back"),
    },
    "an update does it itself": {"catalogs.listing.update"},
    "it begins a job that writes it": {
        *("catalogs.adding.add", "projects.rules.change", "projects.rules.move", "projects.rules.remove"),
        *("projects.projects.add_rule", "projects.acting.write_all", "profiles.add.review.save"),
        *("profiles.removing.remove", "configs.asking.to_portkey", "computer.importing.bring"),
        *("computer.doctor.fix", "keys.listing.remove", "keys.entering.send", "keys.places.move"),
    },
}
# And what takes a while that changes nothing: where it is begun, and how often there.
JOBS = {
    "catalogs/listing.py": 1,
    "computer/doctor.py": 1,
    "computer/history.py": 1,
    "configs/listing.py": 2,
    "keys/listing.py": 1,
    "open_file.py": 1,
    "profiles/add/lookup.py": 2,
    "profiles/add/trial.py": 1,
    "profiles/checking.py": 1,
    "profiles/edit_lookup.py": 1,
    "usage/usage.py": 1,
}


@pytest.fixture
def owing(home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whose settings lack the newest version of the catalog that they follow."""
    publisher = Publisher(tmp_path / "share")
    publisher.publish()
    join(home, publisher)
    home.add("mine", "--provider", "@own")
    owe(home, publisher, monkeypatch)
    return home


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/duplicate", {"name": "mine"}),
        ("/edit/mine", {"label": "Mine", "do": "save"}),
        ("/keys/new", {"name": "spare", "key": KEY}),  # a job
    ],
)
def test_a_form_that_changes_something_writes_what_is_owed(
    owing: Any, visitor: Any, path: str, fields: dict[str, str]
) -> None:
    """Else who uses the page alone goes on with a version that the publisher has taken back."""
    if path.startswith("/edit"):
        fields = fields | {"version": visitor.get(path).text.partition('name="version" value="')[2][:64]}
    visitor.carry_out(path, **fields)
    assert model(owing) == "claude-sonnet-6"
    assert not owes(owing)


def test_looks_and_steps_back_write_nothing_that_is_owed(owing: Any, visitor: Any) -> None:
    """Else a page that is looked at waits for Claude Code's lock, or asks for the keyring's password."""
    before = owing.settings.read_bytes()
    for path in ("/", "/catalogs", "/catalogs/acme", "/history", "/keys", "/projects", "/edit/mine"):
        assert visitor.get(path).status_code == 200, path
    visitor.carry_out("/edit/mine", do="preview", label="Other")
    visitor.carry_out("/doctor")
    visitor.carry_out("/leave")
    assert owing.settings.read_bytes() == before
    visitor.undo()
    assert owes(owing)


def test_each_form_is_one_that_writes_it_or_says_why_not() -> None:
    """Else a page that is new, and changes something, is one after which settings stay behind."""
    forms, jobs = set(), {}
    for path in sorted(PAGES.rglob("*.py")):
        name = path.relative_to(PAGES).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(each) == "form" for each in node.decorator_list
            ):
                forms.add(f"{name.removesuffix('.py').replace('/', '.')}.{node.name}")
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("form("):
                forms.add(f"{name.removesuffix('.py').replace('/', '.')}.{ast.unparse(node.targets[0])}")
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("jobs.begin", "jobs.start")):
                jobs[name] = jobs.get(name, 0) + 1
    assert forms == set().union(*LOOKS.values())
    assert jobs == JOBS
