"""The header string of an edited settings file: our lines, the user's, those repeated from another file."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_markers import has_secret
from profiles.claude_code.credential_lines import address_in_force, address_of, sort_out
from profiles.claude_code.header_lines import foreign_lines, header_in, one_line, split_lines, to_template
from profiles.claude_code.owned_slots import HEADERS_SLOT
from profiles.claude_code.settings.parse import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from profiles.claude_code.credential_lines import Sorted
    from profiles.claude_code.header_lines import Line
    from profiles.claude_code.settings.parse import Settings
    from profiles.profile.rendering import Rendered
    from profiles.switching.edit.new_text import Filled
    from profiles.switching.edit.other_files import OtherFiles
    from profiles.switching.memory.state import Memory


def _meaning(said: list[tuple[str, str]]) -> object:
    """What the names and values of header lines say: their order matters only where a name stands twice."""
    return sorted(said) if len(dict(said)) == len(said) else said


def written_headers(
    rendered: Rendered | None, lines: Sequence[Line], holds: Callable[[str, str], bool]
) -> dict[str, str]:
    """Lower-case name → text of each header that the rendering put among these lines."""
    written = {}
    for name, template in rendered.headers if rendered is not None else []:
        if not has_secret(template):
            written[name.lower()] = template
            continue
        for line in lines:
            if line.name == name.lower() and holds(template, line.value):
                written[line.name] = line.value
    return written


def digest_of_line(raw: str, mark: Callable[[str], str]) -> str:
    """The digest by which a raw line that is repeated from another file is known again."""
    line = one_line(raw)
    return mark(f"{line.name}: {line.value}")


class HeaderLines:
    """The lines of one file's header string as it is: what we wrote of them, and the user's `own`.

    `carried` are digests by `mark` of lines that were repeated here from another file: they are nobody's own.
    """

    def __init__(
        self,
        settings: Settings,
        before: Rendered | None,
        carried: Collection[str],
        holds: Callable[[str, str], bool],
        mark: Callable[[str], str],
    ) -> None:
        member = settings.member(HEADERS_SLOT)
        self.raw = '""' if member is None else settings.raw(member)
        self._lines = split_lines(self.raw)
        self._written = written_headers(before, self._lines, holds)
        self._holds = holds
        self._carried = carried
        self._mark = mark
        self.own = self._users()

    def take(self, taken: Rendered) -> None:
        """Count what that rendering says as written by us."""
        self._written |= written_headers(taken, self._lines, self._holds)
        self.own = self._users()

    def with_template(self, going: Collection[str]) -> tuple[str, str]:
        """The header string as it is, and its template."""
        return self.raw, self.template(going)

    def template(self, going: Collection[str] = ()) -> str:
        """The header string with marks for the lines that are not ours."""
        return to_template(self._lines, self._written, going) if self._lines else self.raw

    def say(self, foreign: Sequence[str], ours: str) -> bool:
        """Whether the lines of the file say what these raw lines do, and the decoded text of ours."""
        said = [(line.name, line.value) for line in map(one_line, foreign)]
        said += map(header_in, ours.split("\n"))
        return _meaning(said) == _meaning([(line.name, line.value) for line in self._lines])

    def _users(self) -> list[str]:
        lines, carried = foreign_lines(self._lines, self._written), self._carried
        return [raw for raw in lines if not carried or digest_of_line(raw, self._mark) not in carried]


class NewHeaders:
    """The header string that a file is to have. `coming`: where requests will go; None back to the user's."""

    def __init__(
        self, there: HeaderLines, settings: Settings, memory: Memory, new: Filled | None, around: OtherFiles
    ) -> None:
        self._there = there
        self._settings = settings
        self._memory = memory
        self._new_headers = "" if new is None else new.headers
        self._around = around
        self.carried: list[str] = []  # digests of the lines that are repeated from another file
        self.coming = None if new is None else around.coming or address_of(new.env)

    def sorted_out(self) -> Sorted:
        """The user's lines: those that stay, and the credentials that go or come back with the address."""
        around = self._around
        return sort_out(
            self._there.own, self._memory.taken, self._address_of, self.coming, around.mark, around.is_key
        )

    def _address_of(self, digest: str) -> str:
        """Where a line of the user's belongs: where it went when it was first seen."""
        return self._memory.known.get(digest) or self._around.now or address_in_force(self._value_of)

    def _value_of(self, name: str) -> str | None:
        member = self._settings.member(f"env.{name}")
        return self._around.elsewhere(name) if member is None else plain(member.value)

    def carry(self, own: Sequence[str]) -> list[str]:
        """The lines of the less specific file that neither this one nor the profile says otherwise."""
        around = self._lines_around()
        if not around:
            return []
        taken = {one_line(raw).name for raw in own}
        taken |= {header_in(line)[0] for line in self._new_headers.split("\n")}
        taken.add("")  # a blank line says nothing, and there may be one at the end of each file's
        lines = [raw for raw in around if one_line(raw).name not in taken]
        self.carried = [digest_of_line(raw, self._around.mark) for raw in lines]
        return lines

    def _lines_around(self) -> Sequence[str]:
        """The less specific file's lines except for the credentials that belong to another address."""
        lines, address = self._around.lines, self._around.lines_for
        return sort_out(lines, [], lambda _: address, self.coming, self._around.mark).stay
