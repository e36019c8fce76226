"""What makes Claude Code leave out a whole settings file: one value of a type that it does not expect.

Seen with client 2.1.332; `tests/e2e/test_dropped_files.py` holds each rule to the installed client. In
managed settings only that one value is left out. Named is what is surely wrong; `surely_read` is stricter.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

# Kinds of values that are kept: null, string, integer, boolean, list, object. Of lists and objects only empty
# ones are known to be.
_KEPT = {
    "s": (
        "$schema advisorModel agent apiKeyHelper attributionProject autoMemoryDirectory awsAuthRefresh "
        "awsCredentialExport claudeMd downloadsMirrorUrl gcpAuthRefresh language minimumVersion model "
        "modelCatalogPublicKey modelCatalogUrl otelHeadersHelper outputStyle plansDirectory "
        "pluginTrustMessage processWrapper prUrlTemplate proxyAuthHelper requiredMaximumVersion "
        "requiredMinimumVersion timeFormat timeZone"
    ),
    "nsiblo": (
        "additionalDirectoryConfigRoots additionalMarketplaces allowedMcpServers allowedProviders "
        "appendPlugins askUserQuestionTimeout attributionProjectPolicy autoCompactOfferAnswer "
        "autoCompactRaisedForLoad autoCompactWindow availableModelsMatch bashOutputMaxChars "
        "crossSessionInbound deniedMcpServers deniedModels desktopMcpServersListScope dialogExpiry "
        "editorMode effortLevel extraKnownMarketplaces footerLinksRegexes forceLoginGatewayUrl "
        "forceLoginMethod gatewayInternalNetworks hooks keybindingFlavor managedMcpServers maxEffortLevel "
        "maxProseWidth modelPicker modelPricing modelProposedGoals modelSettings policyHelper "
        "policyHelpers precomputeArmTokens preferredNotifChannel prependPlugins promptCacheTtl "
        "remoteControl remoteMessageReceipts spellcheck spinnerTipsOverride sshHostCommands "
        "strictPluginOnlyCustomization subagentPromptCacheTtl subagentStatusLine taskOutputMaxChars "
        "teammateMode theme ultracode viewMode vimInsertModeRemaps xaaIdp"
    ),
    "b": (
        "agentPushNotifEnabled allowAllClaudeAiMcps allowClaudeInChromeWithManagedMcp "
        "allowNestedModelAccessUnderForceLogin alwaysThinkingEnabled autoCompactEnabled autoDreamEnabled "
        "autoMemoryEnabled autoScrollEnabled awaySummaryEnabled bashEditDiffEnabled "
        "clawdFileProgressEnabled disableAllHooks disableReplyCheck doneMeansMerged "
        "emojiCompletionEnabled fastMode forceRemoteSettingsRefresh idleCompaction includeCoAuthoredBy "
        "includeGitInstructions inputNeededNotifEnabled precomputeCompactionEnabled prefersReducedMotion "
        "promptSuggestionEnabled respectGitignore respondToBashCommands showClearContextOnPlanAccept "
        "showMessageTimestamps showThinkingSummaries showTurnDuration spinnerTipsEnabled "
        "switchModelsOnFlag syntaxHighlightingDisabled terminalProgressBarEnabled terminalTitleFromRename "
        "todoFeatureEnabled totalTokensReminderAfterUserTurn verbose wheelScrollAccelerationEnabled "
        "workflowKeywordTriggerEnabled wslInheritsWindowsSettings"
    ),
    "nb": (
        "allowManagedHooksOnly allowManagedMcpServersOnly allowManagedPermissionRulesOnly "
        "autoContinueAtUsageLimit autoUploadSessions channelsEnabled disableAgentView disableArtifact "
        "disableBundledSkills disableClaudeAiConnectors disableCommandPluginSources "
        "disableDirectMcpSkills disableRemoteControl disableSideloadFlags disableSkillShellExecution "
        "disableWindowsBashCommandSplit disableWorkflows enableAllProjectMcpServers enableArtifact "
        "enableWorkflows enforceAvailableModels fastModePerSessionOptIn fileCheckpointingEnabled "
        "isolatePeerMachines remoteControlAtStartup responseComparisonEnabled "
        "skipDangerousModePermissionPrompt skipWebFetchPreflight skipWorkflowUsageWarning "
        "syncClaudeAiPlugins syncClaudeAiSkills"
    ),
    "l": (
        "allowedChannelPlugins allowedHttpHookUrls availableModels claudeMdExcludes companyAnnouncements "
        "fallbackModel httpHookAllowedEnvVars "
        "pluginSuggestionMarketplaces sshConfigs"
    ),
    "nl": "allowedMarketplaces blockedMarketplaces strictKnownMarketplaces",
    "bo": "attribution",
    "o": (
        "breakReminder enabledPlugins env fileSuggestion modelOverrides permissions pluginConfigs quietHours "
        "remote remoteTools sandbox skillOverrides spinnerVerbs statusLine voice worktree"
    ),
    "i": (
        "cleanupPeriodDays desktopSessionCleanupPeriodDays feedbackSurveyRate skillListingBudgetFraction "
        "skillListingMaxDescChars totalTokensReminderBudget"
    ),
    "sl": "disabledMcpjsonServers enabledMcpjsonServers forceLoginOrgUUID",
}
KINDS_OF = {name: kinds for kinds, names in _KEPT.items() for name in names.split()}

# Texts of which one must stand there; with `n`, null may.
ONE_OF = {
    "autoUpdatesChannel": "latest stable rc",
    "daemonColdStart": "transient ask",
    "defaultShell": "bash powershell",
    "disableAutoMode": "disable",
    "feedbackDrafts": "notify quiet off",
    "managedSourcesBehavior": "first-wins merge",
    "parentSettingsBehavior": "first-wins merge",
    "totalTokensReminder": "off infinite fixed countdown padded-countdown",
    "tui": "default fullscreen",
    "workflowSizeGuideline": "unrestricted small medium large",
    "permissions.defaultMode": "acceptEdits auto bypassPermissions default dontAsk plan",
    "permissions.disableAutoMode": "disable",
    "permissions.disableBypassPermissionsMode": "disable",
    "spinnerVerbs.mode": "append replace",
    "fileSuggestion.type": "command",
    "statusLine.type": "command",
}
NULL_TOO = ("disableAutoMode", "feedbackDrafts")
# Parts of objects: their kinds where they are there, and those that must be.
PARTS = {
    "permissions.allow": "l",
    "permissions.deny": "l",
    "permissions.ask": "l",
    "permissions.additionalDirectories": "l",
    "statusLine.command": "s",
    "statusLine.padding": "i",
    "fileSuggestion.command": "s",
    "spinnerVerbs.verbs": "l",
}
NEEDED = {
    "statusLine": ("type", "command"),
    "fileSuggestion": ("type", "command"),
    "spinnerVerbs": ("mode", "verbs"),
}
# Lists of texts, and objects whose every value is a text.
TEXTS_IN = (
    *("availableModels", "claudeMdExcludes", "companyAnnouncements", "fallbackModel", "modelOverrides"),
    *("disabledMcpjsonServers", "enabledMcpjsonServers", "permissions.additionalDirectories"),
)
# Hooks that guard something: where one of them cannot be loaded, nothing of the file counts.
GUARDING = ("PreToolUse", "PermissionRequest")
_HOOK_TYPES = {"command": "command", "prompt": "prompt", "agent": "prompt", "http": "url", "mcp_tool": ""}
_ANY = "nsiblo"
_NUMBER = 0
_IN_WORDS = ("null", "text in quotes", "a number", "true or false", "a list", "an object")
_WORDS = dict(zip(_ANY, _IN_WORDS, strict=True))


def wrong_keys(root: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong first in each top-level value that has something: `model must be text in quotes`."""
    found = {key: next(_wrong(key, value), "") for key, value in root.items()}
    return {key: words for key, words in found.items() if words}


