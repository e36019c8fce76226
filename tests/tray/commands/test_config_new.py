"""A user writes a config without knowing its JSON: by options or questions, and never over a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.home.pseudo_terminal import CONTROL_C, Terminal, terminal
from support.home.user_home import KEY, UserHome

FALLBACK = ("--fallback", "@a", "@b", "--on", "429,503")
NO_FIELDS = (("Ask the same target again", ""), ("Number [1]: ", ""), ("Give up after", ""))


@contextmanager
def asked(home: UserHome, *options: str) -> Iterator[Terminal]:
    """`config new` asks a person at a terminal, who chooses by numbers."""
    home.environ["TERM"] = "dumb"
    with terminal(["config", "new", *options], home.environ, home.root) as term:
        yield term


def written(home: UserHome, file: str = "c.json") -> Any:
    return json.loads((home.root / file).read_text())


def test_a_config_goes_to_standard_output_and_its_meaning_to_the_other(home: UserHome) -> None:
    ran = home.ok("config", "new", *FALLBACK)
    assert json.loads(ran.out)["strategy"] == {"mode": "fallback", "on_status_codes": [429, 503]}
    assert ran.err == "Note: Tries @a, then @b on 429 or 503. Forwards anthropic-beta.\n"


def test_a_config_in_a_file_is_what_add_and_explain_take(home: UserHome) -> None:
    ran = home.ok("config", "new", *FALLBACK, "-o", "c.json")
    file = home.root / "c.json"
    assert ran.out.startswith(f"Wrote {file}.\n`pkcc-tray add NAME --config-file {file}` makes a profile")
    home.add("work", "--config-file", "c.json")
    assert home.ok("explain", "work").out.startswith("work: Tries @a, then @b on 429 or 503.")
    assert "no problems" not in home.ok("config", "check", "c.json").out  # the one warning about saved-only


def test_a_file_that_is_there_is_left_alone_unless_it_is_said(home: UserHome) -> None:
    (home.root / "c.json").write_text("mine")
    ran = home.run("config", "new", *FALLBACK, "-o", "c.json")
    assert (ran.code, ran.err) == (
        4,
        f"Error: {home.root}/c.json is there already\n  Name another file, or say --force.\n",
    )
    assert (home.root / "c.json").read_text() == "mine"
    home.ok("config", "new", *FALLBACK, "-o", "c.json", "--force")
    assert written(home)["targets"] == [{"provider": "@a"}, {"provider": "@b"}]
    assert home.run("config", "new", *FALLBACK, "-o", "no/c.json").code == 3
    assert home.run("config", "new", *FALLBACK, "-o", ".").code == 4


@pytest.mark.skipif(sys.platform == "win32", reason="hands all arguments over as text")
@pytest.mark.parametrize("argv", [("config", "pull"), ("explain", "--id"), ("config", "list", "--versions")])
def test_an_argument_that_is_no_text_is_named(
    work: UserHome, hosted: HostedAccount, argv: tuple[str, ...]
) -> None:
    ran = work.run(*argv, "\udcff", *(("--profile", "work") if argv[0] == "config" else ()))
    assert (ran.code, ran.err.partition("\n")[0]) == (2, "Error: An argument is not UTF-8 text")


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes among files")
def test_what_is_no_file_stays_what_it_is(home: UserHome) -> None:
    os.mkfifo(home.root / "pipe")
    ran = home.run("config", "new", *FALLBACK, "-o", "pipe", "--force")
    assert (ran.code, "is not a regular file" in ran.err) == (4, True)
    assert (home.root / "pipe").is_fifo()


def test_configs_are_nested_by_their_files(home: UserHome) -> None:
    home.ok("config", "new", "--loadbalance", "@a=0.7", "@b=0.3", "-o", "inner.json")
    ran = home.ok("config", "new", "--fallback", "./inner.json", "@c", "--retry", "./inner.json", "2")
    config = json.loads(ran.out)
    assert config["targets"][0]["targets"] == [
        {"provider": "@a", "weight": 0.7},
        {"provider": "@b", "weight": 0.3},
    ]
    assert config["targets"][0]["retry"] == {"attempts": 2}
    assert ran.err.startswith("Note: Tries (70 % to @a and 30 % to @b), then @c on any failure.")
    assert home.run("config", "new", "--fallback", "./gone.json", "@c").code == 1


def test_a_secret_in_a_nested_file_is_not_shown(home: UserHome) -> None:
    (home.root / "inner.json").write_text(json.dumps({"provider": "openai", "api_key": KEY}))
    ran = home.run("config", "new", "--fallback", "./inner.json", "@c", "--json")
    assert ran.code == 2
    assert "holds a secret in clear text at api_key" in ran.out
    assert KEY not in ran.text
    assert KEY not in home.run("config", "new", "--to", "@a", "--set", f"api_key={KEY}").text
    assert KEY not in home.run("config", "new", "--to", "openai", "--key-ref", KEY).text


def test_a_config_with_an_error_is_not_written_and_each_error_has_its_path(home: UserHome) -> None:
    ran = home.run(
        "config", "new", *FALLBACK, "--set", "targets[1].retry.attempts=9", "--max-age", "5s", "-o", "c.json"
    )
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: Nothing was written, for a gateway would refuse it: ")
    assert "targets[1].retry.attempts (--retry) must be a whole number from 0 to 5" in ran.err
    assert "cache.mode (--cache) is required" in ran.err
    assert not (home.root / "c.json").exists()
    answer = home.run("config", "new", "--to", "openai", "--json").json()
    assert (answer["ok"], answer["data"]["file"]) == (False, None)
    assert answer["data"]["findings"][0]["path"] == "provider"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ((), "Nothing was said of the config"),
        (("--to", "@a", "--set", "a" + ".a" * 20_000 + "=1"), "nested too deeply"),
        (("--to", "@a", "--set", 'a={"b":1,"b":2}'), "A name is there twice"),
        (("--to", "vk:\n"), "A target is not of a form that is known"),
        (("--to", "prompt:a\nb"), "A target is not of a form that is known"),
        (("--fallback", "@a"), "--fallback needs two targets or more"),
        (("--override", "@a"), "--override takes NAME=VALUE"),
        (("--conditional", "team=x", "@a", "--default", "@b"), "Did you mean metadata.team=…?"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_slip_is_a_line_with_what_to_do(home: UserHome, argv: tuple[str, ...], says: str) -> None:
    ran = home.run("config", "new", *argv)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 2)
    assert says in ran.err


def test_self_hosted_is_checked_by_what_that_gateway_takes(home: UserHome) -> None:
    argv = ("--fallback", "anthropic", "openai/gpt-4o", "--key-ref", "anthropic", "env:A", "--key-ref",
            "openai/gpt-4o", "env:O")  # fmt: skip
    assert home.run("config", "new", "--fallback", "@a", "@b", "--self-hosted").code == 1
    config = json.loads(home.ok("config", "new", *argv, "--self-hosted").out)
    assert config["targets"][0] == {
        "provider": "anthropic",
        "api_key": "env:A",
        "forward_headers": ["anthropic-beta"],
    }


def test_questions_lead_to_a_file_and_are_asked_again_after_a_slip(home: UserHome) -> None:
    with asked(home) as term:
        term.expect("What is it to do?")
        term.answer_each(
            ("Number [1]: ", "1"),
            ("First target, such as @anthropic-prod: ", "nonsense"),
            ("A gateway would refuse nonsense: provider needs api_key", "@"),
            ("A target is not of a form that is known. It is one of: @slug", "@a"),
            ("Next target, such as @anthropic-prod: ", "@b/claude-x"),
            ("Next target (empty: no more): ", ""),
            ("Next one on which statuses (such as 429,5xx; empty: any failure): ", "429"),
            ("Ask the same target again, how often (0 to 5) [0]: ", "9"),
            ("It must be a whole number from 0 to 5. Such as 3.", "2"),
        )
        term.expect("Keep answers at the gateway?")
        term.answer_each(
            ("Number [1]: ", "2"),
            ("For how long [1h]: ", "5s"),
            ("It must be a whole number of seconds from 60 to 7776000. Such as 1h.", ""),
            ("Give up after (such as 60s; empty: never): ", "90s"),
        )
        shown = term.expect("Write it to which file (empty: only show it): ")
        assert "Tries @a, then @b with model claude-x on 429." in shown
        assert not (home.root / "c.json").exists()
        term.type("c.json")
        assert term.finish() == 0
        assert "Wrote ~/c.json." in term.screen
    assert written(home) == {
        "strategy": {"mode": "fallback", "on_status_codes": [429]},
        "targets": [{"provider": "@a"}, {"provider": "@b", "override_params": {"model": "claude-x"}}],
        "retry": {"attempts": 2},
        "cache": {"mode": "simple", "max_age": 3600},
        "request_timeout": 90000,
        "forward_headers": ["anthropic-beta"],
    }


def test_questions_offer_the_providers_that_an_account_told(work: UserHome, hosted: HostedAccount) -> None:
    work.ok("models")
    with asked(work) as term:
        term.answer_each(
            ("Number [1]: ", "3"),
            ("Condition, such as metadata.team=eng: ", "team=eng"),
            ("Did you mean metadata.team=…?", "metadata.team=eng"),
        )
        assert "@bedrock-eu" in term.expect("Number, or a name [1]: ")
        term.type("@typed")
        term.answer_each(
            ("One more condition (empty: no more): ", ""), ("Number, or a name [1]: ", "1"), *NO_FIELDS
        )
        shown = term.expect("Write it to which file")
        assert "requests where metadata.team is eng to @typed; all others to @anthropic-prod." in shown
        term.type("")
        assert term.finish() == 0
        assert term.screen.count('"default": "anthropic-prod"') == 1  # it was shown already


def test_stopping_writes_nothing(home: UserHome) -> None:
    with terminal(["config", "new", "-o", "c.json"], home.environ, home.root) as term:
        term.expect("What is it to do?")
        term.press(CONTROL_C)
        assert term.finish() == 130
    assert not (home.root / "c.json").exists()


def test_a_file_that_was_named_is_asked_about_before_it_is_written(home: UserHome) -> None:
    """Nothing is written before it was seen: the question says so, and a no leaves nothing."""
    for answer, code in (("n", 4), ("", 0)):
        with asked(home, "-o", "c.json") as term:
            term.answer_each(("Number [1]: ", "4"), ("Target, such as @anthropic-prod: ", "@a"), *NO_FIELDS)
            shown = term.expect("Write it to c.json? (Y/n): ")
            assert '"provider": "@a"' in shown
            assert not (home.root / "c.json").exists()
            term.type(answer)
            assert term.finish() == code
        assert (home.root / "c.json").exists() is (code == 0)


def test_each_target_is_chosen_from_the_list_and_none_is_refused_at_the_end(
    work: UserHome, hosted: HostedAccount
) -> None:
    """A target that no gateway takes would else cost all the answers after it."""
    work.ok("models")
    with asked(work) as term:
        term.answer_each(("Number [1]: ", "2"), ("Number, or a name [1]: ", "bedrok-eu"))
        term.expect("Did you mean @bedrock-eu?")
        for target in ("@bedrock-eu", "@anthropic-prod"):
            term.answer("Number, or a name [1]: ", target)
        assert "no more" in term.expect("Number, or a name [1]: ")
        term.type("@third")
        term.answer_each(("Number, or a name [1]: ", "1"), ("Weight of @bedrock-eu [1]: ", "much"))
        assert "--loadbalance" not in term.expect("A weight is a number, 0 or more. Such as 0.7.")
        for weight in ("2", "1", "1"):
            term.answer("[1]: ", weight)
        term.answer_each(*NO_FIELDS)
        assert "50 % to @bedrock-eu" in term.expect("Write it to which file")
        term.type("")
        assert term.finish() == 0


def test_the_open_source_gateway_is_told_where_each_key_lies(home: UserHome) -> None:
    with asked(home, "--self-hosted") as term:
        term.answer_each(
            ("Number [1]: ", "4"),
            ("Target, such as @anthropic-prod: ", "@a"),
            ("A gateway would refuse @a", "openai"),
            ("Where the key of openai lies", "sk-typed"),
            ("A secret is never an argument", "env:OPENAI_API_KEY"),
            *NO_FIELDS,
            ("Write it to which file", "c.json"),
        )
        assert term.finish() == 0
    assert written(home)["api_key"] == "env:OPENAI_API_KEY"
