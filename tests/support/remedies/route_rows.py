"""Faults of the route that a session would take, set by hand, by a profile, a project or the shell."""

from __future__ import annotations

import json
from collections.abc import Callable

from support.home.doctor_home import FOREIGN, HOSTED, ROUTE, DoctorHome
from support.home.user_home import KEY
from support.remedies.row import Row
from support.remedies.settings_rows import LOCAL, out_of_project, project

HEADERS = "ANTHROPIC_CUSTOM_HEADERS"
MESSAGES = {"ANTHROPIC_BASE_URL": HOSTED, "ANTHROPIC_AUTH_TOKEN": FOREIGN}
MADE_SO = {**MESSAGES, HEADERS: ROUTE}
VERTEX = {
    "ANTHROPIC_VERTEX_BASE_URL": f"{HOSTED}/v1",
    "CLAUDE_CODE_USE_VERTEX": "1",
    "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1",
    "ANTHROPIC_MODEL": "claude-opus-4-8@20251101",
}
ADDRESS = {"ANTHROPIC_BASE_URL": f"{HOSTED}/v1"}
METADATA = "x-portkey-metadata: team=a"
BEYOND_ASCII = 'x-portkey-metadata: {"a": "é"}'

# A value, and the finding that it makes wherever it is set.
VALUES: dict[str, dict[str, str]] = {
    "base-url": ADDRESS,
    "two-keys": {"ANTHROPIC_API_KEY": "sk-ant-own-key"},
    "other-place": {"CLAUDE_CODE_USE_FOUNDRY": "1"},
    "metadata": {HEADERS: f"{ROUTE}\n{METADATA}"},
    "header-text": {HEADERS: f"{ROUTE}\n{BEYOND_ASCII}"},
    "glued-headers": {HEADERS: ROUTE.replace("\n", r"\n")},
}


def by_hand(headers: str = "", **env: str) -> Callable[[DoctorHome], None]:
    """Settings that somebody made from a page."""

    def plant(home: DoctorHome) -> None:
        home.by_hand(headers, **env)
        text = json.loads(home.settings.read_text())
        home.settings.write_text(json.dumps({"model": "sonnet", **text}))

    plant.__name__ = f"by_hand_{len(headers)}_{'_'.join(env)}"
    return plant


def in_project(**env: str) -> Callable[[DoctorHome], None]:
    """A project's own local file has it, over the profile."""

    plant = project(LOCAL, env={**MADE_SO, **env})
    plant.__name__ = "in_project"
    return plant


def in_shell(**env: str) -> Callable[[DoctorHome], None]:
    """No profile is active, and the shell exports it over settings made by hand."""

    def plant(home: DoctorHome) -> None:
        home.by_hand(
            *([] if HEADERS in env else [ROUTE]),
            **{name: MESSAGES[name] for name in MESSAGES if name not in env},
        )
        home.environ |= env

    plant.__name__ = "in_shell"
    return plant


def not_in_shell(home: DoctorHome) -> None:
    for name in {name for env in VALUES.values() for name in env}:
        home.environ.pop(name, None)
    if HEADERS not in home.settings.read_text():
        home.by_hand(ROUTE, **MESSAGES)


def back(env: dict[str, str]) -> Callable[[DoctorHome], None] | None:
    """Without the headers the settings made by hand are no route: the user takes them back as well."""
    return not_in_shell if HEADERS in env else None


def over_the_profile(**env: str) -> Callable[[DoctorHome], None]:
    """Somebody changed what the active profile wrote."""

    def plant(home: DoctorHome) -> None:
        home.set_env(**env)

    plant.__name__ = "over_the_profile"
    return plant


def no_route_by_the_shell(home: DoctorHome) -> None:
    home.by_hand(ANTHROPIC_BASE_URL=HOSTED)
    home.environ |= NO_ROUTE


def add(home: DoctorHome) -> None:
    """`add` asks at a terminal for what is given here."""
    home.ok("add", "portkey", "--switch", "--provider", "@a", "--key-stdin", stdin=KEY)


