"""demo: see it work in a temporary home directory, with the embedded vault; nothing else is touched."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from profiles.base.locations import CLAUDE_DIR, CONFIG_DIR_VARIABLE, SECRETS_VARIABLE, SETTINGS_FILE
from profiles.portkey.editions import PORTKEY
from tray.terminal.colours import BOLD, NOT_BOLD
from tray.terminal.results import Report

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from tray.app import App

_LIMIT_S = 60.0  # for one of its commands
_SETTINGS = """{
  "model": "sonnet",
  "permissions": {"allow": ["Bash(git status)"]},
  "env": {
    "EDITOR": "vim"
  }
}
"""


def arguments_demo(parser: ArgumentParser) -> None:
    """Declare its options."""
    parser.add_argument("--fast", action="store_true", help="do not wait for Enter between its parts")


def demo(app: App, *, fast: bool) -> Report:
    """Every step is a real `pkcc-tray` process with a home of its own; its output is shown as it comes.

    At a terminal it waits for Enter between its parts, unless `fast`. Raises PkccError when a step does
    not do what it should: the demo is a test of the installation too.
    """
    import tempfile

    stage = sys.stderr if app.wants_json else sys.stdout
    waits = not fast and stage.isatty() and sys.stdin is not None and sys.stdin.isatty()
    # Resolved: on macOS the temporary directory is behind a link, and paths are shown.
    with tempfile.TemporaryDirectory(prefix="pkcc-demo-") as home:
        _Demo(os.path.realpath(home), stage, waits=waits).play()
    return Report({}, raw=None if app.wants_json else _FAREWELL)


_FAREWELL = """
That was a temporary home directory: nothing of yours was touched, and it is gone now. For real:

  pkcc-tray add               asks for your Portkey key, then offers what that key may use
  pkcc-tray switch work       Claude Code uses it: new sessions at once, running ones within 2 seconds
  pkcc-tray status            what is in use, and whether something else changed it
  pkcc-tray off               your settings as they were before
  pkcc-tray                   the icon in the panel; pkcc-tray manage: all of it in your browser
"""


class _Demo:
    """The demo: a home, its settings file, and a way to run commands in it; shown on `stage`."""

    def __init__(self, home: str, stage: TextIO, *, waits: bool) -> None:
        from profiles.claude_code.own_command import own_command

        self.home = home
        self.stage = stage
        self.waits = waits
        self.coloured = stage.isatty() and not os.environ.get("NO_COLOR")
        self.command = own_command()
        self.settings_path = os.path.join(home, CLAUDE_DIR, SETTINGS_FILE)
        os.makedirs(os.path.dirname(self.settings_path))
        self._write(self.settings_path, _SETTINGS)

    def play(self) -> None:
        """Run all acts, in order."""
        self._say(f"A temporary home directory, {self.home}, with a Claude Code settings file in it:\n")
        self._show_settings()
        self._act("1. Two profiles: a provider of the workspace, and a saved config with fallbacks.")
        work = "--provider @anthropic-prod --sonnet claude-sonnet-5-5 --metadata team=platform"
        self._run(f"add work {work} --label Work --key-stdin", key="pk-demo-of-work")
        self._run("add home --config pc-fallback-1a2b3c --label Home --key-stdin", key="pk-demo-of-home")
        self._act("2. Switch, after a look at what would change. No key gets into the file: a helper has it.")
        self._run("switch work --dry-run")
        self._run("switch work")
        self._expect("pk-demo" not in self._text(), "no key is in the settings")
        self._act("3. Switch again: another route, another key.")
        self._run("diff home")
        self._run("switch home")
        self._run("key print home", shown="pk-demo-of-home (this is what Claude Code runs)")
        self._act("4. One step back, and forward again.")
        self._run("undo")
        self._run("switch home")
        self._act("5. Something else edits the file: the base URL now leads to an unknown host.")
        self._edit(PORTKEY.gateway, "https://evil.example")
        self._run("status")
        self._run("restore")
        self._expect("https://evil.example" not in self._text(), "the unknown host's URL is gone")
        self._act("6. Off: the file is what it was before, byte for byte.")
        self._run("off")
        self._show_settings()
        self._expect(self._text() == _SETTINGS, "the settings are byte-identical to those of the start")
        self._say("\nKeys lay in an encrypted vault here; on a desktop they go into the system keyring.")

    # The stage ---------------------------------------------------------------------------------------

    def _run(self, words: str, key: str | None = None, shown: str | None = None) -> None:
        from profiles.base.programs.run import run

        piped = 'printf %s "$KEY" | ' if key else ""
        self._say(self._bold(f"\n$ {piped}pkcc-tray {words}"))
        environ = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "LC_ALL") if name in os.environ
        }
        environ |= {"HOME": self.home, "USERPROFILE": self.home, SECRETS_VARIABLE: "vault"}
        environ |= {CONFIG_DIR_VARIABLE: os.path.join(self.home, "pkcc-tray")}
        # Our own program, by its absolute path, with words from this file.
        done = run([*self.command, *words.split()], environ, _LIMIT_S, directory=self.home, given=key or "")
        self._say(self._indented(shown or done.output.decode("utf-8", "replace")))
        if done.errors:
            self._say(self._indented(done.errors.decode("utf-8", "replace")))
        self._expect(done.code == 0, f"`pkcc-tray {words}` exits with 0")

    def _act(self, title: str) -> None:
        if self.waits:
            self.stage.write("\nPress Enter to go on (Ctrl-C ends it) ")
            self.stage.flush()
            sys.stdin.readline()
        self._say(self._bold(f"\n{title}"))

    def _bold(self, text: str) -> str:
        return f"{BOLD}{text}{NOT_BOLD}" if self.coloured else text

    def _expect(self, holds: bool, what: str) -> None:
        from profiles.base.errors import PkccError

        if not holds:
            raise PkccError(f"The demo failed: this was expected: {what}", "Please report this.")

    def _edit(self, old: str, new: str) -> None:
        self._write(self.settings_path, self._text().replace(old, new))

    def _text(self) -> str:
        with open(self.settings_path, encoding="utf-8", newline="") as file:
            return file.read()

    def _write(self, path: str, text: str) -> None:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def _show_settings(self) -> None:
        self._say(self._indented(self._text()))

    def _indented(self, text: str) -> str:
        return "\n".join(f"    {line}" for line in text.rstrip("\n").split("\n"))

    def _say(self, text: str) -> None:
        self.stage.write(f"{text}\n")
        self.stage.flush()