def needs_a_look(key: str) -> bool:
    """Whether any value of that top-level key could have the client leave the file out."""
    return key in ONE_OF or key == "hooks" or KINDS_OF.get(key, _ANY) != _ANY


def kind_of(value: object) -> str:
    """The letter of a value's kind; numbers are a kind of text of their own: see `client_reading`."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, dict):
        return "o"
    if isinstance(value, list):
        return "l"
    return "s" if type(value) is str else "i"


def in_words(kinds: str) -> str:
    """Those kinds, as `text in quotes or a list` for "sl"."""
    return " or ".join(_WORDS[kind] for kind in kinds)


def _wrong(key: str, value: Any) -> Iterator[str]:
    """What is surely wrong with the value of a top-level key."""
    if key in ONE_OF:
        if not (value is None and key in NULL_TOO):
            yield from _not_one_of(key, value)
    elif key == "hooks":
        for event in GUARDING:
            if isinstance(value, dict) and value.get(event) is not None:
                yield from _wrong_hooks(f"hooks.{event}", value[event])
    elif key in KINDS_OF and kind_of(value) not in KINDS_OF[key]:
        yield _must_be(key, KINDS_OF[key])
    elif key == "enabledPlugins":
        yield from (
            f"enabledPlugins.{name} must be true or false"
            for name, each in value.items()
            if not _is_plugin(each)
        )
    elif isinstance(value, dict):
        yield from _wrong_parts(key, value)
    if key in TEXTS_IN:
        yield from _not_texts(key, value)


def _wrong_parts(key: str, value: dict[str, Any]) -> Iterator[str]:
    for name in NEEDED.get(key, ()):
        if name not in value:
            yield f"{key}.{name} is missing"
    for name, each in value.items():
        path = f"{key}.{name}"
        if path in ONE_OF:
            yield from _not_one_of(path, each)
        elif path in PARTS and kind_of(each) not in PARTS[path]:
            yield _must_be(path, PARTS[path])
        elif path in TEXTS_IN:
            yield from _not_texts(path, each)


def _wrong_hooks(path: str, entries: Any) -> Iterator[str]:
    if not isinstance(entries, list):
        yield _must_be(path, "l")
        return
    for place, entry in enumerate(entries):
        here = f"{path}.{place}"
        if not isinstance(entry, dict):
            yield _must_be(here, "o")
        elif type(entry.get("matcher", "")) is not str:
            yield _must_be(f"{here}.matcher", "s")
        elif not isinstance(entry.get("hooks"), list):
            yield _must_be(f"{here}.hooks", "l")
        else:
            yield from (
                words
                for n, hook in enumerate(entry["hooks"])
                for words in _wrong_hook(f"{here}.hooks.{n}", hook)
            )


def _wrong_hook(path: str, hook: Any) -> Iterator[str]:
    if not isinstance(hook, dict):
        yield _must_be(path, "o")
        return
    kind = hook.get("type")
    if type(kind) is not str or kind not in _HOOK_TYPES:
        yield f"{path}.type must be one of {', '.join(_HOOK_TYPES)}"
    elif _HOOK_TYPES[kind] and type(hook.get(_HOOK_TYPES[kind])) is not str:
        yield _must_be(f"{path}.{_HOOK_TYPES[kind]}", "s")
    elif kind_of(hook.get("timeout", _NUMBER)) != "i":
        yield _must_be(f"{path}.timeout", "i")


def _not_one_of(path: str, value: Any) -> Iterator[str]:
    if type(value) is not str or value not in ONE_OF[path].split():
        yield f"{path} must be one of {', '.join(ONE_OF[path].split())}"


def _not_texts(path: str, value: Any) -> Iterator[str]:
    parts = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    yield from (_must_be(f"{path}.{name}", "s") for name, each in parts if type(each) is not str)


def _must_be(path: str, kinds: str) -> str:
    return f"{path} must be {in_words(kinds)}"


def _is_plugin(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, list) and all(type(each) is str for each in value))