def no_helper(home: DoctorHome) -> None:
    settings = json.loads(home.settings.read_text())
    del settings["apiKeyHelper"]
    home.settings.write_text(json.dumps(settings, indent=2))


def add_and_switch(home: DoctorHome) -> None:
    home.ok("switch", "work")


def own_login_wanted(home: DoctorHome) -> None:
    """The profile leaves the token to a login that is not there."""
    home.ok("set", "work", "key_delivery", "settings")
    home.ok("set", "work", "key_in", "header")


def login(home: DoctorHome) -> None:
    home.file(".claude/.credentials.json", json.dumps({"claudeAiOauth": {"accessToken": FOREIGN}}), 0o600)


def console_login(headers: str, **env: str) -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        home.by_hand(headers, **env)
        home.file(".claude.json", json.dumps({"primaryApiKey": "sk-ant-CANARY-of-the-user"}))

    plant.__name__ = "console_login"
    return plant


def line_against_a_login_gone(home: DoctorHome) -> None:
    home.file(".claude.json", json.dumps({"primaryApiKey": "sk-ant-CANARY-of-the-user"}))
    home.add("written", "--provider", "@a", "--key-delivery", "settings")
    home.ok("switch", "written")
    home.edit_settings(r"\nx-api-key: \n", r"\n")


def log_out(home: DoctorHome) -> None:
    (home.root / ".claude.json").unlink()


def placeholder_in_a_profile(home: DoctorHome) -> None:
    page = ["--provider", "@a", "--key-delivery", "settings", "--key-stdin"]
    home.ok("add", "page", *page, stdin="YOUR_PORTKEY_API_KEY")
    home.ok("switch", "page")


def placeholder_elsewhere(home: DoctorHome) -> None:
    """`key rotate` could not change a key that lies in a file of the user's."""
    home.file("key", "YOUR_PORTKEY_API_KEY\n")
    page = ["--provider", "@a", "--key-delivery", "settings", "--key-ref", f"file:{home.root}/key"]
    home.ok("add", "page", *page)
    home.ok("switch", "page")


def own_key_there(home: DoctorHome) -> None:
    home.file("key", f"{KEY}\n")
    home.ok("switch", "page")


def bedrock(*options: str) -> Callable[[DoctorHome], None]:
    def plant(home: DoctorHome) -> None:
        home.ok("add", "bed", *options, "--key-ref", "keyring:work", "--switch")

    plant.__name__ = f"bedrock_{len(options)}"
    return plant


def bedrock_by_hand(home: DoctorHome) -> None:
    home.by_hand(
        ROUTE.replace("@a", "@aws-bedrock"), **MESSAGES, ANTHROPIC_DEFAULT_SONNET_MODEL="amazon.nova"
    )


def bedrock_variables(home: DoctorHome) -> None:
    names = ("CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS", "DISABLE_PROMPT_CACHING")
    home.set_env(**dict.fromkeys(names, "1"))


def retired_in_a_profile(home: DoctorHome) -> None:
    home.ok("set", "work", "models.sonnet", "claude-3-5-sonnet-20241022")


def retired_at_the_top(home: DoctorHome) -> None:
    home.edit_settings('"model": "sonnet"', '"model": "claude-3-7-sonnet-20250219"')


def successor_at_the_top(home: DoctorHome) -> None:
    home.edit_settings("claude-3-7-sonnet-20250219", "sonnet")


def retired_in_the_shell(home: DoctorHome) -> None:
    home.environ["ANTHROPIC_MODEL"] = "claude-3-7-sonnet-20250219"


def headers_as_an_object(home: DoctorHome) -> None:
    home.by_hand(**MESSAGES)
    home.set_env(**{HEADERS: dict(line.split(": ", 1) for line in ROUTE.split("\n"))})


def headers_as_text(home: DoctorHome) -> None:
    home.set_env(**{HEADERS: ROUTE})


