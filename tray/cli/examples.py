"""Two examples of each command: what its `--help`, the manual pages and the documentation show."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "add": (
        ("add", "asks for everything, and offers what your key may use"),
        ("add work --provider @anthropic-prod --key-stdin < key.txt", "asks nothing"),
    ),
    "list": (("list", "all profiles"), ("list --json", "the same for a program")),
    "show": (("show", "asks which; the one in use by Return"), ("show work", "one by name")),
    "edit": (
        ("edit work", "in your editor; checked before it is stored"),
        ("EDITOR=nano pkcc-tray edit work", "in that one"),
    ),
    "set": (
        ("set work models.sonnet claude-sonnet-5-5", "one field"),
        ("set work metadata.team platform", "one label among the metadata"),
    ),
    "rename": (("rename work office", "its key and pins follow"), ("rename office work", "and back")),
    "copy": (
        ("copy work acme", "the same under another name"),
        ("copy work eu --json", "says what was stored, for a program"),
    ),
    "remove": (
        ("remove acme --with-key", "its key too, where no other profile uses it"),
        ("remove acme --back", "brings the profile back: it is kept for 30 days"),
    ),
    "explain": (
        ("explain work", "what it does, and what on a 429"),
        ("explain --file fallback.json", "the same of a config in a file"),
    ),
    "switch": (
        ("switch work", "new sessions at once, running ones within about 2 seconds"),
        ("switch acme --project", "the repository you are in alone, from now on"),
    ),
    "exec": (
        ("exec work -- claude", "one session, no file touched"),
        ("exec work -- claude -p 'Say hello'", "one answer"),
    ),
    "off": (("off", "your settings as they were"), ("off --dry-run", "what that would change")),
    "undo": (("undo", "the last step"), ("undo 3", "all down to the third of `history`")),
    "history": (("history", "numbered, 1 the latest"), ("history --json", "the same for a program")),
    "tidy": (("tidy", "now, not at the next command"), ("tidy --json", "says what was taken out")),
    "status": (("status", "all of it"), ("status --short", "one word, for a prompt")),
    "sessions": (("sessions", "what each uses"), ("sessions --json", "the same for a program")),
    "diff": (
        ("diff", "what something else changed"),
        ("diff eu", "what a switch to that profile would change"),
    ),
    "restore": (("restore", "write it again"), ("restore --dry-run", "what that would change")),
    "adopt": (
        ("adopt", "the change becomes the profile's"),
        ("adopt --address", "a changed address too: the key would go there"),
    ),
    "target add": (
        ("target add work-config ~/.claude-work", "another configuration directory of Claude Code"),
        ("target add work-config ~/.claude-work --json", "says what was added"),
    ),
    "target list": (("target list", "all of them"), ("target list --json", "the same for a program")),
    "target remove": (
        ("target remove work-config", "its settings go back to what they were"),
        ("target remove work-config --json", "says what was done"),
    ),
    "link": (
        (
            "pkcc-tray link -- 'pkcc-tray://join?source=https://ai.acme.example/pkcc-catalog.json'",
            "asks first",
        ),
        (
            "pkcc-tray link --json -- 'pkcc-tray://join?source=https://ai.acme.example/a.json'",
            "says what it asks for",
        ),
    ),
    "support": (
        ("support", "look it through before you send it"),
        ("support --json", "as a fleet's tools collect it"),
    ),
    "catalog new": (
        ("catalog new ~/src/ai-catalog", "asks which profiles go in, and what it is called"),
        ("catalog new . --from work --from safe --name acme", "of two profiles; keys never go in"),
    ),
    "catalog check": (
        ("catalog check pkcc-catalog.json", "what is wrong in it; 1 where a reader would refuse it"),
        ("catalog check . --against /tmp/published.json", "and what people will be asked"),
    ),
    "join": (
        (
            "join https://ai.acme.example/pkcc-catalog.json --key RWQ…",
            "shows it, asks, and asks for your key",
        ),
        (
            "join https://git.acme.example/ai/pkcc.git --key RWQ… --yes --key-ref env:PORTKEY_API_KEY",
            "asks nothing: in a container",
        ),
    ),
    "catalog add": (
        ("catalog add https://git.acme.example/ai/pkcc.git --ref main", "by your own git"),
        ("catalog add /srv/share/pkcc --updates ask", "from a directory; each change waits"),
    ),
    "catalog list": (("catalog list", "all of them"), ("catalog list --json", "the same for a program")),
    "catalog show": (("catalog show acme", "one"), ("catalog show acme --json", "the same for a program")),
    "catalog update": (
        ("catalog update", "all of them"),
        ("catalog update acme --check", "what is new, and nothing is applied"),
    ),
    "catalog diff": (("catalog diff acme", "what waits"), ("catalog diff acme --json", "for a program")),
    "catalog accept": (
        ("catalog accept acme", "after `catalog diff`"),
        ("catalog accept acme --expect sha256:9f2c…", "for scripts: only what was looked at"),
    ),
    "catalog rollback": (
        ("catalog rollback acme", "until you take a newer one"),
        ("catalog rollback acme --json", "says what is in force"),
    ),
    "catalog remove": (
        ("catalog remove acme", "its profiles go, your keys stay"),
        ("catalog remove acme --keep-profiles", "they become your own"),
    ),
    "catalog trust": (
        ("catalog trust acme --key RWQ…", "asks whether its publisher told you so"),
        ("catalog trust acme --key RWQ… --yes", "asks nothing"),
    ),
    "catalog override": (
        ("catalog override acme/work api_key keyring:mine", "another key of yours"),
        ("catalog override acme/work api_key --unset", "the catalog's again"),
    ),
    "catalog sign": (
        ("catalog sign . --minisign-key ~/acme.key", "asks for the key's password"),
        ("catalog sign . --minisign-key acme.key < password.txt", "asks nothing"),
    ),
    "policy show": (
        ("policy show", "and where a policy would lie, if there is none"),
        ("policy show --json", "for a program"),
    ),
    "policy check": (
        ("policy check policy.json", "every problem with its line; 1 where there is one"),
        ("policy check policy.mobileconfig", "a configuration profile of macOS"),
    ),
    "policy schema": (
        ("policy schema", "the JSON Schema, for your editor"),
        ("policy schema --format admx", "a template for Group Policy and Intune"),
    ),
    "policy claude-settings": (
        ("policy claude-settings work > 50-route.json", "for /etc/claude-code/managed-settings.d"),
        ("policy claude-settings work --format plist", "for a configuration profile of macOS"),
    ),
    "project add": (
        ("project add --metadata repo=api", "the directory you are in"),
        ("project add ~/src/acme --profile acme", "pinned to a profile of its own"),
    ),
    "project list": (("project list", "all of them"), ("project list --json", "the same for a program")),
    "project show": (("project show", "the one you are in"), ("project show ~/src/api", "another")),
    "project remove": (("project remove", "the one you are in"), ("project remove ~/src/api", "another")),
    "project sync": (
        ("project sync", "apply the rules, write what is behind"),
        ("project sync --json", "says what was written"),
    ),
    "project rule add": (
        ("project rule add '~/work/acme/**' --metadata client=acme", "every clone below"),
        ("project rule add '~/work/acme/**' --profile acme", "each pinned to a profile"),
    ),
    "project rule list": (
        ("project rule list", "in their order"),
        ("project rule list --json", "the same for a program"),
    ),
    "project rule remove": (
        ("project rule remove 2", "the second of the list"),
        ("project rule remove 2 --json", "says what went with it"),
    ),
    "key set": (
        ("key set work", "asks, and shows nothing"),
        ("key set work < key.txt", "from standard input"),
    ),
    "key print": (
        ("key print work", "what Claude Code's apiKeyHelper runs"),
        ("key print work | wc -c", "is one there? its length, and a line end"),
    ),
    "key list": (("key list", "names, and who uses each"), ("key list --json", "the same for a program")),
    "key rotate": (
        ("key rotate work", "running sessions follow"),
        ("key rotate work < key.txt", "from standard input"),
    ),
    "key remove": (
        ("key remove old", "a key that nothing uses"),
        ("key remove old --json", "says what was removed"),
    ),
    "trust add": (
        ("trust add https://mirror.example", "one more address for the key of the profile in use"),
        ("trust add --proxy http://proxy.corp:8080", "a proxy that a project's file names"),
    ),
    "trust list": (
        ("trust list", "of the profile in use"),
        ("trust list --profile work", "of another"),
    ),
    "trust remove": (
        ("trust remove https://mirror.example", "an address"),
        ("trust remove --ca /etc/corp/ca.pem", "a certificate file"),
    ),
    "key vault init": (
        ("key vault init", "opened by a key file beside it"),
        ("key vault init --unlock passphrase", "opened by a passphrase"),
    ),
    "models": (
        ("models --claude", "Claude's alone, of the profile used here"),
        ("models work --provider @vertex-eu", "one provider's"),
    ),
    "usage": (
        ("usage", "the last seven days"),
        ("usage work --since 30d --by model", "a month, by model"),
    ),
    "budget": (("budget", "of the profile used here"), ("budget work", "of another")),
    "config new": (
        ("config new --fallback @a @b --on 429,5xx -o fallback.json", "b where a is out of budget or down"),
        ("config new", "asks"),
    ),
    "config check": (
        ("config check fallback.json", "is it one, and what will Portkey make of it"),
        ("config check --self-hosted fallback.json", "for the open-source gateway"),
    ),
    "config show": (("config show work", "as it will be sent"), ("config show work --json", "for a program")),
    "config push": (
        ("config push fallback.json", "shows what changes, and asks"),
        ("config push --profile work", "what the profile has inline, and name it there"),
    ),
    "config pull": (
        ("config pull pc-main-1a2b3c -o main.json", "into a file"),
        ("config pull pc-main-1a2b3c", "onto the terminal"),
    ),
    "config diff": (
        ("config diff fallback.json pc-main-1a2b3c", "a file against what is saved"),
        ("config diff fallback.json pc-main-1a2b3c --json", "for a program"),
    ),
    "config list": (
        ("config list", "of the workspace used here"),
        ("config list --versions pc-main-1a2b3c", "one config's versions"),
    ),
    "check": (("check", "the profile used here"), ("check --all", "each of them")),
    "import": (
        ("import --name work", "the settings that are in force"),
        ("import bundle.json", "what `export` wrote on another machine"),
    ),
    "export": (
        ("export -o bundle.json", "all profiles, never a key"),
        ("export work -o work.json", "one"),
    ),
    "tray": (
        ("tray --background", "the icon; this terminal is free again"),
        ("tray --headless", "no icon: watches, and answers commands"),
    ),
    "manage": (
        ("manage", "opens your browser"),
        ("manage --no-browser", "prints the link alone, and serves"),
    ),
    "quit": (("quit", "ends tray and manager"), ("quit --json", "says whether one ran")),
    "preference": (
        ("preference", "all of them"),
        ("preference on_drift restore", "put a change by something else back by itself"),
    ),
    "autostart on": (
        ("autostart on", "from the next login"),
        ("autostart on --json", "says what was written"),
    ),
    "autostart off": (("autostart off", "not any more"), ("autostart off --json", "says what was removed")),
    "autostart status": (("autostart status", "does it?"), ("autostart status --json", "for a program")),
    "desktop install": (
        ("desktop install", "for you alone, below ~/.local/share"),
        ("desktop install --json", "says what was written"),
    ),
    "desktop remove": (("desktop remove", "as it was"), ("desktop remove --json", "says what was removed")),
    "uninstall": (
        ("uninstall --dry-run", "what would go"),
        ("uninstall --yes --keep-keys", "for a script; stored keys stay"),
    ),
    "statusline": (
        ("statusline", "what Claude Code runs, with what it says on standard input"),
        ("statusline --json", "for a program"),
    ),
    "statusline on": (("statusline on", "below each session's prompt"), ("statusline off", "and back")),
    "statusline off": (("statusline off", "your own comes back"), ("statusline on", "and again")),
    "statusline status": (
        ("statusline status", "is it shown?"),
        ("statusline status --json", "for a program"),
    ),
    "doctor": (
        ("doctor", "looks, and writes nothing"),
        ("doctor --fix", "does the safe remedies, after showing them"),
    ),
    "schema": (("schema", "onto the terminal"), ("schema > profile.schema.json", "for your editor")),
    "completion": (
        ('eval "$(pkcc-tray completion bash)"', "in ~/.bashrc"),
        ("pkcc-tray completion fish | source", "in config.fish"),
    ),
    "demo": (
        ("demo", "in a temporary home: nothing of yours is touched"),
        ("demo --fast", "without waiting for Enter"),
    ),
}


def commands(words: str) -> list[tuple[str, str]]:
    """The examples of that command as they are typed, each with what it does."""
    return [
        (line if "pkcc-tray" in line else f"pkcc-tray {line}", what) for line, what in EXAMPLES.get(words, ())
    ]
