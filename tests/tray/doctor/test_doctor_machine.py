"""Faults of the machine around it, of the client and the desktop: planted, found, fixed, gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.desktop.private_bus import PrivateBus, private_bus
from support.desktop.status_notifier import Watcher
from support.home.doctor_home import DoctorHome
from support.home.forced import force, lay
from support.home.user_home import ROOT
from support.missing import impossible, missing

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


# Claude Code -----------------------------------------------------------------------------------------------


def test_a_client_that_is_missing(home: DoctorHome) -> None:
    (home.programs / "claude").unlink()
    home.expect("client-missing", "warning")
    home.environ["PATH"] = "/usr/bin:/bin"
    home.install_client("2.1.331")  # where no PATH leads, but an installer put it
    home.absent("client-missing")


def test_a_client_that_is_too_old(home: DoctorHome) -> None:
    home.install_client("1.0.71")
    assert "1.0.71" in home.expect("client-old", "warning")["what"]
    home.program(home.programs / "claude-update", "")
    home.install_client("2.1.197")
    home.absent("client-old")


def test_a_client_from_npm_that_is_too_old(home: DoctorHome) -> None:
    package = home.file("npm/lib/node_modules/@anthropic-ai/claude-code/package.json", "")
    package.write_text('{"name": "@anthropic-ai/claude-code", "version": "2.0.9"}')
    program = home.program(package.parent / "bin" / "claude.exe", "exit 3")
    (home.programs / "claude").unlink()
    (home.programs / "claude").symlink_to(program)
    assert "2.0.9" in home.expect("client-old", "warning")["what"]


def test_a_client_that_only_tells_itself_how_old_it_is_and_may_write_nowhere(home: DoctorHome) -> None:
    (home.programs / "claude").unlink()
    home.program(home.programs / "claude", 'touch "$HOME/written"; echo "1.0.3 (Claude Code)"')
    assert "1.0.3" in home.expect("client-old", "warning")["what"]
    assert not (home.root / "written").exists()


@pytest.mark.parametrize("editor", [".vscode", ".cursor-server"])
def test_a_client_that_only_an_editor_has(home: DoctorHome, editor: str) -> None:
    """On this machine, or on one where it opens a folder from elsewhere."""
    (home.programs / "claude").unlink()
    extensions = home.root / editor / "extensions"
    (extensions / "anthropic.claude-code-1.0.9-linux-x64").mkdir(parents=True)
    assert "1.0.9" in home.expect("client-old", "warning")["what"]
    (extensions / "anthropic.claude-code-2.1.331-linux-x64").mkdir()
    home.absent("client-old")


def test_a_client_that_hangs_is_not_waited_for(home: DoctorHome) -> None:
    (home.programs / "claude").unlink()
    home.program(home.programs / "claude", "sleep 60")
    home.expect("client-version", "note")


# The machine -----------------------------------------------------------------------------------------------


@pytest.fixture
def anybody_s(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """What runs a command as somebody whom modes do hold back: root they don't."""
    if os.getuid() == 0:
        if shutil.which("setpriv") is None:
            missing("setpriv")
        yield ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    else:
        yield []


