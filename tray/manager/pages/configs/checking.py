"""What is found in a draft, by the rules of the gateway that it goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.gateway.account.names import is_managed
from tray.actions.account.configs.draft import check_draft

if TYPE_CHECKING:
    from tray.actions.account.configs.draft import CheckedDraft
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.site import Site


def checked(site: Site, draft: ConfigDraft) -> CheckedDraft:
    """All that is found in it."""
    is_held = draft.source.kind == "held"
    return check_draft(draft.config, self_hosted=_self_hosted(site, draft), inline=is_held)


def is_refused(site: Site, draft: ConfigDraft) -> bool:
    """Whether it is too wrong to be saved: the builder then says what is."""
    draft.tried = checked(site, draft).is_wrong
    return draft.tried


def _self_hosted(site: Site, draft: ConfigDraft) -> bool:
    """Whether the config goes along to a gateway that, as far as is known, is the open-source one."""
    app, name = site.app, draft.source.profile
    if draft.source.kind not in ("file", "held") or name not in app.store.names():
        return False
    return not is_managed(app.locations, app.store.rendered(name))
