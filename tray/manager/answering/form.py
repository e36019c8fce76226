"""What a form sent, and how it is carried out: session, token, one at a time, errors in words."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse

from profiles.base.errors import PkccError
from tray.actions.catalogs.after_change import writing_owed_after
from tray.manager.access.sessions import Flash
from tray.manager.answering.page import is_page, lone, note_use, session_of, site_of
from tray.manager.views.fields import typed_pairs
from tray.terminal.output import unforeseen

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.page import Answering
    from tray.manager.site import Site

_QUOTES = "\"'`"


async def sent(request: Request) -> bytes:
    """What a request sent. More than is taken is refused."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(413) from None


class Form:
    """What was typed, spaces around it dropped. `request`: what it came by, to show its page again."""

    def __init__(self, request: Request, fields: dict[str, list[str]]) -> None:
        self.request = request
        self._fields = fields

    @classmethod
    async def of(cls, request: Request) -> Form:
        """What a request sent. More than is taken is refused."""
        body = await sent(request)
        try:
            typed = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=2000)
        except ValueError:
            raise HTTPException(413) from None
        request.state.typed = typed
        return cls(request, typed)

    def text(self, name: str) -> str:
        """A field's text, "" where there is none."""
        return self.as_typed(name).strip()

    def as_typed(self, name: str) -> str:
        """A field's text with the spaces around it, as a passphrase may have some."""
        return (self._fields.get(name) or [""])[-1]

    def texts(self, name: str) -> list[str]:
        """All texts of a field that may be there several times."""
        return self._fields.get(name, [])

    def names(self) -> list[str]:
        """The names of the fields that were sent."""
        return list(self._fields)

    def pasted(self, name: str) -> str:
        """A field's text without the quotes and line ends that came along when it was copied."""
        text = "".join(self.text(name).splitlines())
        while len(text) > 1 and text[0] == text[-1] and text[0] in _QUOTES:
            text = text[1:-1].strip()
        return text

    def is_ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self._fields

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """The rows of a field of pairs in which anything was typed."""
        return typed_pairs(self._fields, name)


def form(carry_out: Callable[[Site, Session, Form], str | Response], *, in_turn: bool = True) -> Answering:
    """The handler of a form: carried out once, in a thread; then the page whose address `carry_out` returns.

    What it raises is what the page says first that the form was sent from. To say what is wrong with a
    field, `carry_out` returns that page itself: `in_shell(site, session, fields.request, …, errors=…)`.
    It waits until no other action is at work, but for one that is not `in_turn`.
    """

    async def answer(request: Request) -> Response:
        site, session = site_of(request), session_of(request)
        if session is None:
            return lone("ended", 403, sent=True)
        fields = await Form.of(request)
        taken = session.take_form(fields.text("token"))
        if taken == "unknown":
            return lone("stale", 403)
        note_use(site, session)
        session.sent_at = session.used_at
        if taken == "used":
            session.tell(Flash("info", "That was sent twice", ("It was carried out once.",)))
            return RedirectResponse("/", 303)
        done = await run_in_threadpool(_carried_out, carry_out, in_turn, site, session, fields)
        return RedirectResponse(done, 303) if isinstance(done, str) else done

    return answer


def changing(carry_out: Callable[[Site, Session, Form], str | Response]) -> Answering:
    """As `form`, of one that changes something: settings that owe a catalog something are written then.

    Not where its page is shown again: then nothing was done. What is done as a job is `Jobs.change`.
    """

    def carried_out(site: Site, session: Session, fields: Form) -> str | Response:
        with writing_owed_after(site.app) as owing:
            done = carry_out(site, session, fields)
            if not isinstance(done, str):
                owing.clear()
        return done

    return form(carried_out)


def _carried_out(
    carry_out: Callable[[Site, Session, Form], str | Response],
    in_turn: bool,
    site: Site,
    session: Session,
    fields: Form,
) -> str | Response:
    try:
        with site.lock if in_turn else nullcontext():
            if not site.sessions.is_open(session):  # somebody took over while it waited
                return lone("ended", 403, sent=True)
            return carry_out(site, session, fields)
    except PkccError as error:
        session.tell(Flash("bad", error.title, (error.hint,)))
    except Exception as error:  # noqa: BLE001 - none of its text is shown: it may hold anything
        fault = unforeseen(error)
        session.tell(Flash("bad", fault.title, (fault.hint,)))
    return page_of(fields)


def page_of(fields: Form) -> str:
    """The page that a form was sent from: what it names, or its own address; else the overview."""
    for path in (fields.text("back"), fields.request.url.path):
        if is_page(fields.request.app.routes, path):
            return path
    return "/"
