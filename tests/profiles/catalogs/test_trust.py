"""If these fail, an older or a stranger's catalog takes the place of the publisher's."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.catalogs.format.model import CatalogError
from profiles.catalogs.record import Seen
from profiles.catalogs.subscriptions import Subscription
from profiles.catalogs.trust import (
    UntrustedError,
    check_version,
    first_seen,
    newer,
    pinned_after,
    with_seen,
)
from tests.support.catalogs import Signer, acme, data_of

ONE, TWO, THREE = Signer(1), Signer(2), Signer(3)
KEYS = (ONE.public.text, TWO.public.text)
ACME = Subscription("acme", "/srv/acme", "acme", keys=KEYS)


def published(by: Signer | None = ONE, **changed: Any) -> tuple[bytes, bytes | None]:
    data = data_of(acme(**changed))
    return data, by.sign(data) if by else None


def seen(**serials: int) -> dict[str, Seen]:
    texts = {"one": KEYS[0], "two": KEYS[1], "none": ""}
    return {texts[key]: Seen(serial, "other") for key, serial in serials.items()}


def test_the_first_time_the_signer_is_told_or_listed() -> None:
    data, signature = published(keys=[*KEYS])
    assert first_seen(data, signature).content.key == KEYS[0]
    assert first_seen(data, signature, KEYS[0]).catalog.serial == 43
    with pytest.raises(UntrustedError, match="signed by another key"):
        first_seen(data, signature, THREE.public.text)
    with pytest.raises(UntrustedError, match="does not say by which key"):
        first_seen(*published())
    with pytest.raises(UntrustedError, match="is not signed"):
        first_seen(data, None, KEYS[0])
    assert first_seen(data, None).content.key == ""


def test_a_newer_one_by_a_pinned_key_is_taken() -> None:
    assert newer(ACME, seen(one=42), *published()).catalog.serial == 43
    assert newer(ACME, seen(one=42), *published(TWO)).content.key == KEYS[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (published(THREE), "is signed by another key (id 0303030303030303; pinned: 0101"),
        (published(None), "is no longer signed"),
        (published(serial=41), "is older than the one you have (41 < 42)"),
        (published(serial=42), "was changed, but its serial is still 42"),
        (published(name="labs"), "is now called 'labs'"),
        ((data_of(acme()), ONE.sign(data_of(acme()), "pkcc-catalog acme 99")), "is not for serial 43"),
        ((data_of(acme()), ONE.sign(data_of(acme()), "pkcc-catalog labs 43")), "is not for serial 43"),
        ((data_of(acme()) + b" ", ONE.sign(data_of(acme()))), "does not fit its signature"),
    ],
)
def test_another_one_is_refused_in_words(content: tuple[bytes, bytes | None], said: str) -> None:
    with pytest.raises(UntrustedError) as refused:
        newer(ACME, seen(one=42), *content)
    assert said in refused.value.title
    assert "acme" in refused.value.title


def test_the_same_again_is_no_change_and_no_error() -> None:
    data, signature = published()
    verified = newer(ACME, {}, data, signature)
    again = newer(ACME, with_seen({}, verified), data, signature)
    assert again.content == verified.content


def test_a_stolen_keys_serial_does_not_lock_out_the_successor_that_drops_it() -> None:
    far_ahead = seen(one=999_999)
    with pytest.raises(UntrustedError, match="older"):
        newer(ACME, far_ahead, *published(TWO))
    verified = newer(ACME, far_ahead, *published(TWO, keys=[KEYS[1], THREE.public.text]))
    assert pinned_after(ACME, verified.catalog) == ((KEYS[1], THREE.public.text), (KEYS[0],))


def test_a_dropped_key_never_comes_back() -> None:
    after = ACME._replace(keys=(KEYS[1],), dropped=(KEYS[0],))
    verified = newer(after, {}, *published(TWO, keys=[*KEYS]))
    assert pinned_after(after, verified.catalog) == ((KEYS[1],), (KEYS[0],))
    with pytest.raises(UntrustedError, match="another key"):
        newer(after, {}, *published(ONE))


def test_of_a_managed_catalog_the_policys_keys_alone_count() -> None:
    with pytest.raises(UntrustedError, match="another key"):
        newer(ACME, {}, *published(ONE), [THREE.public.text])
    assert newer(ACME, {}, *published(THREE), [THREE.public.text]).content.key == THREE.public.text


def test_where_policy_names_the_keys_an_old_version_by_any_of_them_is_refused() -> None:
    """Else whoever serves the file lays down what the outgoing key once signed, and everybody goes back."""
    with pytest.raises(UntrustedError, match="older"):
        newer(ACME, seen(one=44), *published(TWO, keys=[KEYS[1]]), KEYS)


def test_a_serial_without_room_above_is_not_what_later_ones_must_exceed() -> None:
    """Else one slip of the publisher's locks out everybody who follows."""
    verified = newer(ACME, seen(one=42), *published(serial=10**15 - 1))
    after = with_seen(seen(one=42), verified)
    assert newer(ACME, after, *published()).catalog.serial == 43


def test_an_unsigned_one_rises_as_well() -> None:
    unsigned = ACME._replace(keys=())
    assert newer(unsigned, seen(none=42), *published(None)).content.key == ""
    with pytest.raises(UntrustedError, match="older"):
        newer(unsigned, seen(none=44), *published(None))


def test_one_for_a_newer_pkcc_tray_says_so() -> None:
    catalog = first_seen(*published(None, min_version="1.10.0")).catalog
    check_version(catalog, "1.10.0")
    check_version(catalog, "2.0.0.dev1+abc")
    with pytest.raises(CatalogError, match=r"asks for pkcc-tray 1\.10\.0; this is 1\.9\.7"):
        check_version(catalog, "1.9.7")
