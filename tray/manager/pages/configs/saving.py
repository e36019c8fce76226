"""The builder's buttons that save a draft, and what is done about a change meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.catalogs.after_change import writing_owed_after
from tray.actions.more.keep_config import (
    NewerError,
    TakenError,
    Where,
    keep_at_portkey,
    keep_in_file,
    keep_in_profile,
)
from tray.manager.access.sessions import Flash
from tray.manager.pages.configs.listing import address_of, open_in_builder
from tray.manager.serving.drafts import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.manager.access.sessions import Session
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


def _keep(site: Site, session: Session, draft: ConfigDraft) -> str:
    """Save it where it came from on this computer."""
    source, sent = draft.source, draft.config
    try:
        if source.kind == "file":
            done = keep_in_file(site.app, sent, source.which, seen=source.mark, replace=not source.mark)
        else:
            with writing_owed_after(site.app):
                done = keep_in_profile(site.app, sent, source.which, seen=source.mark)
    except NewerError:
        draft.is_newer_there = True
        return address_of(draft.address)
    draft.kept(source._replace(mark=done.mark), sent)
    undo = "Undo" if source.kind == "held" else ""
    session.tell(Flash("ok", f"{source.name} is saved", done.notes, undo))
    return address_of(draft.address)


def _at_portkey(site: Site, session: Session, draft: ConfigDraft) -> str:  # noqa: ARG001
    """Save it over the one that was opened; a new one is asked its name first."""
    if draft.source.kind != "saved":
        return f"{address_of(draft.address)}/save"
    source = draft.source
    return pushing(site, draft, Where(source.profile, source.which, source.name, seen=source.mark))


def _mine(site: Site, session: Session, draft: ConfigDraft) -> str:
    """Save it over whatever is there now."""
    draft.source = draft.source._replace(mark="")
    return _at_portkey(site, session, draft) if draft.source.kind == "saved" else _keep(site, session, draft)


def _newer(site: Site, session: Session, draft: ConfigDraft) -> str:  # noqa: ARG001
    """Open what is there now, in place of the draft."""
    source = draft.source
    return open_in_builder(site, source.kind, source.which, source.profile, source.name, instead=draft)


def _discard(site: Site, session: Session, draft: ConfigDraft) -> str:  # noqa: ARG001
    """Back to what was read or saved last. It can be taken back."""
    draft.change(draft.was)
    draft.text = None
    session.tell(Flash("info", "Your changes are discarded", ("“Undo the last change” has them back.",)))
    return address_of(draft.address)


def _to_file(site: Site, session: Session, draft: ConfigDraft) -> str:  # noqa: ARG001
    return f"{address_of(draft.address)}/file"


SAVING: dict[str, Callable[[Site, Session, ConfigDraft], str]] = {
    "keep": _keep,
    "portkey": _at_portkey,
    "mine": _mine,
    "newer": _newer,
    "discard": _discard,
    "file": _to_file,
}


def pushing(site: Site, draft: ConfigDraft, where: Where) -> str:
    """The address that waits for it to be saved at Portkey."""
    here, sent = address_of(draft.address), draft.config

    def work(job: Job) -> str:
        job.step("Comparing with what is at Portkey" if where.id else "Saving it at Portkey")
        try:
            pushed, done = keep_at_portkey(job.app, sent, where)
        except NewerError:
            draft.is_newer_there = True
            return here
        except TakenError as error:
            job.tell(Flash("bad", error.title, (error.hint,)))
            return f"{here}/save"
        with site.lock:
            source = Source("saved", pushed.id, where.profile, pushed.name or where.name, done.mark)
            draft.kept(source, sent)
            site.drafts.move(draft, pushed.id)
        site.tell_changed()
        labels = [job.app.store.rendered(name).label or name for name in pushed.profiles]
        lines = (f"{' and '.join(labels)} use it from now on",) if labels else ()
        title = "It was saved at Portkey already" if pushed.version is None else "Saved at Portkey"
        job.tell(Flash("ok", title, (*lines, *done.notes)))
        return f"{address_of(pushed.id)}/use" if pushed.created and not labels else address_of(pushed.id)

    return site.jobs.change(f"Saving {where.name}", work, back=here)
