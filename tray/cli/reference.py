"""What holds for every command, said once: its help, the manual pages and the documentation show it."""

from __future__ import annotations

from profiles.base.locations import (
    CLAUDE_DIR_VARIABLE,
    CONFIG_DIR_VARIABLE,
    IDENTITY_VARIABLE,
    PASSPHRASE_VARIABLE,
    PROFILE_VARIABLE,
    SECRETS_VARIABLE,
)

COMMON_OPTIONS = (
    ("--json", "machine-readable output"),
    ("--config-dir DIR", "keep profiles, keys and state in DIR (or set PKCC_CONFIG_DIR)"),
    ("--settings FILE", "Claude Code's settings file, if it is not ~/.claude/settings.json"),
    ("--debug", "show a traceback with an error (secrets stay masked)"),
    ("--version, -V", "the version, and nothing else"),
)
EXIT_CODES = (
    ("0", "done"),
    ("1", "failed"),
    ("2", "wrong usage"),
    ("3", "no such profile, key, project or saved config"),
    ("4", "a conflict, such as a change by something else; or the administrator does not allow it"),
    ("5", "a secret is not available"),
    ("6", "the gateway refused"),
    ("7", "the key would go to a stranger; it was not given"),
)
ENVIRONMENT = (
    (CONFIG_DIR_VARIABLE, "keep profiles, keys and state in this directory, as `--config-dir` does"),
    (SECRETS_VARIABLE, "where new keys go: `auto`, `keyring` or `vault` (made without asking)"),
    (PASSPHRASE_VARIABLE, "opens a vault that was made with `--unlock passphrase`"),
    (IDENTITY_VARIABLE, "opens a vault that was made with `--unlock environment`: an age identity"),
    (PROFILE_VARIABLE, "set by `exec` for what it runs: the profile that is used there"),
    (CLAUDE_DIR_VARIABLE, "Claude Code's own: the directory of the settings that are changed"),
    ("NO_COLOR", "no colours"),
    ("PKCC_PLAIN, ACCESSIBLE", "1: numbered lists instead of moving ones, no spinner: for screen readers"),
    ("VISUAL, EDITOR", "the editor of `edit`"),
)
FILES = (
    ("~/.config/pkcc-tray/profiles/", "a file for each profile; no key in it"),
    ("~/.config/pkcc-tray/preferences.json", "pkcc-tray's own options"),
    ("~/.local/state/pkcc-tray/", "what `undo` and `off` need, and the tray's log"),
    ("~/.local/share/pkcc-tray/vault/", "keys, encrypted, where there is no keyring"),
    ("/etc/pkcc-tray/policy.json", "what an administrator decides; `policy show` says it"),
    ("~/.claude/settings.json", "Claude Code's settings, in which only the values of the route are changed"),
)
CORE = ("add", "switch", "list", "status", "off", "undo", "check", "doctor")  # what `--help` shows first
