"""desktop install, remove: who installed by uv or pipx has what a package brings, and is rid of it again."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Windows and macOS have installers")
ENVIRONMENT = '.SH "ENVIRONMENT"'
SHARE = ".local/share"


def test_it_is_in_the_menu_with_its_icon_pages_and_completions(home: UserHome) -> None:
    share = home.root / SHARE
    files = home.ok("desktop", "install", "--json").json()["data"]["files"]
    entry = share / "applications/pkcc-tray.desktop"
    assert str(entry) in files
    if shutil.which("desktop-file-validate"):
        done = subprocess.run(["desktop-file-validate", entry], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")
    assert "Autostart" not in entry.read_text()
    assert (share / "icons/hicolor/scalable/apps/pkcc-tray.svg").read_bytes().startswith(b"<svg")
    page = gzip.decompress((share / "man/man1/pkcc-tray.1.gz").read_bytes()).decode()
    assert ".SH EXAMPLES" in page
    assert ENVIRONMENT in page
    assert (share / "man/man1/pkcc-tray-keys.1.gz").exists()
    bash = share / "bash-completion/completions/pkcc-tray"
    subprocess.run(["bash", "-n", bash], check=True)


CHOICES = (
    "[Added Associations]\na/b=fx.desktop;\n\n[Default Applications]\nx-scheme-handler/http=fx.desktop\n"
)
LINKS = "x-scheme-handler/pkcc-tray=pkcc-tray-link.desktop\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"[Default Applications]\n{LINKS}"),
        ("[Added Associations]\n", f"[Added Associations]\n[Default Applications]\n{LINKS}"),
        (CHOICES, CHOICES.replace("[Default Applications]\n", f"[Default Applications]\n{LINKS}")),
    ],
)
def test_links_are_ours_and_the_users_other_choices_stay(home: UserHome, before: str, after: str) -> None:
    """mimeapps.list is the user's: a line lost there, and the browser no longer opens pages."""
    choices = home.root / ".config/mimeapps.list"
    choices.parent.mkdir(exist_ok=True)
    choices.write_text(before)
    choices.chmod(0o644)
    assert str(choices) in home.ok("desktop", "install", "--json").json()["data"]["files"]
    assert choices.read_text() == after
    assert choices.stat().st_mode & 0o777 == 0o644
    assert str(choices) not in home.ok("desktop", "install", "--json").json()["data"]["files"]
    assert str(choices) in home.ok("desktop", "remove", "--json").json()["data"]["files"]
    assert choices.read_text() == before if before else not choices.exists()  # empty, it says nothing


def test_all_of_it_is_taken_away_again(home: UserHome) -> None:
    home.ok("desktop", "install")
    home.ok("desktop", "remove")
    left = [path for path in (home.root / SHARE).rglob("*") if path.is_file() and "pkcc-tray" in path.name]
    assert left == []
    assert home.ok("desktop", "remove").out == "Nothing was there.\n"


def test_at_a_terminal_the_start_at_login_is_asked_for(home: UserHome) -> None:
    with terminal(["desktop", "install"], home.environ, home.root) as screen:
        screen.answer("Start the tray at login?", "y")
        assert screen.finish() == 0
    assert home.ok("autostart", "status", "--json").json()["data"]["enabled"] is True
    with terminal(["desktop", "install"], home.environ, home.root) as screen:
        assert screen.finish() == 0
        assert "Start the tray at login?" not in screen.screen  # it does
