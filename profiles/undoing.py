"""The way back of one step: what is remembered of it, and the bytes from before. Pure."""

from __future__ import annotations

from profiles.errors import PkccError
from profiles.header_lines import FOREIGN
from profiles.json_edit import Splice, apply_splices, invert_splices
from profiles.records import TYPE_CHECKING
from profiles.sealing import seal, unseal
from profiles.settings import Settings, actual_values
from profiles.state import Step, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.edit_plan import EditPlan

_BOM = "\ufeff"


def inverse_of(settings: Settings, plan: EditPlan, kept: Mapping[str, str]) -> list[list[int | str]] | None:
    """The splices that lead back, with no secret and no header line of the user's; None without a file."""
    if settings.absent:
        return None
    if not settings.blank and plan.text == apply_splices(settings.text, plan.splices):
        inverse = invert_splices(settings.text, plan.splices)
    else:
        inverse = [Splice(0, len(plan.text or ""), settings.original)]
    raw, template = plan.old_headers or ("", "")
    texts = [splice.text.replace(raw, template) if raw else splice.text for splice in inverse]
    return [[splice.start, splice.end, seal(text, kept)] for splice, text in zip(inverse, texts, strict=True)]


def bytes_before(
    step: Step, base: bytes | None, foreign: list[str], reveal: Callable[[str], str]
) -> bytes | None:
    """The bytes before that step, b"" for no file; None when they cannot be had from `base`.

    `foreign` are the user's header lines in it, which the step does not hold.
    """
    if digest_of(base) != step.digest_after:
        return None
    if step.inverse is None:
        return b""
    text = (base or b"").decode("utf-8", "surrogatepass")
    bom = _BOM if text.startswith(_BOM) else ""
    try:
        if sum(old.count(FOREIGN) for _, _, old in step.inverse) not in (0, len(foreign)):
            return None
        splices = [
            Splice(start, end, unseal(_with_lines(old, foreign), reveal)) for start, end, old in step.inverse
        ]
    except PkccError:
        return None  # a key that is gone: the owned values can still go back
    data = (bom + apply_splices(text.removeprefix(_BOM), splices)).encode("utf-8", "surrogatepass")
    return data if digest_of(data) == step.digest_before else None


def _with_lines(template: str, foreign: list[str]) -> str:
    first, *others = template.split(FOREIGN)
    return first + "".join(line + part for line, part in zip(foreign, others, strict=False))


def lacks_variables(now: Settings, earlier: Settings) -> bool:
    """Whether a variable that is set now would be gone: a running session would keep its value."""
    later = {slot for slot in actual_values(now) if slot.startswith("env.")}
    return any(earlier.member(slot) is None for slot in later)
