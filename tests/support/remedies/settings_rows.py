"""Faults of the settings file, of what is remembered of it, and of what wins over it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from support.home.doctor_home import FOREIGN, HOSTED, DoctorHome, aged
from support.remedies.row import Row

OTHER = "other/settings.json"
EDITOR_S = ".config/Code/User/settings.json"
COMMITTED = ".claude/settings.json"
COPY = ".claude/.settings.json.pkcc-1-abcdef01.tmp"  # of a run that was killed
STRANGE = "https://elsewhere.example"


def edited(old: str, new: str, name: str) -> Callable[[DoctorHome], None]:
    """Somebody changes the settings by hand."""

    def plant(home: DoctorHome) -> None:
        home.edit_settings(old, new)

    plant.__name__ = name
    return plant


# The file ---------------------------------------------------------------------------------------------------


def unreadable(home: DoctorHome) -> None:
    home.settings.chmod(0)


def utf_16(home: DoctorHome) -> None:
    home.ok("off")
    home.settings.write_bytes(home.settings.read_text().encode("utf-16"))


def utf_8(home: DoctorHome) -> None:
    home.settings.write_text(home.settings.read_bytes().decode("utf-16"))


def lock_of_a_killed_client(home: DoctorHome) -> None:
    (home.claude / "settings.json.lock").mkdir()
    aged(home.claude / "settings.json.lock")


def interrupted_change(home: DoctorHome) -> None:
    """What a kill between the synced copy and the rename leaves (tests/faults does it for real)."""
    target = memory(home)
    (target / "next.json").write_bytes((target / "state.json").read_bytes())
    copy = home.root / COPY
    copy.write_bytes(home.settings.read_bytes())
    spare = target / ".settings.json.pkcc-1-abcdef01.tmp.whole"
    spare.write_bytes(home.settings.read_bytes())
    aged(target / "next.json", copy, spare)


def memory(home: DoctorHome) -> Path:
    """Where the settings file is remembered."""
    return next((home.root / ".local/state/pkcc-tray/targets").iterdir())


def damaged_memory(home: DoctorHome) -> None:
    (memory(home) / "state.json").write_text("{")


def damaged_journal(home: DoctorHome) -> None:
    (journal,) = home.root.rglob("journal.json")
    journal.write_text("{")


def newer_memory(home: DoctorHome) -> None:
    kept = json.loads((memory(home) / "state.json").read_text())
    (memory(home) / "state.json").write_text(json.dumps(kept | {"version": kept["version"] + 90}))


def updated(home: DoctorHome) -> None:
    """As a newer pkcc-tray reads its own file."""
    kept = json.loads((memory(home) / "state.json").read_text())
    (memory(home) / "state.json").write_text(json.dumps(kept | {"version": kept["version"] - 90}))


def link_turned_round(home: DoctorHome) -> None:
    home.ok("off")
    home.settings.rename(home.claude / "first.json")
    home.settings.symlink_to(home.claude / "first.json")
    home.ok("switch", "work")
    other = home.file("other.json", home.settings.read_text())
    home.settings.unlink()
    home.settings.symlink_to(other)


def link_put_in_its_place(home: DoctorHome) -> None:
    other = home.file("other.json", home.settings.read_text())
    home.settings.rename(home.claude / "first.json")
    home.settings.symlink_to(other)


def link_turned_back(home: DoctorHome) -> None:
    home.settings.unlink()
    home.settings.symlink_to(home.claude / "first.json")
    home.ok("off")


def file_put_back(home: DoctorHome) -> None:
    (home.claude / "first.json").replace(home.settings)
    home.ok("off")


def directory_moved(home: DoctorHome) -> None:
    other = home.file("other/settings.json", f'{{"env": {{"ANTHROPIC_API_KEY": "{FOREIGN}"}}}}')
    home.ok("--settings", str(other), "switch", "work")
    other.parent.rename(home.root / "moved")


def put_back_where_it_moved_to(home: DoctorHome) -> None:
    moved = home.root / "moved" / "settings.json"
    home.ok("--settings", str(moved), "off")
    assert FOREIGN in moved.read_text()


def settings_gone(home: DoctorHome) -> None:
    home.settings.unlink()


def proxy_with_a_login(home: DoctorHome) -> None:
    home.edit_settings('"EDITOR"', '"HTTPS_PROXY": "http://me:secret@p.example:1", "EDITOR"')


def proxy_with_a_login_gone(home: DoctorHome) -> None:
    """Its login was not kept, so it cannot be put back."""
    home.ok("off")
    proxy_with_a_login(home)
    home.ok("switch", "work")
    home.edit_settings('"HTTPS_PROXY": "http://me:secret@p.example:1", ', "")


def blanks_of_ended_sessions(home: DoctorHome) -> None:
    session = home.file(f".claude/sessions/{os.getpid()}.json", json.dumps({"pid": os.getpid(), "cwd": "/"}))
    home.ok("set", "work", "models.sonnet", "claude-new")
    home.ok("set", "work", "models.sonnet", "--unset")
    session.unlink()
    next(
        (home.root / ".local/state/pkcc-tray/targets").glob("*/blanks")
    ).unlink()  # as a version before left it


# What wins over it ------------------------------------------------------------------------------------------


def project(name: str, **settings: object) -> Callable[[DoctorHome], None]:
    """The user stands in a project with settings of its own."""

    def plant(home: DoctorHome) -> None:
        home.file(f"src/.claude/{name}", json.dumps(settings))
        home.at = home.root / "src"

    plant.__name__ = f"{name}_{'_'.join(settings)}"
    return plant


def out_of_project(name: str) -> Callable[[DoctorHome], object]:
    return lambda home: home.file(f"src/.claude/{name}", "{}")


def trust_it(home: DoctorHome) -> None:
    home.ok("trust", "add", "--proxy", "http://proxy.example:3128")


def another_directory_in_env(home: DoctorHome) -> None:
    home.edit_settings('"EDITOR"', f'"CLAUDE_CONFIG_DIR": "{home.root}/other", "EDITOR"')


def directory_out_of_env(home: DoctorHome) -> None:
    home.edit_settings(f'"CLAUDE_CONFIG_DIR": "{home.root}/other", ', "")


def no_directory(home: DoctorHome) -> None:
    del home.environ["CLAUDE_CONFIG_DIR"]


def line_of_a_program_that_is_gone(home: DoctorHome) -> None:
    home.ok("statusline", "on")
    _rewrite_line(home, "/gone/pkcc-tray statusline --says work")


def line_of_nobody(home: DoctorHome) -> None:
    """What an uninstalled one left."""
    _rewrite_line(home, "/gone/pkcc-tray statusline --says work")


def line_replaced(home: DoctorHome) -> None:
    home.ok("statusline", "on")
    _rewrite_line(home, "date")


def line_in_a_project(home: DoctorHome) -> None:
    home.ok("statusline", "on")
    project(SHARED, statusLine={"type": "command", "command": "date"})(home)


def _rewrite_line(home: DoctorHome, command: str) -> None:
    settings = json.loads(home.settings.read_text())
    settings.pop("statusLine", None)
    line = {"type": "command", "command": command}
    home.settings.write_text(json.dumps({"statusLine": line, **settings}))


def models_bent(home: DoctorHome) -> None:
    home.edit_settings('"model"', '"modelOverrides": {"claude-opus-4-8": "another"}, "model"')


def models_straight(home: DoctorHome) -> None:
    home.edit_settings('"modelOverrides": {"claude-opus-4-8": "another"}, ', "")


def in_the_editor(**variables: str) -> Callable[[DoctorHome], None]:
    """VS Code gives them to the sessions that it starts; `HOME` stands for the home."""

    def plant(home: DoctorHome) -> None:
        home.file(OTHER, "{}")
        named = [
            {"name": name, "value": text.replace("HOME", str(home.root))} for name, text in variables.items()
        ]
        home.file(EDITOR_S, json.dumps({"claudeCode.environmentVariables": named}))

    plant.__name__ = "_".join(variables)
    return plant


def out_of_the_editor(home: DoctorHome) -> None:
    home.file(EDITOR_S, "{}")


def alias(command: str) -> Callable[[DoctorHome], None]:
    """The user starts Claude Code by a name of their own."""

    def plant(home: DoctorHome) -> None:
        home.file(OTHER, "{}")
        home.file(".bashrc", f"alias mine='{command}'\n")

    plant.__name__ = f"alias_{len(command)}"
    return plant


def serve_the_other(home: DoctorHome) -> None:
    home.ok("target", "add", "other", f"{home.root}/other")


def import_the_alias(home: DoctorHome) -> None:
    home.ok("import", f"{home.root}/.bashrc", "--name", "mine")
    alias("pkcc-tray exec mine -- claude")(home)


def in_repository(plant: Callable[[DoctorHome], None]) -> Callable[[DoctorHome], None]:
    def planted(home: DoctorHome) -> None:
        plant(home)
        home.git(home.at, "init", "--quiet")

    planted.__name__ = f"repository_{plant.__name__}"
    return planted


def project_in_the_home(home: DoctorHome) -> None:
    """The home is no project that a profile could be pinned in; its settings are not the user's own."""
    home.claude.rename(home.root / "c")
    home.environ["CLAUDE_CONFIG_DIR"] = str(home.root / "c")
    home.settings = home.root / "c" / "settings.json"
    home.ok("switch", "work")
    home.file(".claude/settings.json", json.dumps(ELSEWHERE))


