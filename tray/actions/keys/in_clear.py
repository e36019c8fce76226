"""Keys that lie in files in clear text: where, which, and what can be done about each."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.hashing import text_digest
from profiles.base.names import is_kept_name
from profiles.base.text import os_reason
from profiles.files.read import read_bytes
from profiles.projects.git.could_commit import ask_git

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

    from profiles.base.secret import Secret
    from tray.app import App
    from tray.doctor.context import Context
    from tray.doctor.secret_places import Holding, Kind

    Fix = Literal["restore", "import", "remove", "by_hand"]

_GIT_LIMIT_S = 1.0


class ClearKey(NamedTuple):
    """A file that holds a key. `what` names it as it stands there, `keys` are the stored ones that it is.

    `mark` tells it from the others without its path; `line` is the first that holds one, 0 where that is
    not known. `others_read`: other users may. `chosen`: the profile in use writes it there. `fix`: how it
    goes out.
    """

    mark: str
    path: str
    kind: Kind
    what: tuple[str, ...]
    keys: tuple[str, ...]
    line: int
    others_read: bool
    chosen: bool
    fix: Fix


def clear_keys(app: App, *, reads_keyring: bool = True) -> tuple[ClearKey, ...]:
    """Every file that should hold none, and those that hold one for others to read. Nothing is written.

    `reads_keyring`: its keys are looked for by their text, too; else by what they are called alone.
    """
    from tray.doctor import Context  # with all checks, and the model: not for a page that asks nothing of it
    from tray.doctor.secret_places import find_holdings

    context = Context(app, reads_keyring=reads_keyring)
    stored = context.stored.keys
    found = [_clear_key(context, holding, stored) for holding in find_holdings(context)]
    return tuple(each for each in found if not each.chosen or each.others_read)


def clear_key(app: App, mark: str) -> ClearKey:
    """The one of that mark, as it is now. Raises NotFoundError where it is gone."""
    for each in clear_keys(app):
        if each.mark == mark:
            return each
    raise NotFoundError("That key is found there no longer", "Look again: the list shows what there is.")


def git_takes(app: App, path: str) -> bool:
    """Whether git tracks that file, or would take it along."""
    return ask_git(os.path.realpath(path), app.environ, _GIT_LIMIT_S).standing in ("tracked", "open")


def remove_copy(app: App, mark: str) -> ClearKey:
    """Remove an old copy of the settings. Raises PkccError; whatever is no copy stays."""
    found = clear_key(app, mark)
    if found.fix != "remove":
        raise NotFoundError("That file is no copy", "Nothing was removed.")
    _carried_out(found.path, lambda: os.unlink(found.path))
    return found


def make_private(app: App, mark: str) -> ClearKey:
    """Let nobody else read the file. Raises PkccError."""
    found = clear_key(app, mark)
    real = os.path.realpath(found.path)
    _carried_out(found.path, lambda: os.chmod(real, stat.S_IMODE(os.stat(real).st_mode) & 0o700))
    return found


def _clear_key(context: Context, holding: Holding, stored: Mapping[str, Secret]) -> ClearKey:
    from tray.doctor.checks.exposure import mode_for_others
    from tray.doctor.secret_places import secrets_in

    text = (read_bytes(holding.path) or b"").decode("utf-8", "replace")
    keys = tuple(
        name for name, secret in stored.items() if not is_kept_name(name) and secret.reveal() in text
    )
    lines = enumerate(text.splitlines(), 1)
    return ClearKey(
        text_digest(holding.path, size=8),
        holding.path,
        holding.kind,
        tuple(holding.what),
        keys,
        next((number for number, line in lines if secrets_in(line, stored)), 0),
        mode_for_others(context, holding) != 0,
        holding.chosen,
        _fix(context, holding),
    )


def _fix(context: Context, holding: Holding) -> Fix:
    from tray.doctor.checks.exposure import is_written_over

    if holding.kind == "backup":
        return "remove"
    if holding.kind == "settings" and all(map(is_written_over, holding.what)):
        return "import" if context.active is None else "restore"
    return "by_hand"


def _carried_out(path: str, work: Callable[[], None]) -> None:
    try:
        work()
    except OSError as error:
        raise PkccError(f"{path} could not be changed: {os_reason(error)}", "Nothing was changed.") from None
