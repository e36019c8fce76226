"""Managers of secrets written after their programs' documentation, and not run by our tests: rows. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_references.manager_row import SPACED, WORD, Manager

if TYPE_CHECKING:
    from collections.abc import Mapping

_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def _gcp(parts: Mapping[str, str]) -> list[str]:
    named = [f"--secret={parts['name']}", f"--project={parts['project']}", "--quiet"]
    return ["secrets", "versions", "access", parts.get("version", "latest"), *named]


def _azure(parts: Mapping[str, str]) -> list[str]:
    version = [f"--version={parts['version']}"] if "version" in parts else []
    named = [f"--vault-name={parts['vault']}", f"--name={parts['name']}", *version]
    return ["keyvault", "secret", "show", *named, "--query=value", "--output=json"]


def _doppler(parts: Mapping[str, str]) -> list[str]:
    place = [f"--project={parts['project']}", f"--config={parts['config']}"]
    return ["secrets", "get", parts["name"], "--plain", *place, "--no-check-version"]


def _infisical(parts: Mapping[str, str]) -> list[str]:
    place = [f"--projectId={parts['project']}", f"--env={parts['env']}"]
    path = [f"--path={parts['path']}"] if "path" in parts else []
    return ["secrets", "get", parts["name"], *place, *path, "--plain", "--silent"]


def _always(parts: Mapping[str, str]) -> bool:  # noqa: ARG001
    return True


DOCUMENTED = (
    Manager(
        scheme="op",
        form="op://vault/item/field",
        needs="vault, item and field",
        body=r"[^/]+(?:/[^/]+){2,}",
        verbatim=True,
        programs={"op": "1Password"},
        arguments=lambda parts: ["read", parts["reference"]],
        sign_in="`op signin`",
        changed="Change it in 1Password",
        steered_by={"OP_CONNECT_": "", "OP_CONFIG_DIR": ""},
        limit_s=30.0,  # it may ask for a fingerprint meanwhile
        may_ask=True,
    ),
    Manager(
        scheme="gcp-secret",
        form="gcp-secret://PROJECT/NAME",
        needs="project and name",
        body=r"(?P<project>[a-z][a-z0-9-]{4,28}[a-z0-9])/(?P<name>[A-Za-z0-9_][A-Za-z0-9_-]{0,254})",
        key=WORD,
        options={"version": r"\d{1,9}|latest"},
        programs={"gcloud": "Google Secret Manager"},
        arguments=_gcp,
        steered_by={"CLOUDSDK_": ""},
        sign_in="`gcloud auth login`",
        changed="`gcloud secrets versions add {name} --project={project} --data-file=-` reads it",
        whole=_always,
    ),
    Manager(
        scheme="azure-secret",
        form="azure-secret://VAULT/NAME",
        needs="vault and name",
        body=r"(?P<vault>[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9])/(?P<name>[A-Za-z0-9][A-Za-z0-9-]{0,126})",
        key=WORD,
        options={"version": r"[0-9a-f]{32}"},
        programs={"az": "Azure Key Vault"},
        arguments=_azure,
        steered_by={"AZURE_": ""},
        reads="json",
        sign_in="`az login`",
        changed="`az keyvault secret set --vault-name {vault} --name {name} --file FILE` changes it",
        whole=_always,
    ),
    Manager(
        scheme="bws",
        form="bws:UUID",
        needs="the secret's id",
        body=rf"(?P<id>{_UUID})",
        programs={"bws": "Bitwarden Secrets Manager"},
        arguments=lambda parts: ["secret", "get", parts["id"], "--output=json"],
        reads="json",
        inside="value",
        sign_in="Set BWS_ACCESS_TOKEN where Claude Code is started",
        changed="Change it in Bitwarden Secrets Manager",
        steered_by={"BWS_": ""},
        limit_s=30.0,
    ),
    Manager(
        scheme="keeper",
        form="keeper://UID/field/password",
        needs="a record's UID, `field` or `custom_field`, and the field's name",
        body=rf"(?P<uid>[A-Za-z0-9_-]{{22}})/(?P<kind>field|custom_field)/(?P<field>{SPACED})",
        programs={"ksm": "Keeper Secrets Manager"},
        arguments=lambda parts: ["secret", "notation", "--", parts["reference"]],
        sign_in="`ksm profile init`",
        changed="Change it in Keeper",
        steered_by={"KSM_": ""},
    ),
    Manager(
        scheme="pass",
        form="pass://VAULT/ITEM/FIELD",
        needs="vault, item and field",
        body=rf"(?P<vault>{SPACED})/(?P<item>{SPACED})/(?P<field>{SPACED})",
        programs={"pass-cli": "Proton Pass"},
        arguments=lambda parts: ["item", "view", "--", parts["reference"]],
        sign_in="`pass-cli login`",
        changed="Change it in Proton Pass",
        steered_by={"PROTON_PASS_": ""},
    ),
    Manager(
        scheme="doppler",
        form="doppler://PROJECT/CONFIG/NAME",
        needs="project, config and name",
        body=rf"(?P<project>{WORD})/(?P<config>{WORD})/(?P<name>{WORD})",
        programs={"doppler": "Doppler"},
        arguments=_doppler,
        steered_by={"DOPPLER_": ""},
        sign_in="`doppler login`",
        changed="`doppler secrets set {name} --project={project} --config={config}` reads it from its input",
        whole=_always,
    ),
    Manager(
        scheme="infisical",
        form="infisical://PROJECT_ID/ENV/NAME",
        needs="project id, environment and name",
        body=rf"(?P<project>{WORD})/(?P<env>{WORD})/(?P<name>{WORD})",
        options={"path": rf"/|(?:/{WORD})+"},
        programs={"infisical": "Infisical"},
        arguments=_infisical,
        sign_in="`infisical login`",
        changed="Change it in Infisical",
        steered_by={"INFISICAL_": ""},
    ),
)