@pytest.fixture
def reachable_home() -> Iterator[DoctorHome]:
    """A home outside of pytest's own directories, into which only their owner may look."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        yield DoctorHome(Path(directory) / "home")


def give_away(home: DoctorHome, uid: int) -> None:
    for path in (home.root, *home.root.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def found_by(home: DoctorHome, prefix: list[str]) -> dict[str, dict[str, Any]]:
    """What doctor finds in a process that another program starts."""
    ran = home.spawn("doctor", "--json", prefix=prefix)
    return {row["check"]: row for row in ran.json()["data"]["findings"]}


def test_a_home_that_cannot_be_written_or_read(reachable_home: DoctorHome, anybody_s: list[str]) -> None:
    home = reachable_home
    if anybody_s:
        give_away(home, 65534)
    home.claude.chmod(0o500)
    home.settings.chmod(0)
    (home.profiles / "work.json").chmod(0)
    planted = {"not-writable", "settings-unreadable", "profile-broken"}
    found = found_by(home, anybody_s)
    assert planted <= {*found}
    for check in ("not-writable", "settings-unreadable"):
        home.type(found[check]["command"])
    (home.profiles / "work.json").chmod(0o600)
    assert not planted & {*found_by(home, anybody_s)}


def test_a_policy_that_others_may_write_or_nobody_can_read(
    home: DoctorHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(
        monkeypatch, tmp_path, managed_by={"name": "Acme IT", "url": "https://it.acme.example"}, log_days=30
    )
    home.absent("policy-broken")
    lay(tmp_path, {"log_days": "x"}, "policy.d/50-more.json")
    assert "log_days must be a whole number" in home.expect("policy-broken", "warning")["what"]
    lay(tmp_path, {"Log_Day": 1}, "policy.d/50-more.json")
    assert "it is spelled log_days" in home.expect("policy-broken", "problem")["what"]
    lay(tmp_path, {"later": 1}, "policy.d/50-more.json")
    assert "later is not known here" in home.expect("policy-broken", "note")["what"]
    path = lay(tmp_path, "{", "policy.d/50-more.json")
    found = home.expect("policy-broken", "problem")
    assert found["what"] == f"{path} is not valid JSON, line 1"
    assert found["advice"] == "Ask Acme IT: https://it.acme.example"
    path.unlink()
    path.parent.chmod(0o777)
    home.absent("policy-writable")  # nothing of it counts
    lay(tmp_path, {}, "policy.d/50-more.json")
    path.parent.chmod(0o777)
    assert str(path.parent) in home.expect("policy-writable", "problem")["what"]


def test_a_profile_in_use_that_an_administrator_does_not_allow(
    home: DoctorHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is switched by itself, so something must say that the next switch does not lead back."""
    home.add("acme", "--provider", "@b")
    force(monkeypatch, tmp_path, managed_by={"name": "Acme IT"}, allowed_profiles=["acme"])
    found = home.expect("policy-refused", "warning")
    assert (found["what"], found["command"]) == ("Acme IT allows no profile but acme", "")
    assert found["advice"] == "Switch to a profile that is allowed."
    lay(tmp_path, {"required_profile": "acme"})
    assert "switch acme" in home.mended_by_its_command("policy-refused", "warning")["command"]


def test_metadata_that_an_administrator_requires_and_nothing_sends(
    home: DoctorHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force(monkeypatch, tmp_path, managed_by={"name": "Acme IT"}, required_metadata=["repo", "unit"])
    found = home.expect("metadata-missing", "warning")
    assert found["what"] == "Acme IT requires metadata that is not sent here: repo, unit"
    assert "project add --metadata=repo=NAME --metadata=unit=NAME" in found["advice"]
    home.ok("set", "work", "metadata.repo", "all")
    home.ok("set", "work", "metadata.unit", "all")
    home.absent("metadata-missing")


def test_two_installations(home: DoctorHome) -> None:
    other = home.program(home.root / "other" / "pkcc-tray", "exit 0")
    home.environ["PATH"] += f":{other.parent}"
    assert str(other) in home.expect("two-installations", "warning")["what"]
    other.unlink()
    home.absent("two-installations")


def test_a_linux_program_about_a_windows_home(home: DoctorHome) -> None:
    home.environ |= {"WSL_DISTRO_NAME": "Debian", "CLAUDE_CONFIG_DIR": "/mnt/c/Users/me/.claude"}
    home.expect("wsl", "warning")
    del home.environ["CLAUDE_CONFIG_DIR"]
    home.absent("wsl")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "proxy.example:3128"])
def test_a_proxy_that_the_client_cannot_use(home: DoctorHome, proxy: str) -> None:
    home.environ["HTTPS_PROXY"] = proxy
    assert proxy not in str(home.expect("proxy", "warning"))  # it may hold a password
    home.environ["HTTPS_PROXY"] = "http://proxy.example:3128"
    home.absent("proxy")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_proxy_that_is_asked_for_this_machine(home: DoctorHome, host: str) -> None:
    home.environ["HTTP_PROXY"] = "http://proxy.example:3128"
    home.ok("set", "work", "gateway", f"http://{host}:8787")
    command = home.expect("proxy", "warning")["command"]
    home.environ["NO_PROXY"] = command.removeprefix("export NO_PROXY=")
    home.absent("proxy")
    # As `check` reads it, and the client: with a port, and the one in small letters before the other.
    home.environ["NO_PROXY"] = f"{host}:8787"
    home.absent("proxy")
    home.environ["no_proxy"] = "elsewhere.example"
    home.expect("proxy", "warning")


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_certificate_that_is_not_there(home: DoctorHome, text: str | None) -> None:
    path = home.root / "ca.pem"
    if text is not None:
        path.write_text(text)
    home.environ["NODE_EXTRA_CA_CERTS"] = str(path)
    home.expect("certificates", "warning")
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    home.absent("certificates")


