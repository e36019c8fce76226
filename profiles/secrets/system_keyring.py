"""The operating system's keyring through `keyring`: its class named here, every call limited.

A keyring that does not answer has 3 s, one that asks its user something has 2 minutes. A question that was
dismissed, or that nobody answered, is not asked again by the same process until `ask_again`.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock

from profiles.base.errors import NotUnlockedError, SecretUnavailableError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret import Secret
from profiles.secrets.keyring_failures import NO_BUS, USE_VAULT, explained
from profiles.secrets.keyring_patience import LIMIT_S, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from profiles.secrets.keyring_library import PasswordStore
    from profiles.secrets.secret_service.bus import Connection

    T = TypeVar("T")


SERVICE = "pkcc-tray"


class KeyringBackend:
    """Secrets in the system keyring, as items of one service, the key's name as user name.

    `service` is `service_of` a place, `turn_path` the file by which all processes ask in turn ("": they do
    not). `platform` is as in sys.platform; `library` replaces keyring's class in tests. `on_question` is
    called when a question to the user stays open, by the thread that waits for the answer; `asking` says
    whether one is open now. For any thread.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        platform: str = sys.platform,
        library: Callable[[], PasswordStore] | None = None,
        limit_s: float = LIMIT_S,
        service: str = SERVICE,
        *,
        patience_s: float = PATIENCE_S,
        turn_path: str = "",
        on_question: Callable[[], None] = lambda: None,
    ) -> None:
        self._service = service
        self._probe_service = f"{service} probe"
        self._limit_s = limit_s
        # Windows Credential Manager knows no question: what takes long there hangs.
        self._patience_s = limit_s if platform == "win32" else patience_s
        self._desktop_bus = platform not in ("darwin", "win32")
        self._address = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
        self._direct = self._desktop_bus and library is None
        self._platform = platform
        self._library = library or self._named_class
        self._store: PasswordStore | None = None
        self._on_question = on_question
        self._turn = allocate_lock()  # one question at a time: its answer is everybody's
        self._turn_path = turn_path
        self._refused: tuple[str, str] | None = None
        self.asking = False

    def get(self, name: str) -> Secret | None:
        """The secret of a name, or None. Raises SecretUnavailableError, with what to do."""
        self._check_not_refused()
        if self._direct and self._address:
            from profiles.secrets.secret_service.reader import LockedError, read_password

            try:
                try:
                    return _secret(read_password(self._connect(), self._service, name))
                except LockedError:
                    self._open(self._service, name)
                    return _secret(read_password(self._connect(), self._service, name))
            except (TimeoutError, LockedError) as error:
                raise self._explained(error) from None
            except SecretUnavailableError:
                raise
            except Exception:  # noqa: BLE001, S110 - refused or odd: the library knows all of these
                pass
            finally:
                self.asking = False
        return _secret(self._call(lambda store: store.get_password(self._service, name), name))

    def set(self, name: str, secret: Secret) -> None:
        """Store a secret. Raises SecretUnavailableError."""
        self._call(lambda store: store.set_password(self._service, name, secret.reveal()), name)

    def delete(self, name: str) -> bool:
        """Remove a name; False when there was none. Raises SecretUnavailableError."""

        def remove(store: PasswordStore) -> bool:
            if store.get_password(self._service, name) is None:
                return False
            store.delete_password(self._service, name)
            return True

        return self._call(remove, name)

    def has(self, name: str) -> bool:
        """Whether a name is stored. Asks nobody: where it would have to, NotUnlockedError."""
        if not self._direct:  # on macOS only an item that is there can ask
            return self.get(name) is not None
        return bool(self._usernames(name))

    def names(self) -> list[str]:
        """The names of our items, where the system can list them (Secret Service), else none. Asks nobody."""
        return self._usernames(None) if self._direct else []

    def is_open(self) -> bool:
        """Whether a secret can be read now without a question to the user. Raises SecretUnavailableError."""
        if not self._direct:
            return True
        from profiles.secrets.secret_service.reader import is_open

        return self._asking_nobody(is_open)

    def ask_again(self) -> None:
        """Let the user be asked again, though a question was refused."""
        self._refused = None

    def check_usable(self) -> None:
        """Write, read back and remove an item of its own. Raises SecretUnavailableError when that fails."""
        name = f"probe-{os.getpid()}"
        value = os.urandom(8).hex()

        def round_trip(store: PasswordStore) -> bool:
            store.set_password(self._probe_service, name, value)
            same = store.get_password(self._probe_service, name) == value
            store.delete_password(self._probe_service, name)
            return same

        if not self._call(round_trip, name):
            raise SecretUnavailableError(
                "The system keyring gave back something else than was stored",
                f"Check which program provides it, {USE_VAULT}",
            )

    def _connect(self) -> Connection:
        from profiles.secrets.secret_service.bus import Connection

        return Connection(self._address, self._limit_s, self._patience_s, self._tell_of_question)

    def _usernames(self, name: str | None) -> list[str]:
        from profiles.secrets.secret_service.reader import usernames

        return self._asking_nobody(lambda bus: usernames(bus, self._service, name))

    def _asking_nobody(self, work: Callable[[Connection], T]) -> T:
        from profiles.secrets.secret_service.bus import Connection

        if not self._address:
            raise SecretUnavailableError(*NO_BUS)
        try:
            return work(Connection(self._address, self._limit_s, self._limit_s))
        except Exception as error:  # noqa: BLE001 - no bus, no service, locked, or anything odd
            raise explained(error) from None

    def _open(self, service: str, name: str) -> None:
        """Return once the keyring is unlocked. Raises what the bus raises, NotUnlockedError among it."""
        from profiles.secrets.secret_service.question import open_keyring
        from profiles.secrets.secret_service.turn import question_turn

        with self._turn:
            self._check_not_refused()
            try:
                with question_turn(self._turn_path, self._patience_s, self.is_open, self._tell_of_question):
                    open_keyring(self._connect(), {"service": service, "username": name})
            except Exception as error:  # noqa: BLE001 - whatever the bus, the service or its user says
                raise self._explained(error) from None
            finally:
                self.asking = False

    def _tell_of_question(self) -> None:
        if not self.asking:
            self.asking = True
            self._on_question()

    def _check_not_refused(self) -> None:
        if self._refused is not None:
            raise NotUnlockedError(*self._refused)

    def _explained(self, error: Exception) -> SecretUnavailableError:
        """The failure in the user's words; a refusal is remembered."""
        told = explained(error)
        if isinstance(told, NotUnlockedError):
            self._refused = told.title, told.hint
        return told

    def _named_class(self) -> PasswordStore:
        from profiles.secrets.keyring_library import library_class

        return library_class(self._platform, self._address)

    def _loaded(self) -> PasswordStore:
        if self._desktop_bus and not self._address:
            raise SecretUnavailableError(*NO_BUS)
        if self._store is None:
            try:
                self._store = self._library()
            except Exception as error:  # noqa: BLE001 - whatever keeps the library from loading
                raise explained(error) from None
        return self._store

    def _call(self, work: Callable[[PasswordStore], T], name: str) -> T:
        from profiles.base.time_limit import within

        self._check_not_refused()
        store = self._loaded()
        if self._direct:
            self._open(self._service, name)
        try:
            return within(self._limit_s, lambda: work(store), self._patience_s, self._waits)
        except TimeoutError as error:
            abandon = getattr(store, "abandon", None)
            if abandon is not None:
                abandon()
            raise self._explained(error) from None
        except Exception as error:  # noqa: BLE001 - backends raise far more than KeyringError (facts)
            raise self._explained(error) from None
        finally:
            self.asking = False

    def _waits(self, limit_s: float) -> bool:
        """Whether the keyring waits for its user, as far as is known; asked while a call is under way.

        A Secret Service that answers something else is alive. macOS's keychain cannot be asked: its call
        blocks for as long as its window is open, and is not known to hang otherwise.
        """
        if self._direct:
            from profiles.secrets.secret_service.bus import Connection
            from profiles.secrets.secret_service.reader import is_open

            try:
                is_open(Connection(self._address, limit_s, limit_s))
            except Exception:  # noqa: BLE001 - it hangs, or is gone
                return False
        self._tell_of_question()
        return True


def _secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)