def exported(**variables: str) -> Callable[[DoctorHome], None]:
    """The shell exports it."""

    def plant(home: DoctorHome) -> None:
        home.environ |= variables

    plant.__name__ = "_".join(variables)
    return plant


def not_exported(home: DoctorHome) -> None:
    for name in [name for name in home.environ if name.startswith(("ANTHROPIC_", "CLAUDE_CODE_"))]:
        del home.environ[name]


ELSEWHERE = {"env": {"ANTHROPIC_BASE_URL": STRANGE}}
PROXY = {"env": {"HTTPS_PROXY": "http://proxy.example:3128"}}
SHARED, LOCAL = "settings.json", "settings.local.json"
HOSTED_BY = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
trailing_comma = edited('"vim"', '"vim",', "trailing_comma")
no_comma = edited('"vim",', '"vim"', "no_comma")
wrong_type = edited('"model"', '"showTurnDuration": "no", "model"', "wrong_type")
right_type = edited('"showTurnDuration": "no", ', "", "right_type")
another_provider = edited("@anthropic-prod", "@mine", "another_provider")
another_gateway = edited(HOSTED, STRANGE, "another_gateway")
a_proxy = edited('"EDITOR"', '"HTTPS_PROXY": "http://p.example:1", "EDITOR"', "a_proxy")
MANTLE, EXEC = "CLAUDE_CODE_USE_MANTLE=1 claude", "pkcc-tray exec work -- claude"
IN_OTHER = "CLAUDE_CONFIG_DIR=$HOME/other claude"
BEATEN = f"ANTHROPIC_BASE_URL={HOSTED} ANTHROPIC_AUTH_TOKEN={FOREIGN} claude"
PIN = "pkcc-tray switch work --project --exclude"

