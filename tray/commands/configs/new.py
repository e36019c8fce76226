"""config new: a Portkey config from options, or from answers to questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from profiles.base.errors import PkccError
from profiles.portkey.config.authoring.options import FIELDS
from profiles.portkey.config.authoring.strategies import Wish
from profiles.portkey.config.authoring.targets import FORMS
from tray.commands import offers
from tray.commands.names import completed
from tray.commands.options import flag
from tray.terminal.results import Report, report
from tray.terminal.words.configs.checked import advice_words, refused_words, written_config

if TYPE_CHECKING:
    import argparse

    from tray.actions.account.configs.new import NewConfig
    from tray.app import App


def arguments_config_new(parser: argparse.ArgumentParser) -> None:
    """[--to T | --fallback T T … | --loadbalance T=W … | --conditional C T --default T] and fields."""
    parser.description = (
        f"Write a Portkey config, from options or questions. A target T is {FORMS}; a file's config becomes "
        "a target. An option of a field is for the whole, or with a target's word before its value for that "
        "target alone: --override @b model=claude-sonnet-5-5."
    )
    _add_strategies(parser.add_argument_group("where requests go"))
    fields = parser.add_argument_group("fields, of all targets or of one (repeatable)")
    for field in FIELDS:
        option = fields.add_argument(
            field.option,
            metavar=("[T]", field.form),
            nargs="+",
            action="append",
            default=[],
            help=field.meaning,
        )
        completed(option, lambda words=field.words, **_: words)
    flag(fields, "--no-forward", "forward no header line that was not named")
    fields.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], dest="settings",
        help="any other field, such as targets[1].weight=2",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there (default: standard output)")
    flag(parser, "--force", "even over a file that is there")
    flag(parser, "--self-hosted", "for the open-source gateway")


def _add_strategies(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    several: dict[str, Any] = {"nargs": "+", "default": []}
    completed(add("--to", metavar="T", help="one target for every request"), offers.targets)
    completed(
        add("--fallback", metavar="T", **several, help="each when the one before it fails"), offers.targets
    )
    add("--on", metavar="STATUS,…", help="with --fallback: only on these, such as 429,5xx")
    shares = "shares of the requests, such as @a=0.7 @b=0.3"
    completed(add("--loadbalance", metavar="T=WEIGHT", **several, help=shares), offers.targets)
    stays = "with --loadbalance: requests of the same metadata.NAME stay with one target"
    add("--sticky", metavar="FIELD", **several, help=stays)
    add("--sticky-for", metavar="1h", help="with --sticky: for so long")
    which = "requests for which all of these hold, such as metadata.team=eng @a; the first that fits counts"
    form = "CONDITION … T"
    completed(add("--conditional", metavar=form, **several, action="append", help=which), offers.targets)
    completed(add("--default", metavar="T", help="with --conditional: all other requests"), offers.targets)
    add("--rest-after", metavar="N|N%", help="a target rests after so many failures, or such a share")
    add("--rest-for", metavar="60s", help="with --rest-after: for so long, 30s at least")


def config_new(app: App, *, output: str | None, force: bool, self_hosted: bool, **options: Any) -> Report:
    """The config, and what it means in a sentence.

    With an error in it nothing is written: PkccError, with exit code 1, or in JSON a report of all that is
    wrong. Raises ConflictError for a file that is there, unless `force`, and where a person says no.
    """
    from tray.actions.account.configs.new import make_config, write_config
    from tray.actions.account.configs.new_file import place_for

    if output is not None:
        place_for(output, force=force)  # before anybody is asked anything
    wish, seen = _wish(options), False
    if app.interactive and wish == Wish():
        from tray.commands.configs.new_questions import ask_config, show_it, where_to

        new = ask_config(app, self_hosted=self_hosted)
        seen = show_it(new)
        if seen or output is not None:
            output, force = where_to(output, force=force)
    else:
        new = make_config(wish, self_hosted=self_hosted)
    if new.is_wrong:
        return _refused(app, new)
    notes = (*(() if seen else (new.sentence,)), *advice_words(new.findings))
    if output is None:
        return Report(new, raw="" if seen else new.text, notes=notes)
    return report(write_config(new, output, force=force), written_config, notes=notes)


def _refused(app: App, new: NewConfig) -> Report:
    if app.wants_json:
        return Report(new, raw="", exit_code=1)
    raise PkccError(
        f"Nothing was written, for a gateway would refuse it: {refused_words(new.findings)}",
        "`pkcc-tray config new --help` says what each option takes.",
    )


def _wish(options: dict[str, Any]) -> Wish:
    fields = {
        field.option: options[field.option.removeprefix("--").replace("-", "_")]
        for field in FIELDS
        if options[field.option.removeprefix("--").replace("-", "_")]
    }
    return Wish(
        options["to"], tuple(options["fallback"]), tuple(options["loadbalance"]),
        tuple(tuple(words) for words in options["conditional"]), options["default"], options["on"],
        tuple(options["sticky"]), options["sticky_for"], options["rest_after"], options["rest_for"],
        fields, tuple(options["settings"]), not options["no_forward"],
    )  # fmt: skip
