"""The deb and the rpm on clean machines: what a person who installs, upgrades and removes them would lose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.desktop.private_bus import LIMIT_S, PrivateBus
from support.desktop.status_notifier import Panel, Watcher, eventually
from support.desktop.virtual_desktop import end, virtual_desktop
from support.home.linux_root import ROOT, Machine, machine, require

from profiles import __version__
from tray.desktop.autostart.linux import parse_exec, read_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SETTINGS = b'{\r\n\t"model": "opus",\r\n\t"env": {"EDITOR": "vim"}\r\n}\r\n'
KEY = "pk-CANARY-0815-of-the-portkey-key"  # must never be seen where it does not belong
OLDER = "0.0.9"
_ADD = ("pkcc-tray", "add", "work", "--provider", "@anthropic-prod", "--label", "Work", "--key-stdin")


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The deb, the rpm and the AppImage's file system: those in PKCC_PACKAGES, or built now."""
    require("debootstrap", "lintian", "rpm", "mksquashfs")
    directory = Path(os.environ.get("PKCC_PACKAGES") or tmp_path_factory.mktemp("packages")).resolve()
    if "PKCC_PACKAGES" not in os.environ:
        subprocess.run([sys.executable, "packaging/linux/build.py", str(directory)], check=True, cwd=ROOT)
    return {kind: next(directory.glob(f"*.{kind}")) for kind in ("deb", "rpm", "squashfs")}


