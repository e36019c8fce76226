"""The one family of errors a user sees: what is wrong, what to do, and the exit code."""

from __future__ import annotations


class PkccError(Exception):
    """Something went wrong that the user can read and act on.

    `title` says what is wrong and `hint` what to do, one line each, never holding a secret.
    """

    exit_code = 1

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint


class UsageError(PkccError):
    """The command line or a field's value is not of the form it must be."""

    exit_code = 2


class NotFoundError(PkccError):
    """No such profile, key or project."""

    exit_code = 3


class ConflictError(PkccError):
    """Something is in the way: a name already taken, drift, a file that keeps changing."""

    exit_code = 4


class DeclinedError(ConflictError):
    """A person said no to what was shown: nothing is written after that, what was owed before neither."""


class ForbiddenError(PkccError):
    """The administrator of this machine does not allow it."""

    exit_code = 4


class SecretUnavailableError(PkccError):
    """The backend that should hold a secret is missing, locked, hanging, or refuses."""

    exit_code = 5


class StrangerError(PkccError):
    """A key is not printed, because it would go to another place than its own gateway.

    `title` is one whole line: Claude Code shows it as the reason why its key helper failed.
    """

    exit_code = 7


class NotUnlockedError(SecretUnavailableError):
    """The keyring stayed locked: its question was dismissed, not answered, or could not be shown.

    Whether it holds the key is not known then, and asking it once more would only open another question.
    """


class UnansweredError(TimeoutError):
    """What was asked waits for its user, who has not answered in time: a keyring that is alive."""


class DamagedEntryError(SecretUnavailableError):
    """One key's entry cannot be decrypted; the backend itself works."""
