"""What the guard would say to a Claude Code that is started here. Effects: reads the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.routes.guard.asker import MARKERS, WATCHED, Asker, part_that_matters
from profiles.routes.guard.judge import judge
from profiles.routes.guard.sources import Source, SourceReader
from profiles.switching.reading.surroundings import is_as_remembered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.profile.rendering import Rendered
    from profiles.routes.guard.refusal import Refusal
    from profiles.switching.memory.state import State


def foresee(
    rendered: Rendered, state: State, environ: Mapping[str, str], directory: str, user_path: str
) -> Refusal | None:
    """The refusal that a session would get which is started in that shell and directory; None for none.

    Of a profile that is not active: once it was switched to.
    """
    sources = SourceReader().read(directory, user_path)
    if rendered.name != state.current.active:
        written = {} if state.current.rendered is None else state.current.rendered.env
        environ = {name: value for name, value in environ.items() if str(written.get(name)) != value}
        user = Source("user", user_path, part_of_session(rendered))
        sources = [*(each for each in sources if each.kind != "user"), user]
    said = dict(environ)
    for source in reversed(sources):
        if source.kind in ("user", "managed"):  # in force before the key is asked for
            said |= source.env
    shell = part_that_matters(environ)
    asker = Asker(False, part_that_matters(said) | {MARKERS[0]: ""}, shell, directory, "")

    def is_remembered(name: str, value: str) -> bool:
        return is_as_remembered(name, value, state.current.surroundings, state.salt)

    return judge(rendered.name, asker, sources, [rendered], is_remembered)


def part_of_session(rendered: Rendered) -> dict[str, str]:
    """What the profile has in its sessions' environment, of what the guard looks at."""
    return {name: str(value) for name, value in rendered.env.items() if name in WATCHED}
