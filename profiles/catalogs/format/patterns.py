r"""Patterns of inputs: a small grammar and its matcher, since any other can be made to take for ever.

A pattern is signs one after another, such as `[a-z]{2,20}` or `\d+-[A-Z]?`: a letter, a digit, one of
`-_@`, `\` and a sign, or a list in brackets; each followed by `?`, `*`, `+`, `{3}` or `{2,20}` perhaps. The
whole answer must fit. There are no groups and no alternatives.
"""

from __future__ import annotations

import string
from typing import NamedTuple

LONGEST_ANSWER = 128
_LONGEST = 200
_PLAIN = frozenset(string.ascii_letters + string.digits + "-_@. ")
_ESCAPED = {"d": frozenset(string.digits), "w": frozenset(string.ascii_letters + string.digits + "_")}
_AMOUNTS = {"?": (0, 1), "*": (0, LONGEST_ANSWER), "+": (1, LONGEST_ANSWER)}


class _Step(NamedTuple):
    signs: frozenset[str]
    least: int
    most: int


def check_pattern(pattern: str) -> str:
    """The pattern itself. Raises ValueError for what is none."""
    _steps(pattern)
    return pattern


def fits(pattern: str, answer: str) -> bool:
    """Whether the whole answer fits; no pattern takes what prints. In time that grows with their lengths."""
    if not answer or len(answer) > LONGEST_ANSWER or not answer.isprintable():
        return False
    if not pattern:
        return answer == answer.strip()
    ends = {0}
    for signs, least, most in _steps(pattern):
        reached: set[int] = set()
        for start in ends:
            run = 0
            while run < most and start + run < len(answer) and answer[start + run] in signs:
                run += 1
            reached.update(range(start + least, start + run + 1))
        ends = reached
    return len(answer) in ends


def in_words(pattern: str) -> str:
    """What it takes, for people who read no patterns: such as `2 to 20 of a-z`, `'-', then 1 of 0-9`."""
    return ", then ".join(_step_words(*step) for step in _steps(pattern))


def _step_words(signs: frozenset[str], least: int, most: int) -> str:
    if len(signs) == 1 and (least, most) == (1, 1):
        return repr(*signs)
    if most == LONGEST_ANSWER:
        amount = f"{least} or more" if least else "any number"
    else:
        amount = str(least) if least == most else f"{least} to {most}"
    return f"{amount} of {' '.join(_ranges(sorted(signs)))}"


def _ranges(signs: list[str]) -> list[str]:
    """Such as `0-9`, `a-z` and `_` of those signs, which are in order."""
    runs: list[str] = []
    for sign in signs:
        if runs and sign.isalnum() and ord(sign) == ord(runs[-1][-1]) + 1:
            runs[-1] += sign
        else:
            runs.append(sign)
    return [f"{run[0]}-{run[-1]}" if len(run) > 2 else run for run in runs]


def _steps(pattern: str) -> list[_Step]:
    if not pattern or len(pattern) > _LONGEST:
        raise ValueError(f"must have 1 to {_LONGEST} characters")
    steps, at = [], 0
    while at < len(pattern):
        signs, at = _listed(pattern, at + 1) if pattern[at] == "[" else _one(pattern, at)
        least, most, at = _amount(pattern, at)
        steps.append(_Step(signs, least, most))
    return steps


def _one(pattern: str, at: int) -> tuple[frozenset[str], int]:
    """The signs that one sign of the pattern stands for, and where the next begins."""
    sign = pattern[at]
    if sign == "\\" and at + 1 < len(pattern):
        meant = pattern[at + 1]
        if meant in _ESCAPED:
            return _ESCAPED[meant], at + 2
        if meant in string.punctuation:
            return frozenset(meant), at + 2
    if sign not in _PLAIN or sign == ".":
        raise ValueError(
            f"has {sign!r} at character {at + 1}: it may hold letters, digits, [a-z], \\. and {{2,20}}"
        )
    return frozenset(sign), at + 1


def _listed(pattern: str, at: int) -> tuple[frozenset[str], int]:
    signs: set[str] = set()
    while at < len(pattern) and pattern[at] != "]":
        if pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("", "]"):
            first, last = pattern[at], pattern[at + 2]
            if not (
                first.isascii() and last.isascii() and first.isalnum() and last.isalnum() and first <= last
            ):
                raise ValueError(f"has a range at character {at + 1} that is none, such as a-z")
            signs.update(map(chr, range(ord(first), ord(last) + 1)))
            at += 3
        elif pattern[at] == ".":
            signs.add(".")
            at += 1
        else:
            more, at = _one(pattern, at)
            signs |= more
    if not signs or at >= len(pattern):
        raise ValueError("has a list in brackets that is empty or does not end")
    return frozenset(signs), at + 1


def _amount(pattern: str, at: int) -> tuple[int, int, int]:
    sign = pattern[at : at + 1]
    if sign in _AMOUNTS:
        return (*_AMOUNTS[sign], at + 1)
    if sign != "{":
        return 1, 1, at
    end = pattern.find("}", at)
    least, comma, most = pattern[at + 1 : end].partition(",") if end > 0 else ("", "", "")
    if not (least.isascii() and least.isdigit()) or (comma and not (most.isascii() and most.isdigit())):
        raise ValueError("has an amount that is none, such as {2,20}")
    low, high = int(least), int(most or least)
    if low > high or high > LONGEST_ANSWER:
        raise ValueError(f"has an amount beyond {LONGEST_ANSWER}, or one that falls")
    return low, high, end + 1
