"""What a gateway key can ask of its account: one table, with the right (scope) that each needs. Pure.

From Portkey's published API document and its page on scopes; which of them an edition answers, `editions`
knows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar

from profiles.base.hashing import digest
from profiles.gateway.account.records.budgets import read_policy, read_policy_use
from profiles.gateway.account.records.offered import (
    read_config,
    read_config_body,
    read_created,
    read_model,
    read_provider,
    read_updated,
    read_version,
)
from profiles.gateway.account.records.spent import read_graph, read_price, read_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.gateway.account.records.row import Row

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Call(NamedTuple, Generic[T_co]):
    """One question. `path` comes behind `/v1`, with `{}` for the name of what is asked about.

    `part` is what an edition must list to answer it, "" for models; `may` is what the scope allows, in words;
    `read` makes a record of the answer, or of each object in its field `rows`. Answers with `private` parts
    are never kept. `plan` says why else it may be refused.
    """

    name: str
    path: str
    part: str
    scope: str
    may: str
    read: Callable[[Row], T_co]
    rows: str = ""
    paging: Literal["", "page", "offset"] = ""
    method: Literal["GET", "POST", "PUT"] = "GET"
    private: bool = False
    plan: str = ""


class Question(NamedTuple, Generic[T_co]):
    """A call with what its path and query name; `about` says in words what is asked about, "" for a list.

    `moment` is that part of the query which changes with the clock: the answer to the same question a minute
    later takes its place.
    """

    call: Call[T_co]
    names: tuple[str, ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    moment: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    about: str = ""

    @property
    def kept_as(self) -> str:
        """The name of its answer, such as `providers` or `group-user-5f0c2a91`."""
        parts = [*self.names, *(f"{name}={value}" for name, value in self.query)]
        text = "\n".join(parts).encode("utf-8", "surrogatepass")
        return f"{self.call.name}-{digest(text, size=8)}" if parts else self.call.name


_ENTERPRISE = "Policies come with Portkey's Enterprise plan."
_ANALYTICS = "Some plans have no analytics, and an organisation may keep them from members."

MODELS = Call("models", "/models", "", "models.list", "list models", read_model, "data", "offset")
ONE_MODEL = MODELS._replace(name="one-model", paging="")
PROVIDERS = Call(
    "providers", "/providers", "providers", "providers.list", "list providers", read_provider, "data", "page"
)
PROVIDER = Call("provider", "/providers/{}", "providers", "providers.read", "read a provider", read_provider)
CONFIGS = Call("configs", "/configs", "configs", "configs.list", "list configs", read_config, "data")
CONFIG = Call(
    "config", "/configs/{}", "configs", "configs.read", "read a config", read_config_body, private=True
)
VERSIONS = Call(
    "versions", "/configs/{}/versions", "configs", "configs.read", "read a config's versions", read_version,
    "data", private=True,
)  # fmt: skip
CREATE_CONFIG = Call(
    "create", "/configs", "configs", "configs.create", "create configs", read_created, method="POST",
    private=True,
)  # fmt: skip
UPDATE_CONFIG = Call(
    "update", "/configs/{}", "configs", "configs.update", "change configs", read_updated, method="PUT",
    private=True,
)  # fmt: skip
POLICIES = Call(
    "policies", "/policies/usage-limits", "policies", "policies.list", "list usage policies", read_policy,
    "data", "page", plan=_ENTERPRISE,
)  # fmt: skip
POLICY_USE = Call(
    "policy-use", "/policies/usage-limits/{}/entities", "policies", "policies.read",
    "read what a policy has counted", read_policy_use, "data", "page", plan=_ENTERPRISE,
)  # fmt: skip
GRAPHS = {
    kind: Call(
        f"graph-{kind}", f"/analytics/graphs/{kind}", "analytics", "analytics.view", "see what was spent",
        read_graph, plan=_ANALYTICS,
    )
    for kind in ("cost", "requests", "tokens")
}  # fmt: skip
_GROUPS = {
    "model": ("ai-models", "ai_model"),
    "user": ("users", "user"),
    "metadata": ("metadata/{}", "metadata_value"),
}
GROUPS = {
    by: Call(
        f"group-{by}", f"/analytics/groups/{path}", "analytics", "analytics.view", "see what was spent",
        partial(read_share, by=field), "data", "page", plan=_ANALYTICS,
    )
    for by, (path, field) in _GROUPS.items()
}  # fmt: skip
PRICE = Call("price", "/model-configs/pricing/{}/{}", "", "", "", read_price)  # at the root, without a key
CALLS: tuple[Call[Any], ...] = (
    MODELS, ONE_MODEL, PROVIDERS, PROVIDER, CONFIGS, CONFIG, VERSIONS, CREATE_CONFIG, UPDATE_CONFIG,
    POLICIES, POLICY_USE, *GRAPHS.values(), *GROUPS.values(), PRICE,
)  # fmt: skip