def test_certificates_that_nobody_checks(home: DoctorHome) -> None:
    home.environ["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
    home.expect("certificates", "problem")
    home.environ["NODE_TLS_REJECT_UNAUTHORIZED"] = "1"
    home.absent("certificates")


# The desktop -----------------------------------------------------------------------------------------------


def test_an_autostart_of_a_program_that_is_gone(home: DoctorHome) -> None:
    entry = home.root / ".config/autostart/pkcc-tray.desktop"
    lines = entry.read_text().splitlines()
    entry.write_text(
        "\n".join("Exec=/opt/gone/pkcc-tray tray" if line[:5] == "Exec=" else line for line in lines)
    )
    home.mended_by_its_command("autostart", "warning")


def test_no_autostart(home: DoctorHome) -> None:
    home.ok("autostart", "off")
    assert home.findings() == []  # there is no screen for it
    home.environ["DISPLAY"] = ":9"
    home.mended_by_its_command("autostart", "note")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[PrivateBus]:
    with private_bus(tmp_path) as running:
        yield running


def test_a_desktop_without_a_place_for_icons(home: DoctorHome, bus: PrivateBus) -> None:
    home.environ |= {"DISPLAY": ":9", "DBUS_SESSION_BUS_ADDRESS": bus.address}
    home.expect("tray-host", "note")
    watcher = Watcher(bus.address)
    try:
        home.absent("tray-host")
    finally:
        watcher.close()


def test_gnome_without_its_extension(home: DoctorHome, bus: PrivateBus) -> None:
    home.environ |= {"DISPLAY": ":9", "DBUS_SESSION_BUS_ADDRESS": bus.address}
    home.environ["XDG_CURRENT_DESKTOP"] = "ubuntu:GNOME"
    assert "extension" in home.expect("tray-host", "warning")["what"]
    name = "ubuntu-appindicators@ubuntu.com"  # the one that is looked for first: a machine may have either
    (home.root / ".local/share/gnome-shell/extensions" / name).mkdir(parents=True)
    assert home.expect("tray-host", "warning")["command"] == f"gnome-extensions enable {name}"


def test_a_desktop_without_a_bus(home: DoctorHome) -> None:
    home.environ |= {"DISPLAY": ":9", "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home.root}/no-bus"}
    home.expect("tray-bus", "warning")
    del home.environ["DISPLAY"]
    home.absent("tray-bus")


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_a_system_without_an_event_left(home: DoctorHome) -> None:
    """The real refusal, in a user namespace where the limit is none; as many are left elsewhere."""
    home.absent("late-changes")
    lowered = "echo 0 > /proc/sys/user/max_inotify_instances"
    inside = ["unshare", "--user", "--map-root-user", "sh", "-c", f'{lowered}; exec "$0" "$@"']
    done = subprocess.run(
        [*inside, sys.executable, "-m", "tray", "doctor", "--json"],
        env={**home.environ, "PYTHONPATH": str(ROOT)}, cwd=home.root, capture_output=True, text=True,
    )  # fmt: skip
    if "unshare" in done.stderr:
        impossible("no unprivileged user namespaces (unshare) here")
    rows = json.loads(done.stdout)["data"]["findings"]
    (found,) = [row for row in rows if row["check"] == "late-changes"]
    assert found["severity"] == "warning"
    assert str(home.settings.parent) in found["what"]
    assert found["command"] == "sudo sysctl fs.inotify.max_user_instances=1024"


def test_a_new_version_that_is_known_is_a_note_and_the_old_one_is_none(home: DoctorHome) -> None:
    home.absent("new-version")
    home.file(".local/state/pkcc-tray/updates.json", '{"newest": "0.0.1"}')
    home.absent("new-version")
    home.file(".local/state/pkcc-tray/updates.json", '{"newest": "99.0.0"}')
    assert "99.0.0" in home.expect("new-version", "note")["what"]
