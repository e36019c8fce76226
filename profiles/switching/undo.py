"""How one step is undone: what is remembered of it, and the bytes from before. Pure."""

from __future__ import annotations

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.header_lines import FOREIGN
from profiles.claude_code.settings.json_edit import (
    Splice,
    apply_splices,
    edit_object,
    indent_unit,
    invert_splices,
    parse_edited,
)
from profiles.claude_code.settings.parse import Settings, plain
from profiles.switching.displaced_secrets import seal, unseal
from profiles.switching.memory.state import Step, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from profiles.switching.edit.plan import EditPlan
    from profiles.switching.memory.state import PlainSplice

_BOM = "\ufeff"


def inverse_of(settings: Settings, plan: EditPlan, kept: Mapping[str, str]) -> list[PlainSplice] | None:
    """The splices that lead back, with no secret and no header line of the user's; None without a file."""
    if settings.absent:
        return None
    if not settings.blank and plan.text == apply_splices(settings.text, plan.splices):
        inverse = invert_splices(settings.text, plan.splices)
    else:
        inverse = [Splice(0, len(plan.text or ""), settings.original)]
    raw, template = plan.old_headers() if plan.old_headers else ("", "")
    texts = [splice.text.replace(raw, template) if raw else splice.text for splice in inverse]
    return [(splice.start, splice.end, seal(text, kept)) for splice, text in zip(inverse, texts, strict=True)]


def bytes_before(
    step: Step, base: bytes | None, foreign: list[str], reveal: Callable[[str], str]
) -> bytes | None:
    """The bytes before that step, b"" for no file; None when they cannot be had from `base`.

    `foreign` are the user's header lines in it, which the step does not hold.
    """
    if step.also and digest_of(base) == step.also[0]:
        base = _respliced(base or b"", [each for each in step.also if not isinstance(each, str)])
    if digest_of(base) != step.digest_after:
        return None
    if step.inverse is None:
        return b""
    try:
        if sum(old.count(FOREIGN) for _, _, old in step.inverse) not in (0, len(foreign)):
            return None
        data = _respliced(
            base or b"",
            [(start, end, unseal(_with_lines(old, foreign), reveal)) for start, end, old in step.inverse],
        )
    except PkccError:
        return None  # a key that is gone: the owned values can still go back
    return data if digest_of(data) == step.digest_before else None


def _respliced(data: bytes, splices: list[PlainSplice]) -> bytes:
    text = data.decode("utf-8", "surrogatepass")
    bom = _BOM if text.startswith(_BOM) else ""
    edited = apply_splices(text.removeprefix(_BOM), [Splice(*splice) for splice in splices])
    return (bom + edited).encode("utf-8", "surrogatepass")


def _with_lines(template: str, foreign: list[str]) -> str:
    first, *others = template.split(FOREIGN)
    return first + "".join(line + part for line, part in zip(foreign, others, strict=False))


def gone_variables(now: Settings, earlier: Settings) -> list[str]:
    """The slots of variables that are set now and would be gone: a session would keep their values."""
    later = {f"env.{member.key}" for member in now.env.members if plain(member.value)} if now.env else set()
    return sorted(slot for slot in later if earlier.member(slot) is None)


def with_blanks(settings: Settings, slots: Sequence[str]) -> tuple[Settings, list[str | PlainSplice]] | None:
    """The settings with those variables blank at the end of `env`, and `Step.also` for them.

    None where there is no place for them.
    """
    if settings.env is None or not settings.env.members:
        return None
    blanks: dict[str, str | None] = {slot.removeprefix("env."): '""' for slot in slots}
    splices = edit_object(settings.text, settings.env, blanks, indent_unit(settings.text, settings.root))
    data = settings.encode(apply_splices(settings.text, splices))
    inverse = invert_splices(settings.text, splices)
    return parse_edited(data), [digest_of(data), *inverse]


def as_swept(step: Step, base: bytes | None, data: bytes | None, inverse: list[PlainSplice] | None) -> Step:
    """The latest step after blanks were taken out of what it left: going back stays exact."""
    if digest_of(base) != step.digest_after or inverse is None:
        return step
    return step._replace(also=[digest_of(data), *inverse])
