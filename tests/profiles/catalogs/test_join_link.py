"""A link comes from any page there is: it can ask for one thing, and whatever else is in it is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.errors import UsageError
from profiles.catalogs.join_link import MOST, JoinLink, parse_join_link
from tray.manager.access.links import is_local_page

SOURCE = "https://ai.acme.example/pkcc-catalog.json"
KEY = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
LINK = f"pkcc-tray://join?source={SOURCE}&key={KEY}&name=acme"


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        LINK.replace("join?", "join/?"),
        f"pkcc-tray://join?name=acme&key={quote(KEY, safe='')}&source={quote(SOURCE, safe='')}",
    ],
)
def test_source_key_and_name_are_what_a_link_says(text: str) -> None:
    assert parse_join_link(text) == JoinLink(SOURCE, KEY, "acme")


@pytest.mark.parametrize(
    "source",
    [
        "ssh://git.acme.example/ai/pkcc.git",
        "https://git.acme.example:8443/ai/pkcc.git",
        "https://wiki/ai.json",
    ],
)
def test_a_repository_needs_neither_key_nor_name(source: str) -> None:
    assert parse_join_link(f"pkcc-tray://join?source={source}") == JoinLink(source, "", "")


def test_a_plus_in_a_key_stays_one_encoded_or_not() -> None:
    key = KEY[:-2] + "+/"
    for written in (key, quote(key, safe="")):
        assert parse_join_link(f"pkcc-tray://join?source={SOURCE}&key={written}").key == key


REFUSED = {
    "longer than 2,048": f"pkcc-tray://join?source=https://a.example/{'a' * MOST}",
    "does not begin with": LINK.replace("join?", "switch?"),
    "characters that no link has": LINK + "\n",
    "something else than source": LINK + "&profile=work",
    "something else than source, key and name": LINK + "&",
    "says source twice": LINK + f"&source={SOURCE}",
    "names no source": f"pkcc-tray://join?key={KEY}",
    "not encoded as a link's parts": LINK + "%",
    "not UTF-8": LINK + "%ff",
    "holds control characters": LINK + "%0a",
    "no minisign public key": LINK.replace("RWQ", "RWQQ"),
    "cannot be the name": LINK.replace("=acme", "=-acme"),
}


@pytest.mark.parametrize(("why", "text"), REFUSED.items(), ids=REFUSED)
def test_whatever_else_is_in_it_is_refused_in_words(why: str, text: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        parse_join_link(text)
    assert "acme" not in str(caught.value), "nothing of a stranger's text is repeated"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("http://ai.acme.example/a.json", "no https or ssh"),
        ("file:///etc/passwd", "no https or ssh"),
        ("ext::sh -c id", "no https or ssh"),
        ("git@git.acme.example:ai/pkcc.git", "no https or ssh"),
        ("https://jane:pw@ai.acme.example/a.json", "names a user"),
        ("https://api.portkey.ai@evil.example/a.json", "names a user"),
        ("https://127.0.0.1/a.json", "by its number"),
        ("https://127.1/a.json", "by its number"),
        ("https://2130706433/a.json", "by its number"),
        ("https://0x7f000001/a.json", "by its number"),
        ("https://10.0.0.1./a.json", "by its number"),
        ("https://[::1]/a.json", "by its number"),
        ("https://ai.acme.example/a.json?token=1", "no plain address"),
        ("https://ai.acme.example/a.json#x", "no plain address"),
        ("https://ai.acme.example/%2e%2e/a.json", "no plain address"),
        ("https://ai.acme.example/../a.json", "no plain address"),
        ("https://ai.acme.example", "no plain address"),
        ("https:///a.json", "no plain address"),
        ("ssh://-oProxyCommand=id/x", "no plain address"),
        ("ssh://-F/x", "no plain address"),
        ("https://ai.acme.example\\@evil.example/a", "names a user"),
        ("https://\u0430i.acme.example/a.json", "no plain address"),
    ],
)  # fmt: skip
def test_only_a_plain_address_of_a_named_machine_is_a_source(source: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_join_link(f"pkcc-tray://join?source={quote(source, safe='')}")


def test_it_is_decoded_once() -> None:
    """What is encoded twice would mean one address to us, and another to whoever fetches it."""
    with pytest.raises(UsageError, match="no plain address"):
        parse_join_link(f"pkcc-tray://join?source={quote('https://a.example/b%2e', safe='')}")


@given(st.text(max_size=60), st.sampled_from(["source", "key", "name"]))
def test_no_text_does_more_than_be_refused(text: str, field: str) -> None:
    written = LINK.replace(f"{field}=", f"{field}={quote(text)}")
    try:
        said = parse_join_link(written)
    except UsageError:
        return
    assert said.source.startswith(("https://", "ssh://"))
    assert is_local_page(f"/catalogs/add?{said.query}"), "the manager opens that page"
