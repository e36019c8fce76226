"""Every command of `pkcc-tray` in one table: its summary, and the module that holds it.

The command `key vault init` is `key_vault_init` and `arguments_key_vault_init` of its module. Only the
module of the command that is run gets loaded.
"""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType


class Verb(NamedTuple):
    """`words` as typed, `group` as listed in the help.

    `quick` holds the other arguments' defaults of a command that is mostly given one NAME and nothing else:
    in that form it runs without loading argparse (8 ms). A test holds them to what argparse would give.
    `takes_command`: what follows `--` is a command line of its own, handed on as it is. `tidies`: blanks that
    no session needs any more are taken out before it; not where it writes the settings itself, or changes
    nothing at any time.
    """

    words: str
    module: str
    summary: str
    group: str
    quick: dict[str, object] | None = None
    takes_command: bool = False
    tidies: bool = True


_PROFILES = "Profiles"
_SWITCHING = "Switching"
_PROJECTS = "Projects"
_KEYS = "Keys"
_MORE = "More"

VERBS = (
    Verb("add", "profiles.add", "store a new profile (asks for what is not given)", _PROFILES),
    Verb("list", "profiles.list", "all profiles, the active one marked", _PROFILES),
    Verb("show", "profiles.show", "one profile and what it writes", _PROFILES),
    Verb("edit", "profiles.edit", "change a profile in your editor", _PROFILES),
    Verb("set", "profiles.set", "change one field of a profile", _PROFILES),
    Verb("rename", "profiles.rename", "give a profile another name", _PROFILES),
    Verb("copy", "profiles.copy", "a new profile like another one", _PROFILES),
    Verb("remove", "profiles.remove", "remove a profile", _PROFILES),
    Verb(
        "switch",
        "switching.switch",
        "make Claude Code use a profile",
        _SWITCHING,
        {"dry_run": False, "project": None, "exclude": False, "target": None},
        tidies=False,
    ),
    Verb(
        "exec",
        "switching.exec_",
        "run one program with a profile, touching no file",
        _SWITCHING,
        takes_command=True,
    ),
    Verb("off", "switching.off", "put back what was there before the first switch", _SWITCHING, tidies=False),
    Verb("undo", "switching.undo", "take back the last step of any kind, or several", _SWITCHING),
    Verb("history", "switching.history", "the steps that can be undone, numbered", _SWITCHING),
    Verb("tidy", "switching.tidy", "take out blanks that no running session needs", _SWITCHING, tidies=False),
    Verb(
        "status",
        "switching.status",
        "the active profile, changes by something else, and which file decides what",
        _SWITCHING,
    ),
    Verb("sessions", "switching.sessions", "Claude Code sessions that run now, and their routes", _SWITCHING),
    Verb(
        "diff",
        "switching.diff",
        "what was changed by something else, or what a profile would change",
        _SWITCHING,
    ),
    Verb(
        "restore",
        "switching.restore",
        "write the active profile again over changes by something else",
        _SWITCHING,
        tidies=False,
    ),
    Verb("adopt", "switching.adopt", "take changes by something else into the active profile", _SWITCHING),
    Verb(
        "project add",
        "projects.project",
        "give a project metadata of its own, or pin it to a profile",
        _PROJECTS,
    ),
    Verb("project list", "projects.project", "registered projects, and the state of their files", _PROJECTS),
    Verb("project show", "projects.project", "one project and what it adds", _PROJECTS),
    Verb(
        "project remove", "projects.project", "put back a project's file, and forget the project", _PROJECTS
    ),
    Verb("project sync", "projects.project", "apply the rules, and write files that are behind", _PROJECTS),
    Verb("project rule add", "projects.rule", "register directories as projects by their path", _PROJECTS),
    Verb(
        "project rule list", "projects.rule", "the rules in order; the first that matches decides", _PROJECTS
    ),
    Verb("project rule remove", "projects.rule", "forget a rule, and what it made", _PROJECTS),
    Verb("target add", "switching.target", "change another settings file too with every switch", _SWITCHING),
    Verb("target list", "switching.target", "those files, and the profile active in each", _SWITCHING),
    Verb("target remove", "switching.target", "stop changing one of them", _SWITCHING),
    Verb("key set", "keys.set", "store a key (hidden prompt, or standard input)", _KEYS),
    Verb("key print", "keys.print", "print a key: what Claude Code's apiKeyHelper runs", _KEYS, {}),
    Verb("key list", "keys.list", "key names and where they are used, never values", _KEYS),
    Verb("key rotate", "keys.set", "replace a key and put it in force", _KEYS),
    Verb("key remove", "keys.remove", "forget a key", _KEYS),
    Verb("trust add", "keys.trust", "allow a profile's key one more address, proxy or certificate", _KEYS),
    Verb("trust list", "keys.trust", "what a profile's key is allowed besides its own gateway", _KEYS),
    Verb("trust remove", "keys.trust", "stop trusting something", _KEYS),
    Verb(
        "key vault init", "keys.vault_init", "make an encrypted vault, for machines without a keyring", _KEYS
    ),
    Verb("config check", "more.config", "check a Portkey config file", _MORE),
    Verb("config show", "more.config", "the Portkey config of a profile", _MORE),
    Verb(
        "check",
        "more.check",
        "whether the gateway answers and takes the key: free, no model is asked",
        _MORE,
        tidies=False,
    ),
    Verb(
        "import", "profiles.import_", "make profiles from settings, exports, other switchers' stores", _MORE
    ),
    Verb("export", "profiles.export", "profiles as a bundle for another machine, without keys", _MORE),
    Verb("tray", "more.tray", "the icon in the panel; what pkcc-tray alone starts on a desktop", _MORE),
    Verb("quit", "more.quit", "end the running tray, and wait until it has ended", _MORE),
    Verb("preference", "more.preference", "show pkcc-tray's own options, or set one", _MORE),
    Verb("autostart on", "more.autostart", "start the tray at login", _MORE),
    Verb("autostart off", "more.autostart", "stop starting it at login", _MORE),
    Verb("autostart status", "more.autostart", "whether it starts at login", _MORE),
    Verb("doctor", "more.doctor", "everything that can be wrong, and what fixes it", _MORE, tidies=False),
    Verb("schema", "more.schema", "the JSON Schema of a profile", _MORE),
    Verb("completion", "more.completion", "shell completion for bash, zsh, fish or powershell", _MORE),
    Verb("demo", "more.demo", "see it work in a temporary home directory", _MORE),
)
BY_WORDS = {verb.words: verb for verb in VERBS}


def find_verb(words: list[str]) -> Verb | None:
    """The command that the first words name, such as `key vault init`; None for none."""
    for count in (3, 2, 1):
        verb = BY_WORDS.get(" ".join(words[:count]))
        if verb is not None:
            return verb
    return None


def group_asked_for(words: list[str]) -> str:
    """Such as `key vault`, when the words are that and then `--help`."""
    count = next((number for number, word in enumerate(words) if word in ("--help", "-h")), 0)
    group = " ".join(words[:count])
    return group if group and any(verb.words.startswith(group + " ") for verb in VERBS) else ""


def command_module(verb: Verb) -> ModuleType:
    """The module that holds the command; loaded without `importlib`, which costs a hundredth of a switch."""
    name = f"tray.commands.{verb.module}"
    __import__(name)
    return sys.modules[name]


def function_name(verb: Verb) -> str:
    """The name of the function that does it: `import` and the like are Python's own words."""
    name = verb.words.replace(" ", "_")
    reserved = {"import": "import_", "set": "set_", "list": "list_", "exec": "exec_", "quit": "quit_"}
    return reserved.get(name, name)
