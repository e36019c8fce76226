"""The way back of one step: what is remembered of it, and the bytes from before. Pure."""

from __future__ import annotations

from profiles.errors import PkccError
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
    """The splices that lead back, without a secret; None when there was no file."""
    if settings.absent:
        return None
    if not settings.blank and plan.text == apply_splices(settings.text, plan.splices):
        inverse = invert_splices(settings.text, plan.splices)
    else:
        inverse = [Splice(0, len(plan.text or ""), settings.original)]
    return [[splice.start, splice.end, seal(splice.text, kept)] for splice in inverse]


def bytes_before(step: Step, base: bytes | None, reveal: Callable[[str], str]) -> bytes | None:
    """The bytes before that step, b"" for no file; None when they cannot be had from `base`."""
    if digest_of(base) != step.digest_after:
        return None
    if step.inverse is None:
        return b""
    text = (base or b"").decode("utf-8", "surrogatepass")
    bom = _BOM if text.startswith(_BOM) else ""
    try:
        splices = [Splice(start, end, unseal(old, reveal)) for start, end, old in step.inverse]
    except PkccError:
        return None  # a key that is gone: the owned values can still go back
    data = (bom + apply_splices(text.removeprefix(_BOM), splices)).encode("utf-8", "surrogatepass")
    return data if digest_of(data) == step.digest_before else None


def lacks_variables(now: Settings, earlier: Settings) -> bool:
    """Whether a variable that is set now would be gone: a running session would keep its value."""
    later = {slot for slot in actual_values(now) if slot.startswith("env.")}
    return any(earlier.member(slot) is None for slot in later)
