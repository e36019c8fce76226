"""One thing that can be chosen, as a list in a terminal or a window shows it."""

from __future__ import annotations

from profiles.base.light_typing import NamedTuple


class Choice(NamedTuple):
    """`key` is what is chosen, `label` its name in a list, `detail` what else is known of it.

    `disabled` says why it cannot be chosen, "" where it can; `group` is the headline it stands under.
    """

    key: str
    label: str
    detail: str = ""
    disabled: str = ""
    group: str = ""
