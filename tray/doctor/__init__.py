"""Everything that can be wrong, a file for each area; each check is a function of the context.

A new area (registered projects, say) is a module whose functions `(Context) -> Iterator[Finding]` stand in
`CHECKS`. A check looks and writes nothing; it takes at most a few seconds and calls no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.doctor.checks import (
    client,
    desktop,
    exposure,
    guard,
    helper,
    keys,
    machine,
    network,
    route,
    settings_file,
    winners,
)
from tray.doctor.checks.profiles import models_and_headers as carried
from tray.doctor.checks.profiles import profile_files
from tray.doctor.checks.teams import catalogs
from tray.doctor.checks.teams import managed_settings as managed
from tray.doctor.context import Context
from tray.doctor.examine import examine, worst_first
from tray.doctor.finding import Finding

if TYPE_CHECKING:
    from tray.doctor.examine import Check

__all__ = ["CHECKS", "Context", "Finding", "examine", "worst_first"]

CHECKS: tuple[Check, ...] = (
    settings_file.readable_settings, settings_file.remembered, settings_file.crash_leftovers,
    settings_file.stale_lock, settings_file.outside_changes, settings_file.blanks,
    winners.winning_files, winners.project_proxies, winners.winning_variables, winners.shell_flags,
    winners.settings_flags, winners.client_directory, winners.editor_settings,
    route.base_url, route.project_id, route.portkey_route, route.authentication, route.own_login,
    route.first_run, route.placeholders, route.other_places,
    carried.models, carried.other_models, carried.bedrock_models, carried.glued_lines, carried.not_texts,
    carried.headers,
    guard.guard_off, guard.refused_here, guard.refused_lately, guard.trusted,
    helper.helper_program, helper.helper_speed,
    exposure.exposed_secrets, exposure.synced_vault,
    keys.keyring, keys.profile_keys, keys.vault,
    profile_files.broken_profiles, profile_files.journal, profile_files.open_profiles, profile_files.advice,
    catalogs.catalogs, catalogs.required_metadata,
    client.client, client.own_starts, client.status_line,
    network.proxies, network.certificates,
    machine.writable_places, machine.clock, machine.installations, machine.new_version, machine.wsl_mixing,
    machine.policy, machine.against_policy, machine.pins_against_policy,
    managed.half_managed, managed.required_login, managed.policy_program,
    desktop.tray_host, desktop.outside_changes, desktop.login,
)  # fmt: skip