@pytest.fixture(scope="session")
def older(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deb as an older version, with a module that this one no longer has."""
    directory = tmp_path_factory.mktemp("older")
    tree, package = directory / "older", directory / f"pkcc-tray_{OLDER}.deb"
    subprocess.run(["dpkg-deb", "--raw-extract", packages["deb"], tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"Version: {__version__}\n", f"Version: {OLDER}\n"))
    libraries = tree / "usr/lib/pkcc-tray/site-packages"
    (libraries / "profiles/__init__.py").write_text(f'__version__ = "{OLDER}"\n')
    (libraries / "tray/given_up.py").write_text("")
    subprocess.run(["dpkg-deb", "-Znone", "--build", tree, package], check=True)
    return package


@pytest.fixture(params=["bookworm", "trixie", "forky"])
def debian(request: pytest.FixtureRequest, packages: dict[str, Path], tmp_path: Path) -> Iterator[Machine]:
    """Debian 12 (Python 3.11), 13 (3.13), testing (3.14): nothing of ours yet, settings of the user's own."""
    tmp_path.chmod(0o755)
    with machine(request.param, tmp_path) as its:
        its.settings.write_bytes(SETTINGS)
        its.root("/usr/bin/chown", "-R", "anna:", "/home/anna")
        yield its


def test_lintian_has_nothing_to_say(packages: dict[str, Path]) -> None:
    command = ["lintian", "--allow-root", "--pedantic", "--display-info", "--fail-on", "error,warning,info"]
    done = subprocess.run([*command, packages["deb"]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_no_larger_than_promised(packages: dict[str, Path]) -> None:
    assert packages["deb"].stat().st_size <= 16e6


def manual_page(path: Path) -> str:
    """A page of the manual as it is read, which `man` has nothing to say against."""
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", path],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANWIDTH": "100"},
    )
    assert shown.stderr == "", path.name
    return shown.stdout


def test_desktops_and_software_centres_accept_what_it_says_of_itself(
    packages: dict[str, Path], tmp_path: Path
) -> None:
    subprocess.run(["dpkg-deb", "--extract", packages["deb"], tmp_path], check=True)
    share = tmp_path / "usr/share"
    said = subprocess.run(
        ["desktop-file-validate", share / "applications/pkcc-tray.desktop"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == ""
    subprocess.run(
        ["appstreamcli", "validate", "--no-net", share / "metainfo/pkcc-tray.metainfo.xml"], check=True
    )
    pages = {path.name: manual_page(path) for path in (share / "man/man1").glob("*.gz")}
    assert "pkcc-tray switch" in pages["pkcc-tray.1.gz"]
    assert "pkcc-tray key vault init" in pages["pkcc-tray-keys.1.gz"]
    assert {path.parts[-3] for path in share.glob("icons/hicolor/*/apps/*")} >= {
        "16x16",
        "512x512",
        "symbolic",
    }


def test_a_user_installs_it_and_does_the_main_job(debian: Machine, packages: dict[str, Path]) -> None:
    debian.install(packages["deb"])
    assert debian.user("pkcc-tray", "--version").startswith("pkcc-tray ")
    assert "That was a temporary home directory" in debian.user("pkcc-tray", "demo")
    debian.user(*_ADD, stdin=f"{KEY}\n")
    debian.user("pkcc-tray", "switch", "work")
    settings = json.loads(debian.settings.read_bytes())
    assert settings["apiKeyHelper"] == "/usr/bin/pkcc-tray key print work"
    # As Claude Code runs it: by a shell, with whatever Python's variables the user has.
    helper = ["/bin/sh", "-c", settings["apiKeyHelper"]]
    assert debian.user(*helper, PYTHONPATH="/nowhere", PYTHONHOME="/nowhere").strip() == KEY
    debian.user("pkcc-tray", "autostart", "on")
    entry = debian.home / ".config/autostart/pkcc-tray.desktop"
    assert "Exec=/usr/bin/pkcc-tray tray\n" in entry.read_text()
    subprocess.run(["desktop-file-validate", entry], check=True)
    assert "work" in debian.user("/bin/bash", "-c", _COMPLETED)


_COMPLETED = """
. /usr/share/bash-completion/completions/pkcc-tray
COMP_LINE='pkcc-tray switch ' COMP_POINT=17 COMP_WORDS=(pkcc-tray switch '') COMP_CWORD=2 COMP_TYPE=9
_python_argcomplete pkcc-tray '' switch 2>/dev/null || true
echo "${COMPREPLY[@]}"
"""


def test_each_library_that_any_of_our_modules_names_can_be_loaded(
    debian: Machine, packages: dict[str, Path]
) -> None:
    """One that the lock lacks would be missed at the first use, of an update's signature for instance."""
    debian.install(packages["deb"])
    lacking = set(debian.user("/usr/bin/python3", "-I", "-c", _NAMED).split())
    others = {"AppKit", "Foundation", "PIL", "PyObjCTools", "msvcrt", "nacl", "platformdirs", "psutil"}
    others |= {"pystray", "winreg"}
    assert lacking == others | {"gi"}  # which the system has, where it is wanted


_NAMED = """
import ast, importlib, pathlib, sys
libraries = pathlib.Path("/usr/lib/pkcc-tray/site-packages")
sys.path.insert(0, str(libraries))
named = set()
for file in [*libraries.glob("profiles/**/*.py"), *libraries.glob("tray/**/*.py")]:
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            named.add(node.module)
for name in named:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        print(error.name.partition(".")[0])
"""


def test_keys_lie_in_the_system_keyring(debian: Machine, packages: dict[str, Path]) -> None:
    debian.install(packages["deb"])
    script = f"""
        mkdir -m 700 -p "$HOME/run"; export XDG_RUNTIME_DIR="$HOME/run"
        printf throw-away | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        printf '%s\\n' {KEY} | pkcc-tray add work --provider @p --key-stdin && pkcc-tray key print work
    """
    said = debian.user("/usr/bin/dbus-run-session", "--", "/bin/sh", "-c", script, PKCC_SECRETS="keyring")
    assert said.strip().endswith(KEY)
    rings = list((debian.home / ".local/share/keyrings").glob("*.keyring"))
    assert rings
    debian.user("/usr/bin/test", "!", "-e", "/home/anna/.config/pkcc-tray/vault")


_SESSION = {"XDG_RUNTIME_DIR": "/run/user", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/desk/bus"}


def started(
    its: Machine, stack: ExitStack, display: str = "", words: Sequence[str] = ("pkcc-tray", "tray")
) -> subprocess.Popen[bytes]:
    """The tray, as the user's session starts it; its bus lies in /run/desk."""
    own = its.path / "run/user"
    own.mkdir(parents=True, exist_ok=True)
    its.root("/usr/bin/chown", "anna:", "/run/user")
    own.chmod(0o700)
    environ = {**_SESSION, **({"DISPLAY": display} if display else {})}
    process = its.start(words, its.path / "tmp/tray.log", **environ)
    stack.callback(end, process)
    return process


@contextmanager
def desk(its: Machine) -> Iterator[tuple[ExitStack, Watcher, str]]:
    """A session bus, a stand-in for a panel on it, and the bus's address."""
    (its.path / "run/desk").mkdir()
    with ExitStack() as stack:
        bus = PrivateBus(its.path / "run/desk")
        bus.start()
        stack.callback(bus.stop)
        watcher = Watcher(bus.address)
        stack.callback(watcher.close)
        yield stack, watcher, bus.address


def seen(stack: ExitStack, watcher: Watcher, address: str) -> Panel:
    """A reader of the item that registers next."""
    panel = Panel(address, watcher.registered.get(timeout=LIMIT_S))
    stack.callback(panel.close)
    return panel


def tray_log(its: Machine) -> str:
    return (its.home / ".local/state/pkcc-tray/tray.log").read_text()


def test_the_tray_has_its_menu_with_no_further_package(debian: Machine, packages: dict[str, Path]) -> None:
    debian.install(packages["deb"])
    debian.user(*_ADD, stdin=f"{KEY}\n")
    with desk(debian) as (stack, watcher, address):
        tray = started(debian, stack)
        panel = seen(stack, watcher, address)
        eventually(
            lambda: any(line.label.startswith("Work") for line in panel.menu()), "the profile is offered"
        )
        panel.click(next(line.number for line in panel.menu() if line.label.startswith("Work")))
        eventually(lambda: b"key print work" in debian.settings.read_bytes(), "a click switches")
        tray.terminate()
        assert tray.wait(LIMIT_S) == 0
    assert KEY not in tray_log(debian)


def test_it_is_seen_and_clicked_in_a_real_panel(debian: Machine, packages: dict[str, Path]) -> None:
    debian.install(packages["deb"])
    debian.user(*_ADD, stdin=f"{KEY}\n")
    home, sockets = debian.path / "run/desk", debian.path / "tmp/.X11-unix"
    home.mkdir()
    sockets.mkdir(exist_ok=True)
    with virtual_desktop(home, "xfce4-panel") as (desktop, stack):
        subprocess.run(["mount", "--bind", "/tmp/.X11-unix", sockets], check=True)
        stack.callback(subprocess.run, ["umount", sockets], check=True)
        empty = desktop.panel_shown()
        started(debian, stack, desktop.environ["DISPLAY"])
        box = desktop.icon_shown(empty)
        lines = desktop.open_menu(box, 1, f"installed-{debian.path.name}")
        desktop.click(*lines[0])  # nothing stands above the profiles while all is right
        eventually(lambda: b"key print work" in debian.settings.read_bytes(), "a click switches")


def test_the_menu_entry_starts_the_tray_and_its_manager_opens_every_page(
    debian: Machine, packages: dict[str, Path]
) -> None:
    """A library or a file that the package lacks would be missed at a click, and nothing be seen."""
    debian.install(packages["deb"])
    entry = read_entry((debian.path / "usr/share/applications/pkcc-tray.desktop").read_text())
    with desk(debian) as (stack, watcher, address):
        tray = started(debian, stack, words=parse_exec(entry["exec"]))
        panel = seen(stack, watcher, address)
        eventually(lambda: any("Welcome" in line.label for line in panel.menu()), "a person is welcomed")
        log = debian.path / "tmp/manage.log"
        manager = debian.start(["pkcc-tray", "manage", "--no-browser"], log, **_SESSION)
        stack.callback(end, manager)
        eventually(lambda: log.read_text().endswith("\n"), "the manager gives its link")
        said = debian.user("/usr/bin/python3", "-I", "-c", _VISIT, log.read_text().strip())
        assert [line.split()[0] for line in said.splitlines()] == ["200"] * len(said.splitlines()), said
        assert {"/", "/add", "/doctor", "/preferences"} <= {line.split()[1] for line in said.splitlines()}
        tray.terminate()
        assert tray.wait(LIMIT_S) == 0
        assert manager.wait(LIMIT_S) == 0, "the tray's end is the manager's"


# A visitor who follows the link, and looks at each page and file that the first page leads to.
_VISIT = """
import re, sys, urllib.error, urllib.request
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
def status(address):
    try:
        return browser.open(address, timeout=60).status
    except urllib.error.HTTPError as error:
        return error.code
first = browser.open(sys.argv[1], timeout=60)
origin = sys.argv[1].partition("/open/")[0]
for path in sorted(set(re.findall(r'(?:href|src)="(/[^"#]*)"', first.read().decode()))):
    print(status(origin + path), path)
"""


def test_an_upgrade_keeps_all_and_the_tray_goes_on_as_the_new_one(
    debian: Machine, packages: dict[str, Path], older: Path
) -> None:
    debian.install(older)
    assert debian.user("pkcc-tray", "--version") == f"pkcc-tray {OLDER}\n"
    debian.user(*_ADD, stdin=f"{KEY}\n")
    debian.user("pkcc-tray", "switch", "work")
    before = debian.settings.read_bytes()
    with desk(debian) as (stack, watcher, address):
        tray = started(debian, stack)
        seen(stack, watcher, address)
        debian.install(packages["deb"])
        panel = seen(stack, watcher, address)
        eventually(lambda: any(line.label.startswith("Work") for line in panel.menu()), "its menu is there")
        assert tray_log(debian).count(f"started, process {tray.pid}") == 2
    assert debian.user("pkcc-tray", "--version") == f"pkcc-tray {__version__}\n"
    assert not list(debian.path.glob("usr/lib/pkcc-tray/site-packages/tray/**/given_up*"))
    assert debian.settings.read_bytes() == before
    assert debian.user("pkcc-tray", "key", "print", "work").strip() == KEY


def test_removing_leaves_profiles_and_keys_and_nothing_that_names_what_is_gone(
    debian: Machine, packages: dict[str, Path]
) -> None:
    debian.install(packages["deb"])
    debian.user(*_ADD, stdin=f"{KEY}\n")
    debian.user("pkcc-tray", "switch", "work")
    other = debian.home / "other.json"
    debian.user("pkcc-tray", "--settings", "/home/anna/other.json", "switch", "work")
    debian.user("pkcc-tray", "autostart", "on")
    with desk(debian) as (stack, watcher, address):
        tray = started(debian, stack)
        seen(stack, watcher, address)
        said = debian.root("/usr/bin/dpkg", "--remove", "pkcc-tray")
        assert tray.wait(LIMIT_S) == 0
    assert "/home/anna/.claude/settings.json carries no profile any more" in said
    assert debian.settings.read_bytes() == SETTINGS
    assert debian.settings.stat().st_uid == debian.home.stat().st_uid
    assert not other.exists() or b"pkcc-tray" not in other.read_bytes()
    assert not (debian.home / ".config/autostart/pkcc-tray.desktop").exists()
    assert debian.ours() == set()
    debian.root("/usr/bin/dpkg", "--purge", "pkcc-tray")
    debian.install(packages["deb"])
    assert debian.user("pkcc-tray", "key", "print", "work").strip() == KEY


def test_removing_reaches_pinned_projects_and_targets(debian: Machine, packages: dict[str, Path]) -> None:
    """They name the helper by themselves, also where the user's own settings never did."""
    debian.install(packages["deb"])
    debian.user(*_ADD, stdin=f"{KEY}\n")
    local = debian.home / "project/.claude/settings.local.json"
    target = debian.home / "second/settings.json"
    untouched = {local: b'{"permissions": {"deny": []}}', target: b'{ "model": "sonnet" }\n'}
    for path, data in untouched.items():
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    debian.root("/usr/bin/chown", "-R", "anna:", "/home/anna")
    debian.user("pkcc-tray", "switch", "work", "--project", "/home/anna/project")
    debian.user("pkcc-tray", "target", "add", "second", "/home/anna/second")
    debian.user("pkcc-tray", "switch", "work", "--target", "second")
    assert debian.settings.read_bytes() == SETTINGS
    for path in untouched:
        assert b'"/usr/bin/pkcc-tray key print work"' in path.read_bytes(), path
    said = debian.root("/usr/bin/dpkg", "--remove", "pkcc-tray")
    assert {path: path.read_bytes() for path in untouched} == untouched
    assert "still name" not in said


def test_removing_finds_the_configuration_directory_that_the_helper_names(
    debian: Machine, packages: dict[str, Path]
) -> None:
    debian.install(packages["deb"])
    chosen = ("pkcc-tray", "--config-dir", "/home/anna/own place")
    debian.user(*chosen, *_ADD[1:], stdin=f"{KEY}\n")
    debian.user(*chosen, "switch", "work")
    assert b'"/usr/bin/pkcc-tray --config-dir' in debian.settings.read_bytes()
    said = debian.root("/usr/bin/dpkg", "--remove", "pkcc-tray")
    assert debian.settings.read_bytes() == SETTINGS
    assert "still name" not in said


def test_removing_says_which_settings_it_could_not_put_back(
    debian: Machine, packages: dict[str, Path]
) -> None:
    debian.install(packages["deb"])
    debian.user(*_ADD, stdin=f"{KEY}\n")
    debian.user("pkcc-tray", "switch", "work")
    project = debian.home / "project"
    project.mkdir()
    debian.root("/usr/bin/chown", "anna:", "/home/anna/project")
    debian.user("pkcc-tray", "switch", "work", "--project", "/home/anna/project")
    for path in (debian.settings, project / ".claude/settings.local.json"):
        path.write_bytes(path.read_bytes() + b"}")
    said = debian.root("/usr/bin/dpkg", "--remove", "pkcc-tray")
    for path in (".claude/settings.json", "project/.claude/settings.local.json"):
        assert f"/home/anna/{path} still names /usr/bin/pkcc-tray" in said
    assert "it may still name" not in said
    assert debian.ours() == set()


def test_the_rpm_is_installed_works_and_goes_with_its_traces(
    packages: dict[str, Path], tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    with machine("trixie", tmp_path) as its:
        its.settings.write_bytes(SETTINGS)
        its.root("/usr/bin/chown", "-R", "anna:", "/home/anna")
        # Its database knows nothing of Debian's packages, so nothing could be found that it depends on.
        rpm = ["rpm", "--root", str(its.path), "--nodeps"]
        subprocess.run([*rpm, "--install", packages["rpm"]], check=True)
        assert list(its.path.glob("usr/lib/pkcc-tray/site-packages/tray/__pycache__/*.pyc"))
        its.user("pkcc-tray", "demo")
        its.user(*_ADD, stdin=f"{KEY}\n")
        its.user("pkcc-tray", "switch", "work")
        again = [*rpm, "--upgrade", "--replacepkgs", "--force", packages["rpm"]]
        subprocess.run(again, check=True)
        assert list(its.path.glob("usr/lib/pkcc-tray/site-packages/tray/__pycache__/*.pyc"))
        assert b"key print work" in its.settings.read_bytes()
        subprocess.run([*rpm, "--erase", "pkcc-tray"], check=True)
        assert its.settings.read_bytes() == SETTINGS
        assert its.ours() == set()


def test_rpm_and_deb_have_the_same_files(packages: dict[str, Path]) -> None:
    query = [
        "rpm",
        "--query",
        "--package",
        "--queryformat",
        "[%{FILEMODES:perms} %{FILENAMES}\\n]",
        packages["rpm"],
    ]
    rpm = subprocess.check_output(query, text=True).splitlines()
    deb = subprocess.check_output(["dpkg-deb", "--contents", packages["deb"]], text=True).splitlines()
    in_rpm = {line.split(maxsplit=1)[1] for line in rpm if not line.startswith("d")}
    in_deb = {line.split(maxsplit=5)[5][1:] for line in deb if not line.startswith("d")}
    assert in_rpm ^ in_deb == {
        "/usr/share/doc/pkcc-tray/changelog.gz",
        "/usr/share/lintian/overrides/pkcc-tray",
        "/usr/share/zsh/site-functions/_pkcc-tray",
        "/usr/share/zsh/vendor-completions/_pkcc-tray",
    }


def test_the_appimage_names_itself_as_the_helper(packages: dict[str, Path], tmp_path: Path) -> None:
    """Mounted, it lies at another path each time: a helper there would be gone at the next start."""
    tmp_path.chmod(0o755)
    with machine("trixie", tmp_path) as its:
        its.root("/usr/bin/chown", "-R", "anna:", "/home/anna")
        subprocess.run(
            ["unsquashfs", "-quiet", "-no-progress", "-dest", its.path / "opt/mounted", packages["squashfs"]],
            check=True,
        )
        image = its.path / "opt/pkcc-tray.AppImage"  # as the runtime starts what it has mounted
        image.write_text('#!/bin/sh\nAPPIMAGE=/opt/pkcc-tray.AppImage exec /opt/mounted/AppRun "$@"\n')
        image.chmod(0o755)
        assert "That was a temporary home directory" in its.user("/opt/pkcc-tray.AppImage", "demo")
        its.user("/opt/pkcc-tray.AppImage", *_ADD[1:], stdin=f"{KEY}\n")
        its.user("/opt/pkcc-tray.AppImage", "switch", "work")
        helper = json.loads(its.settings.read_bytes())["apiKeyHelper"]
        assert helper == "/opt/pkcc-tray.AppImage key print work"
        assert its.user("/bin/sh", "-c", helper).strip() == KEY