MADE = "pkcc-tray import --name portkey"
BACK = "pkcc-tray restore"
NO_ROUTE = {HEADERS: "x-portkey-trace-id: 1"}
PATHS = ("/v1/messages", "/v1/proxy")
BY_HAND = {"glued-headers": "Let each begin on a line of its own"}  # what the shell or a project sets
BEDROCK = (
    ("--dialect", "bedrock", "--provider", "bedrock", "--virtual-key", "v", "--model", "amazon.nova"),
    ("--provider", "@aws-bedrock", "--sonnet", "amazon.nova"),
)
ROWS = [
    *(Row(check, BACK, over_the_profile(**env)) for check, env in VALUES.items()),
    *(
        Row(check, BY_HAND.get(check, "Change it in"), in_project(**env), out_of_project(LOCAL))
        for check, env in VALUES.items()
    ),
    *(
        Row(check, BY_HAND.get(check, f"unset {next(iter(env))}"), in_shell(**env), back(env))
        for check, env in VALUES.items()
    ),
    *(Row(check, MADE, by_hand(**{**MADE_SO, **env})) for check, env in VALUES.items()),
    *(Row("base-url", MADE, by_hand(**{**MADE_SO, "ANTHROPIC_BASE_URL": HOSTED + path})) for path in PATHS),
    Row(
        "base-url",
        MADE,
        by_hand(ROUTE, **{**VERTEX, "ANTHROPIC_VERTEX_BASE_URL": HOSTED, "ANTHROPIC_VERTEX_PROJECT_ID": "p"}),
    ),
    Row("base-url", "pkcc-tray add portkey --switch", by_hand("", **{**MESSAGES, **ADDRESS}), add),
    Row("no-key", BACK, no_helper),
    Row("not-text", "Write it as one text in quotes", headers_as_an_object, headers_as_text),
    Row("project-id", MADE, by_hand(ROUTE, **VERTEX)),
    Row("no-route", BACK, over_the_profile(**NO_ROUTE)),
    Row("no-route", "pkcc-tray add portkey --switch", no_route_by_the_shell, add),
    Row("no-route", "pkcc-tray add portkey --switch", by_hand("", ANTHROPIC_BASE_URL=HOSTED), add),
    Row("no-key", "Add a profile with a key", by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED), add_and_switch),
    Row("no-key", "Add a profile with a key", by_hand("x-portkey-provider: @a", **VERTEX), add_and_switch),
    Row("no-key", "pkcc-tray set work key_in --unset", own_login_wanted),
    Row("no-key", "Or log in to Claude Code", own_login_wanted, login),
    Row(
        "header-size",
        "Save the config at Portkey",
        by_hand(f"{ROUTE}\nx-portkey-config: {'c' * 15_000}", **MESSAGES),
        add_and_switch,
    ),
    Row("two-keys", "pkcc-tray switch written", line_against_a_login_gone),
    Row("two-keys", MADE, console_login(ROUTE, **MESSAGES)),
    Row("two-keys", "Or log out with `/logout`", console_login(ROUTE, **MESSAGES), log_out),
    Row(
        "own-login",
        "With the key as a token, or by a helper",
        console_login(ROUTE, ANTHROPIC_BASE_URL=HOSTED),
        add_and_switch,
    ),
    Row("first-run", "pkcc-tray set work key_in token", own_login_wanted),
    Row("first-run", "A helper spares that", by_hand(ROUTE, ANTHROPIC_BASE_URL=HOSTED), add_and_switch),
    Row("placeholder", "pkcc-tray key rotate page", placeholder_in_a_profile),
    Row("placeholder", "Put your own key there", placeholder_elsewhere, own_key_there),
    Row(
        "placeholder",
        "or make a profile",
        by_hand(ROUTE.replace(FOREIGN, "YOUR_PORTKEY_API_KEY"), ANTHROPIC_BASE_URL=HOSTED),
        add_and_switch,
    ),
    *(Row("bedrock-model", "pkcc-tray set bed extra_env", bedrock(*options)) for options in BEDROCK),
    Row("bedrock-model", "Set ", bedrock_by_hand, bedrock_variables),
    Row("retired-model", "pkcc-tray set work models.sonnet", retired_in_a_profile),
    Row("retired-model", "unset ANTHROPIC_MODEL", retired_in_the_shell),
    Row("retired-model", "Name ", retired_at_the_top, successor_at_the_top),
]