ROWS = [
    Row("settings-unreadable", "Fix that line", trailing_comma, no_comma),
    Row("settings-unreadable", "Put that right, or take it out of the file", wrong_type, right_type),
    Row("settings-unreadable", "Save the file as UTF-8", utf_16, utf_8),
    Row("settings-unreadable", "chmod u+rw", unreadable, user=True),
    Row("stale-lock", "rmdir", lock_of_a_killed_client),
    Row("crash-leftovers", "pkcc-tray doctor --fix --yes", interrupted_change, takes=(COPY,)),
    Row("state-damaged", "mv", damaged_memory),
    Row("state-damaged", "Update this one", newer_memory, updated),
    Row("journal-damaged", "mv", damaged_journal),
    Row("settings-moved", "Make it lead to", link_turned_round, link_turned_back),
    Row("settings-moved", "Put the file that was there back", link_put_in_its_place, file_put_back),
    Row("settings-gone", "If you moved it", directory_moved, put_back_where_it_moved_to),
    Row("drift", "pkcc-tray restore", settings_gone),
    Row("drift", "pkcc-tray restore", another_provider),
    Row("drift", "pkcc-tray restore", another_gateway),
    Row("drift", "pkcc-tray restore", a_proxy),
    Row("drift", "accepts them instead", a_proxy),
    Row("drift", "`pkcc-tray adopt` takes the changes into the profile instead", another_provider),
    Row("drift", "pkcc-tray switch work", proxy_with_a_login_gone),
    Row("drift", "Or put it back by hand", proxy_with_a_login_gone, proxy_with_a_login),
    Row("blanks", "pkcc-tray tidy", blanks_of_ended_sessions),
    Row("overridden", PIN, project(SHARED, **ELSEWHERE)),
    Row("overridden", PIN, in_repository(project(SHARED, **ELSEWHERE))),
    Row("overridden", PIN, project(SHARED, apiKeyHelper="echo x")),
    Row("overridden", PIN, project(LOCAL, **ELSEWHERE), takes=(f"src/.claude/{LOCAL}",)),
    Row("overridden", "Take that out of", project_in_the_home, lambda home: home.file(COMMITTED, "{}")),
    Row("overridden", "Or take that out of", project(SHARED, **ELSEWHERE), out_of_project(SHARED)),
    Row("overridden", "Or take that out of", project(LOCAL, **ELSEWHERE), out_of_project(LOCAL)),
    Row("project-proxy", "Take that out of", project(SHARED, **PROXY), out_of_project(SHARED)),
    Row(
        "project-proxy",
        "or allow it with `pkcc-tray trust add --proxy URL`",
        project(SHARED, **PROXY),
        trust_it,
    ),
    Row("shell-variable", "pkcc-tray switch work", exported(CLAUDE_CODE_USE_FOUNDRY="1")),
    Row("shell-variable", "Or `unset", exported(CLAUDE_CODE_USE_FOUNDRY="1")),
    Row("shell-variable", "unset", exported(ANTHROPIC_MODEL="opus")),
    Row(
        "shell-variable",
        "Take it out of your shell's start-up files",
        exported(ANTHROPIC_MODEL="x"),
        not_exported,
    ),
    Row("shell-flag", "unset", exported(**{HOSTED_BY: "1"})),
    Row(
        "shell-flag", "Or set it right, where your shell sets it", exported(**{HOSTED_BY: "1"}), not_exported
    ),
    Row("settings-flag", "Take it out of", another_directory_in_env, directory_out_of_env),
    Row("bent-model", "where that is not meant", models_bent, models_straight),
    Row(
        "editor-variable", "Take that out of it", in_the_editor(ANTHROPIC_BASE_URL=STRANGE), out_of_the_editor
    ),
    Row(
        "editor-variable",
        "pkcc-tray target add editor",
        in_the_editor(CLAUDE_CONFIG_DIR="HOME/other"),
        takes=(OTHER,),
    ),
    Row(
        "editor-variable", "Or take it out", in_the_editor(CLAUDE_CONFIG_DIR="HOME/other"), out_of_the_editor
    ),
    Row("own-start", f"`{EXEC}`, or take that out there", alias(MANTLE), alias(EXEC)),
    Row("own-start", "or take that out there", alias(MANTLE), alias("claude")),
    Row(
        "own-start",
        "`pkcc-tray target add NAME DIR` has switches serve that directory, too",
        alias(IN_OTHER),
        serve_the_other,
    ),
    Row("own-start", "`pkcc-tray import", alias(BEATEN), import_the_alias),
    Row("status-line-gone", "pkcc-tray statusline on", line_of_a_program_that_is_gone),
    Row("status-line-gone", "pkcc-tray statusline off", line_of_nobody),
    Row("status-line-replaced", "pkcc-tray statusline on", line_replaced),
    Row("status-line-hidden", "Take that out of", line_in_a_project, out_of_project(SHARED)),
    Row("config-dir", "unset", exported(CLAUDE_CONFIG_DIR="")),
    Row("config-dir", "export CLAUDE_CONFIG_DIR=", exported(CLAUDE_CONFIG_DIR="relative")),
    Row("config-dir", "Do so where it is set, too", exported(CLAUDE_CONFIG_DIR="relative"), no_directory),
]
