"""Top-level keys that make Claude Code leave out a whole settings file, by the type of their value.

Seen with client 2.1.332, one key at a time. A file of which one value may be wrong proves nothing: only
what is surely read may hide what a less specific file says. Loaded only where a project's file has such keys.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.owned_slots import HELPER_KEY

if TYPE_CHECKING:
    from typing import Any

# Kinds of values that are kept: null, string, integer, boolean, list, object. Of lists and objects only empty
# ones are known to be.
_KEPT = {
    "s": (
        "$schema advisorModel agent apiKeyHelper attributionProject autoMemoryDirectory awsAuthRefresh "
        "awsCredentialExport claudeMd downloadsMirrorUrl gcpAuthRefresh language minimumVersion model "
        "modelCatalogPublicKey modelCatalogUrl otelHeadersHelper outputStyle plansDirectory "
        "pluginTrustMessage prUrlTemplate proxyAuthHelper requiredMaximumVersion requiredMinimumVersion "
        "timeFormat timeZone"
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
        "disabledMcpjsonServers enabledMcpjsonServers fallbackModel httpHookAllowedEnvVars "
        "pluginSuggestionMarketplaces sshConfigs"
    ),
    "nl": "allowedMarketplaces blockedMarketplaces strictKnownMarketplaces",
    "bo": "attribution",
    "": (
        "autoUpdatesChannel daemonColdStart defaultShell env fileSuggestion managedSourcesBehavior "
        "parentSettingsBehavior spinnerVerbs statusLine totalTokensReminder tui workflowSizeGuideline"
    ),
    "o": (
        "breakReminder enabledPlugins modelOverrides permissions pluginConfigs quietHours remote "
        "remoteTools sandbox skillOverrides voice worktree"
    ),
    "i": (
        "cleanupPeriodDays desktopSessionCleanupPeriodDays feedbackSurveyRate skillListingBudgetFraction "
        "skillListingMaxDescChars totalTokensReminderBudget"
    ),
    "n": "disableAutoMode feedbackDrafts",
    "sl": "forceLoginOrgUUID",
}
_KINDS_OF = {name: kinds for kinds, names in _KEPT.items() for name in names.split()}


def is_surely_read(root: dict[str, Any]) -> bool:
    """Whether nothing in a settings file could make the client leave it out."""
    return all(_is_harmless(key, value) for key, value in root.items())


def _is_harmless(key: str, value: Any) -> bool:
    if key == "env":
        return isinstance(value, dict)
    if key in _INSIDE and value:
        return _INSIDE[key](value)
    kind = _kind_of(value)
    if kind == "i" or (kind in "lo" and value) or (kind == "s" and not value and key != HELPER_KEY):
        return False  # there may be limits, or more to be wrong inside
    return kind in _KINDS_OF.get(key, "")


def _kind_of(value: Any) -> str:
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, dict):
        return "o"
    if isinstance(value, list):
        return "l"
    return "s" if type(value) is str else "i"  # a number is a kind of text here: see `sources`


def _are_rules(value: Any) -> bool:
    return isinstance(value, dict) and all(
        (name in ("allow", "deny", "ask", "additionalDirectories") and _are_texts(rules))
        or (name == "defaultMode" and type(rules) is str and rules in _MODES)
        for name, rules in value.items()
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(type(each) is str for each in value)


def _are_hooks(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(entries, list) and all(map(_is_hook_entry, entries)) for entries in value.values()
    )


def _is_hook_entry(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {*value} <= {"matcher", "hooks"}
        and type(value.get("matcher", "")) is str
        and isinstance(value.get("hooks"), list)
        and all(map(_is_hook, value["hooks"]))
    )


def _is_hook(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and {*value} <= {"type", "command"}
        and value.get("type") == "command"
        and type(value.get("command")) is str
    )


def _are_switches(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, bool) for each in value.values())


def _is_status_line(value: Any) -> bool:
    return _is_hook(value)


_MODES = frozenset({"default", "acceptEdits", "plan", "bypassPermissions", "dontAsk", "auto"})
_INSIDE = {
    "enabledMcpjsonServers": _are_texts,
    "disabledMcpjsonServers": _are_texts,
    "permissions": _are_rules,
    "hooks": _are_hooks,
    "enabledPlugins": _are_switches,
    "statusLine": _is_status_line,
}
