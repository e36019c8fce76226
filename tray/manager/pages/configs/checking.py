"""What is found in a draft, by the rules of the gateway that it goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.account.configs.draft import check_draft, is_self_hosted

if TYPE_CHECKING:
    from tray.actions.account.configs.draft import CheckedDraft
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.site import Site


def checked(site: Site, draft: ConfigDraft) -> CheckedDraft:
    """All that is found in it."""
    kind, profile = draft.source.kind, draft.source.profile
    # Only these go along with each request; what is saved at Portkey is checked by Portkey's rules.
    own_gateway = kind in ("file", "held") and is_self_hosted(site.app, profile)
    return check_draft(draft.config, self_hosted=own_gateway, inline=kind == "held")


def is_refused(site: Site, draft: ConfigDraft) -> bool:
    """Whether it is too wrong to be saved: the builder then says what is."""
    draft.tried = checked(site, draft).is_wrong
    return draft.tried
