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
    """`words` as typed, and the module that does it, in the room of its group.

    `quick` holds the other arguments' defaults of a command that is mostly given one NAME and nothing else:
    in that form it runs without loading argparse (8 ms). A test holds them to what argparse would give.
    `takes_command`: what follows `--` is a command line of its own, handed on as it is. `takes_manual`: it is
    given the manual's pages, which are made of this table. `tidies`: blanks that no session needs any more
    are taken out before it; not where it writes the settings itself, or changes nothing at any time.
    """

    words: str
    module: str
    summary: str
    quick: dict[str, object] | None = None
    takes_command: bool = False
    takes_manual: bool = False
    tidies: bool = True
    listed_under: str = ""

    @property
    def group(self) -> str:
        """Its heading in the help, such as `Profiles`: by the module's room where nothing else is said."""
        room = self.module.partition(".")[0]
        return self.listed_under or ("Teams" if room in ("catalogs", "policy") else room.capitalize())


_SWITCH_ALONE: dict[str, object] = {"dry_run": False, "project": None, "exclude": None, "target": None}

VERBS = (
    Verb("add", "profiles.add", "store a new profile (asks for what is not given)"),
    Verb("list", "profiles.list", "all profiles, the one in use marked"),
    Verb("show", "profiles.show", "one profile and what it writes"),
    Verb("edit", "profiles.edit", "change a profile in your editor"),
    Verb("set", "profiles.set", "change one field of a profile"),
    Verb("rename", "profiles.rename", "give a profile another name"),
    Verb("copy", "profiles.copy", "a new profile like another one"),
    Verb("remove", "profiles.remove", "remove a profile"),
    Verb("switch", "switching.switch", "make Claude Code use a profile", quick=_SWITCH_ALONE, tidies=False),
    Verb("exec", "switching.exec_", "run one program with a profile, touching no file", takes_command=True),
    Verb("off", "switching.off", "put back what was there before the first switch", tidies=False),
    Verb("undo", "switching.undo", "take back the last step of any kind, or several"),
    Verb("history", "switching.history", "the steps that can be undone, numbered"),
    Verb("tidy", "switching.tidy", "take out empty values that no running session needs", tidies=False),
    Verb("status", "switching.status", "the profile in use, what else changed it, which file decides what"),
    Verb("sessions", "switching.sessions", "Claude Code sessions that run now, and their routes"),
    Verb("diff", "switching.diff", "what was changed by something else, or what a profile would change"),
    Verb(
        "restore",
        "switching.restore",
        "write the profile in use again over changes by something else",
        tidies=False,
    ),
    Verb("adopt", "switching.adopt", "take changes by something else into the profile in use"),
    Verb("project add", "projects.project", "give a project metadata of its own, or pin it to a profile"),
    Verb("project list", "projects.project", "registered projects, and the state of their files"),
    Verb("project show", "projects.project", "one project and what it adds"),
    Verb("project remove", "projects.project", "put back a project's file, and forget the project"),
    Verb("project sync", "projects.project", "apply the rules, and write files that are behind"),
    Verb("project rule add", "projects.rule", "register directories as projects by their path"),
    Verb("project rule list", "projects.rule", "the rules in order; the first that matches decides"),
    Verb("project rule remove", "projects.rule", "forget a rule, and what it made"),
    Verb("target add", "switching.target", "change another settings file too with every switch"),
    Verb("target list", "switching.target", "those files, and the profile in use in each"),
    Verb("target remove", "switching.target", "stop changing one of them"),
    Verb("key set", "keys.set", "store a key (hidden prompt, or standard input)"),
    Verb("key print", "keys.print", "print a key: what Claude Code's apiKeyHelper runs", quick={}),
    Verb("key list", "keys.list", "key names and where they are used, never values"),
    Verb("key rotate", "keys.set", "replace a key and put it in force"),
    Verb("key remove", "keys.remove", "forget a key"),
    Verb("trust add", "keys.trust", "allow a profile's key one more address, proxy or certificate"),
    Verb("trust list", "keys.trust", "what a profile's key is allowed besides its own gateway"),
    Verb("trust remove", "keys.trust", "stop trusting something"),
    Verb("key vault init", "keys.vault_init", "make an encrypted vault, for machines without a keyring"),
    Verb("models", "account.models", "the models that a profile's key may use, with prices", tidies=False),
    Verb(
        "usage",
        "account.usage",
        "what was spent, and what is left of budgets, as far as the key may see it",
        tidies=False,
    ),
    Verb(
        "budget",
        "account.budget",
        "what is left of the budgets that count what a profile asks",
        tidies=False,
    ),
    Verb(
        "explain",
        "configs.explain",
        "what a profile or a config does, in plain words",
        tidies=False,
        listed_under="Profiles",
    ),
    Verb("config new", "configs.new", "write a Portkey config, from options or questions", tidies=False),
    Verb("config check", "configs.check", "check a Portkey config file"),
    Verb("config show", "configs.show", "the Portkey config of a profile"),
    Verb("config push", "configs.push", "save a config at Portkey, and have the profile name it"),
    Verb("config pull", "configs.pull", "a config that is saved at Portkey, as a file", tidies=False),
    Verb("config diff", "configs.diff", "what saving a config would change at Portkey", tidies=False),
    Verb("config list", "configs.list", "the configs that are saved at Portkey", tidies=False),
    Verb(
        "link",
        "catalogs.link",
        "what a click on a pkcc-tray:// link runs: asks, then adds a catalog",
        tidies=False,
    ),
    Verb(
        "catalog new", "catalogs.publishing", "write a catalog of your profiles, without keys", tidies=False
    ),
    Verb("catalog check", "catalogs.publishing", "what is wrong in one, and what it will ask", tidies=False),
    Verb("join", "catalogs.joining", "follow your team's catalog: profiles, your key, its default in use"),
    Verb("catalog add", "catalogs.joining", "follow a catalog of profiles that others publish"),
    Verb("catalog list", "catalogs.following", "the catalogs that are followed, and what waits"),
    Verb("catalog show", "catalogs.following", "one catalog, and where its profiles send which key"),
    Verb("catalog update", "catalogs.following", "ask for new versions"),
    Verb("catalog diff", "catalogs.following", "what a version that waits would change"),
    Verb("catalog accept", "catalogs.following", "take the version that waits"),
    Verb("catalog rollback", "catalogs.following", "go back to the version before"),
    Verb("catalog remove", "catalogs.following", "follow a catalog no longer"),
    Verb("catalog trust", "catalogs.following", "pin another signing key of a catalog"),
    Verb("catalog override", "catalogs.following", "have a field of a catalog's profile be yours"),
    Verb("catalog sign", "catalogs.publishing", "sign a catalog with a minisign key", tidies=False),
    Verb("policy show", "policy.show", "what your administrator decides, and where it stands", tidies=False),
    Verb(
        "policy check", "policy.check", "what is wrong in a policy file, before it is deployed", tidies=False
    ),
    Verb("policy schema", "policy.schema", "a policy's schema, template or sample", tidies=False),
    Verb(
        "policy claude-settings",
        "policy.claude_settings",
        "a profile as Claude Code's managed settings, for an administrator",
        tidies=False,
    ),
    Verb(
        "check",
        "more.check",
        "whether the gateway answers and takes the key: free of charge",
        tidies=False,
    ),
    Verb(
        "import",
        "profiles.import_",
        "make profiles from settings, exports, other switchers' stores",
        listed_under="More",
    ),
    Verb(
        "export",
        "profiles.export",
        "profiles as a bundle for another machine, without keys",
        listed_under="More",
    ),
    Verb("tray", "more.tray", "the icon in the panel; what pkcc-tray alone starts on a desktop"),
    Verb("manage", "more.manage", "all of it as a page in your browser", tidies=False),
    Verb("quit", "more.quit", "end the running tray, and wait until it has ended"),
    Verb("preference", "more.preference", "show pkcc-tray's own options, or set one"),
    Verb("autostart on", "more.computer.autostart", "start the tray at login"),
    Verb("autostart off", "more.computer.autostart", "stop starting it at login"),
    Verb("autostart status", "more.computer.autostart", "whether it starts at login"),
    Verb(
        "desktop install",
        "more.computer.desktop",
        "menu entry, icon, manual pages, completion: after uv or pipx",
        takes_manual=True,
    ),
    Verb("desktop remove", "more.computer.desktop", "take those away again"),
    Verb(
        "uninstall",
        "more.computer.uninstall",
        "take all of pkcc-tray off this computer, but the program",
        tidies=False,
    ),
    Verb("statusline", "more.status_line", "the route of this very session: what Claude Code runs"),
    Verb(
        "statusline on",
        "more.status_line",
        "have Claude Code show each session's route below its prompt",
        tidies=False,
    ),
    Verb("statusline off", "more.status_line", "show it no longer, and put back your own", tidies=False),
    Verb("statusline status", "more.status_line", "whether it is shown"),
    Verb("doctor", "more.doctor", "everything that can be wrong, and what fixes it", tidies=False),
    Verb(
        "support",
        "more.support",
        "what to send to anyone who helps: versions, states, no names and no secrets",
        tidies=False,
    ),
    Verb("schema", "more.schema", "the JSON Schema of a profile"),
    Verb("completion", "more.completion", "shell completion for bash, zsh, fish or powershell"),
    Verb("demo", "more.demo", "see it work in a temporary home directory"),
)
# After these, and `doctor --fix`, the settings are written that owe a catalog something. Not after `undo`,
# whose next step must stay the next one; `catalog update` does it itself.
CHANGES = frozenset(
    (
        *("add", "edit", "set", "rename", "copy", "remove", "switch", "off", "restore", "adopt", "tidy"),
        *("project add", "project remove", "project sync", "project rule add", "project rule remove"),
        *("target add", "target remove", "key set", "key rotate", "key remove", "trust add", "trust remove"),
        *("config push", "link", "join", "catalog add", "catalog accept", "catalog rollback"),
        *("catalog remove", "catalog trust", "catalog override", "import", "statusline on", "statusline off"),
    )
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
    name = verb.words.replace(" ", "_").replace("-", "_")
    reserved = {"import": "import_", "set": "set_", "list": "list_", "exec": "exec_", "quit": "quit_"}
    return reserved.get(name, name)
