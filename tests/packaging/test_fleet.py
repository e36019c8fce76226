"""packaging/fleet on machines as a company has them: an administrator runs it twice, and looks at each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.catalogs import SAFE, acme
from support.home.linux_root import ROOT
from support.home.ssh_hosts import ansible_lint, fleet, python_of_fleet

from profiles import __version__

FLEET = ROOT / "packaging" / "fleet"
POLICY = {
    "managed_by": {"name": "Acme IT"},
    "allow_export": False,
    "allowed_gateway_hosts": ["api.portkey.ai"],
}
CLAUDE = {
    "env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai"},
    "apiKeyHelper": "/usr/bin/pkcc-tray key print a",
}
CATALOG = acme(inputs={}, profiles=[SAFE], default="safe")


def test_the_linter_of_ansible_has_nothing_to_say(tmp_path: Path) -> None:
    done = ansible_lint(
        ["--strict", "--project-dir", str(FLEET / "ansible"), str(FLEET / "ansible")], tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_role_lays_settings_down_last() -> None:
    """They name a helper and a profile: laid down before the catalog, every request would have no key."""
    main = (FLEET / "ansible/roles/pkcc_tray/tasks/main.yml").read_text()
    steps = re.findall(r"^- name: (.*)", main, re.M)
    assert steps == [
        "The package",
        "The policy",
        "Catalogs",
        "Claude Code's own settings",
        "How things stand",
    ]


def test_a_machine_gets_package_policy_settings_and_catalog_and_nothing_twice(
    deb: Path, tmp_path: Path
) -> None:
    """That it does so on three is a part of the team's story (test_team.py)."""
    names = ("one",)
    with fleet("trixie", tmp_path, names) as its:
        variables = its.work / "variables.json"
        (its.work / "claude.json").write_text(json.dumps(CLAUDE))
        (its.work / "catalog.json").write_text(json.dumps(CATALOG))
        (its.work / "site.yml").write_text(PLAY)
        given = {
            "pkcc_tray_package_file": str(deb),
            "pkcc_tray_policy": POLICY,
            "pkcc_tray_claude_settings_file": str(its.work / "claude.json"),
            "pkcc_tray_catalogs": [{"name": "acme", "file": str(its.work / "catalog.json")}],
            "pkcc_tray_support_users": ["anna", "not-here"],
            "pkcc_tray_support_directory": str(its.work / "support"),
        }
        variables.write_text(json.dumps(given))
        first = its.play(its.work / "site.yml", variables)
        assert [first[name]["changed"] > 0 for name in names] == [True], first
        for name, host in its.hosts.items():
            etc = host.path / "etc"
            for path, content in {
                etc / "pkcc-tray/policy.json": POLICY,
                etc / "claude-code/managed-settings.d/50-pkcc-tray.json": CLAUDE,
                etc / "pkcc-tray/catalogs/acme/pkcc-catalog.json": CATALOG,
            }.items():
                assert json.loads(path.read_text()) == content
                assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (0, 0o644)
            said = json.loads((its.work / f"support/{name}-anna.json").read_text())["data"]
            assert said["versions"]["pkcc_tray"] == __version__
            assert {row["key"] for row in said["policy"]} == {*POLICY}
            host.user("pkcc-tray", "catalog", "update")
            (row,) = json.loads(host.user("pkcc-tray", "catalog", "list", "--json"))["data"]["catalogs"]
            assert (row["state"], row["profiles"]) == ("managed", ["acme/safe"]), "unasked, as root's own"
        again = its.play(its.work / "site.yml", variables)
        assert [again[name]["changed"] for name in names] == [0], again
        variables.write_text(json.dumps({**given, "pkcc_tray_policy": {"allow_export": "perhaps"}}))
        with pytest.raises(AssertionError, match="must be true or false"):
            its.play(its.work / "site.yml", variables)
        kept = its.hosts["one"].path / "etc/pkcc-tray/policy.json"
        assert json.loads(kept.read_text()) == POLICY, "a policy with a mistake is not laid down"
        variables.write_text(json.dumps(given))
        seen = its.play(its.work / "site.yml", variables, "--check")
        assert seen["one"]["changed"] == 0, seen


_PARSE = """
import sys, tree_sitter, tree_sitter_powershell
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
for name in sys.argv[1:]:
    tree = parser.parse(open(name, "rb").read())
    print(name, "is broken" if tree.root_node.has_error else "parses")
"""


def test_the_scripts_for_intune_are_powershell(tmp_path: Path) -> None:
    """No PowerShell is here to run them: what can be said is that one would read them."""
    scripts = sorted(str(path) for path in (FLEET / "intune").glob("*.ps1"))
    broken = tmp_path / "broken.ps1"
    broken.write_text("if ($true) { Write-Output 'a'\n")
    said = python_of_fleet(["-c", _PARSE, *scripts, str(broken)], tmp_path).stdout
    assert said.splitlines() == [*(f"{script} parses" for script in scripts), f"{broken} is broken"]


DEVCONTAINER = FLEET / "devcontainer" / "pkcc-tray"


def test_a_container_is_made_with_it_and_joins_its_teams_catalog(tmp_path: Path) -> None:
    """Whatever stands in an option stays one argument: options come from a repository's own files."""
    wheels = tmp_path / "wheels"
    built = [str(Path(sys.executable).with_name("hatchling")), "build", "--target", "wheel", "--directory"]
    subprocess.run([*built, str(wheels)], check=True, cwd=ROOT)
    prefix, source = tmp_path / "it's here", "https://ai.acme.example/'; touch evil; '$(touch evil)"
    passed = {name: value for name, value in os.environ.items() if name.startswith(("SSL_", "PIP_"))}
    environ = {**passed, "HOME": str(tmp_path), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    options = {
        "PACKAGE": str(next(wheels.glob("*.whl"))),
        "SOURCE": source,
        "KEY": "RW1",
        "PKCC_PREFIX": str(prefix),
    }
    subprocess.run(
        ["/bin/sh", DEVCONTAINER / "install.sh"], check=True, env={**environ, **options}, cwd=tmp_path
    )
    program = prefix / "bin/pkcc-tray"
    said = subprocess.check_output([program, "--version"], env=environ, text=True)
    assert said == f"pkcc-tray {__version__}\n"
    program.unlink()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    joined = subprocess.check_output(
        [prefix / "share/pkcc-tray/join"], env={**environ, "GITHUB_USER": "jane"}, cwd=tmp_path, text=True
    )
    assert joined.splitlines() == [
        *(
            "join",
            source,
            "--yes",
            "--key-ref",
            "env:PORTKEY_API_KEY",
            "--key",
            "RW1",
            "--input",
            "user=jane",
        ),
    ]
    assert not (tmp_path / "evil").exists()
    described = json.loads((DEVCONTAINER / "devcontainer-feature.json").read_text())
    assert described["postCreateCommand"] == "/usr/local/share/pkcc-tray/join"
    assert {name.upper() for name in described["options"]} == {"PACKAGE", "SOURCE", "KEY", "KEYREF"}


PLAY = f"""
- hosts: developers
  gather_facts: false
  roles: [{FLEET / "ansible/roles/pkcc_tray"}]
"""
