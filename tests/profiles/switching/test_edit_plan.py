"""If these fail, a switch or `off` loses something of the user's, or a running session goes the wrong way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profiles.base.programs.command_line import for_sh
from profiles.base.secret_markers import fill
from profiles.claude_code.credential_lines import address_in_force
from profiles.claude_code.header_lines import split_lines
from profiles.claude_code.owned_slots import HEADERS_SLOT, OWNED_ENV, OWNED_SLOTS, STATUS_LINE
from profiles.claude_code.routing_names import SHIELDED
from profiles.claude_code.settings.json_edit import apply_splices, edit_object
from profiles.claude_code.settings.parse import Settings, actual_values, parse_settings
from profiles.claude_code.status_input import BESIDE, SAYS
from profiles.profile.render import render
from profiles.profile.rendering import Rendered, expected_values, header_text
from profiles.profile.schema.parse import parse_profile
from profiles.switching.edit.new_text import Filled
from profiles.switching.edit.other_files import OtherFiles
from profiles.switching.edit.plan import EditPlan, plan_edit
from profiles.switching.edit.standing import Standing
from profiles.switching.edit.status_line import is_there, own_command_line, status_line
from profiles.switching.memory.state import Memory

KEY = "pk-secret-0123456789"
HELPER = "/usr/bin/pkcc-tray key print a"


def profile(**fields: Any) -> Rendered:
    base = {"name": "a", "route": {"kind": "provider", "provider": "@prod"}, "api_key": "keyring:a"}
    return render(parse_profile(base | fields))


PROFILES = [
    profile(),
    profile(
        dialect="vertex",
        route={"kind": "virtual_key", "provider": "vertex-ai", "virtual_key": "vk-1"},
        models={"default": "claude@1"},
        metadata={"_user": "é"},
        extra_env={"FOO": "ours", "BAR": "ours"},
    ),
    profile(
        dialect="bedrock",
        route={"kind": "config", "id": "pc-1"},
        models={"sonnet": "s", "opus": "o"},
        extra_headers={"X-Corp": "1", "X-Api-Token": "keyring:other"},
    ),
    profile(key_delivery="settings", models={"haiku": "h"}, extra_env={"FOO": "again"}),
    profile(key_in="header", key_delivery="settings", trace_id="t", vertex={"region": "eu"}),
]


def our_line(theirs: str) -> str:
    return for_sh(["/usr/bin/pkcc-tray", "statusline", SAYS, "a", *([BESIDE, theirs] if theirs else [])])


def filled(rendered: Rendered | None, line: str = "") -> Filled | None:
    if rendered is None:
        return None
    env = {k: fill(v, lambda _: KEY) if isinstance(v, str) else v for k, v in rendered.env.items()}
    return Filled(env, header_text(rendered, lambda _: KEY), HELPER if rendered.helper else None, "", line)


class World:
    """One settings file and what is remembered of it, without any disk."""

    def __init__(self, data: bytes | None, *, windows: bool = False) -> None:
        self.data = data
        self.windows = windows
        self.before: Rendered | None = None
        self.memory = Memory()
        self.line = False  # ours is there

    @property
    def settings(self) -> Settings:
        return parse_settings(self.data, "settings.json", windows=self.windows)

    def go(
        self,
        new: Rendered | None,
        *,
        keep: bool = False,
        exported: frozenset[str] = frozenset(),
        line: bool = False,
    ) -> EditPlan:
        now = self.settings
        ours = status_line(now, our_line) if line else ""
        shell = exported | frozenset(self.memory.shield)
        around = OtherFiles(our_line=self.line)
        plan = plan_edit(
            Standing(now, self.before, self.memory, around=around), self.memory, filled(new, ours),
            keep_blanks=keep, exported=shell, around=around,
        )  # fmt: skip
        self.line = bool(ours) and new is not None
        # What is remembered goes through a file.
        self.memory = Memory(**json.loads(json.dumps(plan.memory._asdict())))
        self.before = new
        self.data = None if plan.text is None else now.encode(plan.text)
        return plan

    @property
    def env(self) -> dict[str, Any]:
        return json.loads(self.settings.text).get("env", {})

    def type(self, **env: str | None) -> None:
        """The user types these into `env`; None takes one out."""
        now = self.settings
        assert now.env is not None
        changes = {key: None if value is None else json.dumps(value) for key, value in env.items()}
        text = apply_splices(now.text, edit_object(now.text, now.env, changes, "  "))
        self.data = now.encode(text)


# Files as users have them ------------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        "X-Mine: 1",
        r"X-M\u00fc: \u00e9\/",
        "X-Corp: 1",
        "x-corp: 2",
        "X-Api-Token: users",
        "x-portkey-api-key: old",
        r"\u0078-Portkey-Config: pc-old",
        "no colon",
        "",
        r"a: \\n",
    ]
)
ENDS = st.sampled_from([r"\n", r"\r\n", r"\u000a", r"\u000D\u000A"])
HEADER_STRING = st.lists(st.tuples(LINES, ENDS), max_size=5).flatmap(
    lambda parts: st.sampled_from(
        [
            '"' + "".join(line + end for line, end in parts) + '"',
            '"' + "".join(line + end for line, end in parts) + 'X-Last: z"',
        ]
    )
)
TEXTS = st.sampled_from(
    ['"u"', '""', "1", "true", r'"\u0075"', "null", f'"{KEY}"', '"1"', '"https://api.portkey.ai"']
)
STATUS_LINES = (
    '{"type": "command", "command": "date"}',
    r"""{ "command" :"a \u0062 \"c\" 'd' \n", "padding":2,"type" : "command" }""",
    '{"type":"command","command":1}',
    "null",
    '{"type": "command", "command": "x", "command": "y"}',
)
ENV_KEYS = st.sampled_from([*OWNED_ENV, "FOO", "BAR", "MINE", "PATH2", r"\u0046OO2"])


@st.composite
def member(draw: st.DrawFn) -> tuple[str, str]:
    key = draw(ENV_KEYS)
    return key, draw(HEADER_STRING if key == "ANTHROPIC_CUSTOM_HEADERS" else TEXTS)


@st.composite
def file_bytes(draw: st.DrawFn) -> bytes | None:
    whole = draw(st.sampled_from([None, "", " \r\n", "{}", "{ }", "{\n}\n", *["members"] * 12]))
    bom = draw(st.sampled_from(["", "", "\ufeff"]))
    if whole != "members":
        return None if whole is None else (bom + whole).encode()
    line, unit, colon = draw(
        st.sampled_from(
            [("\n", "  ", ": "), ("\r\n", "\t", " : "), ("", "", ":"), (" ", "", ": "), ("\n\n", " ", ":")]
        )
    )

    def wrap(members: list[tuple[str, str]], depth: int) -> str:
        if not members:
            return draw(st.sampled_from(["{}", "{ }", "{\n  }"]))
        inner, outer = line + unit * (depth + 1), line + unit * depth
        return "{" + inner + ("," + inner).join(f'"{k}"{colon}{v}' for k, v in members) + outer + "}"

    members = draw(
        st.lists(
            st.sampled_from(
                [
                    *(("model", '"opus"'), ("é", "[1e3]"), ("x", "{ }"), ("apiKeyHelper", '"mine"')),
                    *(("statusLine", line) for line in STATUS_LINES),
                ]
            ),
            max_size=3,
        )
    )
    if draw(st.integers(0, 4)):
        env = draw(st.lists(member(), max_size=6))
        at = draw(st.integers(0, len(members)))
        members.insert(at, ("env", wrap(env, 1)))
    return (bom + wrap(members, 0) + draw(st.sampled_from(["", "\n"]))).encode()


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*range(len(PROFILES)), None]),
        st.booleans(),
        st.frozensets(st.sampled_from(sorted(SHIELDED)), max_size=2),
        st.booleans(),
    ),
    max_size=5,
)
OURS_TOO = {"env.FOO", "env.BAR"}


def foreign_parts(now: Settings, *, line: bool = False) -> list[str]:
    """Every member that no profile ever writes, as spelled, without the status line where ours is there."""
    found = []
    for prefix, owner in (("", now.root), ("env.", now.env)):
        for part in owner.members if owner else []:
            slot = prefix + part.key
            if line and slot == STATUS_LINE:
                continue
            if slot not in OWNED_SLOTS and slot not in OURS_TOO and slot != "env":
                found.append(now.text[part.key_start : part.value_end])
    return found


def lines_of(now: Settings) -> list[str]:
    part = now.member(HEADERS_SLOT)
    lines = [] if part is None else split_lines(now.raw(part))
    return [line.raw for line in lines if line.raw and not line.name.startswith("x-portkey-")]


def stays_in(start: Settings) -> Callable[[str], bool]:
    """Which of the user's lines stay with the profiles' gateway: a credential of another address does not."""
    values = actual_values(start)
    at_home = address_in_force(lambda name: values.get(f"env.{name}")) == "https://api.portkey.ai"
    return lambda line: at_home or not line.startswith("X-Api-Token")


@settings(max_examples=1200, deadline=None)
@given(file_bytes(), STEPS)
@example(b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Corp: 1"}}', [(2, False, frozenset(), True)])
@example(b"{}", [(1, True, frozenset(), True), (0, True, frozenset(), True), (2, True, frozenset(), False)])
def test_off_gives_back_the_very_bytes_and_on_the_way_nothing_foreign_changes(
    data: bytes | None, steps: list[tuple[int | None, bool, frozenset[str], bool]]
) -> None:
    world = World(data)
    start = world.settings
    kept: set[str] = set()
    for index, keep, exported, line in steps:
        new = None if index is None else PROFILES[index]
        world.go(new, keep=keep, exported=exported, line=line)
        now = world.settings
        ours = line and new is not None
        assert foreign_parts(now, line=ours) == foreign_parts(start, line=ours)
        assert is_there(now) == ours
        assert not ours or own_command_line(now) == own_command_line(start)
        if keep:
            assert kept <= set(world.env), "a running session would keep a key that is gone"
        else:
            kept = set()
        if new is not None:
            kept |= set(new.env) | {"ANTHROPIC_CUSTOM_HEADERS"}
            kept -= {"FOO", "BAR"} & set(json.loads(start.text).get("env", {}))
            says = actual_values(now)
            written = expected_values(new, HELPER)
            for slot, template in written.items():
                assert says[slot] == fill(template, lambda _: KEY)
            ours = {slot for slot in says if slot in OWNED_SLOTS or slot.startswith("header.x-portkey-")}
            assert ours == {slot for slot in written if slot in ours}
            added = [f"{name}: {KEY if value.startswith(chr(0)) else value}" for name, value in new.headers]
            added = [line for line in added if not line.startswith("x-portkey-")]
            assert lines_of(now) == [*filter(stays_in(start), lines_of(start)), *added]
            assert all(name in world.env for name in exported)
        elif not keep:
            assert world.data == data
            assert world.memory == Memory()
    world.go(None, keep=True)
    world.go(None, keep=False)  # tidy
    assert world.data == data
    assert world.memory == Memory()


@settings(max_examples=300, deadline=None)
@given(file_bytes(), st.sampled_from(PROFILES), st.booleans())
def test_switching_twice_to_the_same_profile_changes_nothing_more(
    data: bytes | None, new: Rendered, keep: bool
) -> None:
    world = World(data)
    world.go(new, keep=keep)
    first, memory = world.data, world.memory
    assert world.go(new, keep=keep).changed == []
    assert (world.data, world.memory) == (first, memory)


@settings(max_examples=300, deadline=None)
@given(file_bytes(), st.lists(st.sampled_from(PROFILES), min_size=1, max_size=3), st.booleans())
def test_what_the_user_adds_between_switches_survives_them_and_off(
    data: bytes | None, news: list[Rendered], keep: bool
) -> None:
    world = World(data)
    for number, new in enumerate(news):
        world.go(new, keep=keep)
        raw = world.env["ANTHROPIC_CUSTOM_HEADERS"]
        world.type(**{f"MINE_{number}": "é", "ANTHROPIC_CUSTOM_HEADERS": f"{raw}\nX-New-{number}: 1"})
    world.go(None, keep=keep)
    world.go(None)
    lines = world.env["ANTHROPIC_CUSTOM_HEADERS"].splitlines()
    for number in range(len(news)):
        assert world.env[f"MINE_{number}"] == "é"
        assert f"X-New-{number}: 1" in lines
    start = parse_settings(data, "")
    values = {slot: value for slot, value in actual_values(start).items() if not slot.startswith("header.")}
    assert values.items() <= actual_values(world.settings).items()


# One case at a time ------------------------------------------------------------------------------------

USER = b"""{
  "env": {
    "ANTHROPIC_MODEL": "mine",
    "MINE": "1"
  },
  "apiKeyHelper": "my-helper"
}
"""
VERTEX, BEDROCK, HEADER_ONLY = PROFILES[1], PROFILES[2], PROFILES[4]


def test_a_value_of_the_users_waits_blank_in_its_place() -> None:
    world = World(USER)
    world.go(BEDROCK)
    assert list(world.env)[:2] == ["ANTHROPIC_MODEL", "MINE"]
    assert world.env["ANTHROPIC_MODEL"] == ""
    assert world.memory.displaced == {
        "env.ANTHROPIC_MODEL": '"mine"',
        "apiKeyHelper": '"my-helper"',
    }


@pytest.mark.parametrize("keep", [False, True])
def test_off_gives_back_the_value_of_before_though_another_was_typed_into_our_blank(keep: bool) -> None:
    """The value from before the first switch is what `off` promises; what was typed since, `undo` has."""
    world = World(USER)
    world.go(BEDROCK, keep=keep)
    world.type(ANTHROPIC_MODEL="newer")
    world.go(VERTEX, keep=keep)
    assert world.env["ANTHROPIC_MODEL"] == "claude@1"
    world.go(None, keep=keep)
    world.go(None)
    assert world.data == USER


def test_what_is_typed_into_a_blank_after_off_is_not_tidied_away() -> None:
    world = World(USER)
    world.go(VERTEX, keep=True)
    world.go(None, keep=True)
    assert world.env["ANTHROPIC_VERTEX_BASE_URL"] == ""
    typed = "x-portkey-api-key: own\nX-Mine: 2"
    world.type(ANTHROPIC_VERTEX_BASE_URL="https://mine/v1", ANTHROPIC_CUSTOM_HEADERS=typed)
    world.go(BEDROCK, keep=True)
    world.go(None, keep=True)
    world.go(None)
    assert world.env["ANTHROPIC_VERTEX_BASE_URL"] == "https://mine/v1"
    assert world.env["ANTHROPIC_CUSTOM_HEADERS"] == typed
    assert set(world.env) == {
        "ANTHROPIC_MODEL", "MINE", "ANTHROPIC_VERTEX_BASE_URL", "ANTHROPIC_CUSTOM_HEADERS"
    }  # fmt: skip


def test_a_key_deleted_by_hand_is_still_blanked_for_sessions_that_hold_it() -> None:
    world = World(b"{}")
    world.go(VERTEX, keep=True)
    world.type(CLAUDE_CODE_USE_VERTEX=None, FOO=None)
    world.go(BEDROCK, keep=True)
    assert world.env["CLAUDE_CODE_USE_VERTEX"] == ""
    assert world.env["FOO"] == ""
    world.type(FOO=None)
    world.go(HEADER_ONLY, keep=True)
    assert world.env["FOO"] == ""
    world.go(None)
    assert world.data == b"{}"


def test_blanks_that_come_back_stand_in_one_order() -> None:
    """Else two switches that mean the same would give different bytes, and a diff of them would show it."""
    world = World(b"{}")
    world.go(BEDROCK, keep=True)
    world.type(**dict.fromkeys(world.env))
    world.go(HEADER_ONLY, keep=True)
    blank = [
        f"env.{name}" for name, value in world.env.items() if value == "" and f"env.{name}" in OWNED_SLOTS
    ]
    assert len(blank) > 2
    assert blank == sorted(blank, key=[*OWNED_SLOTS].index)


def test_a_value_changed_while_ours_stood_there_is_drift_and_not_the_users() -> None:
    world = World(USER)
    world.go(VERTEX)
    world.type(ANTHROPIC_VERTEX_BASE_URL="https://evil.example", FOO="x", ANTHROPIC_MODEL="y")
    world.go(VERTEX)
    assert world.env["ANTHROPIC_VERTEX_BASE_URL"] == "https://api.portkey.ai/v1"
    world.go(None)
    assert world.data == USER


def test_an_extra_variable_of_an_earlier_profile_is_tidied_two_switches_later() -> None:
    world = World(b"{}")
    for new in (VERTEX, BEDROCK, HEADER_ONLY):
        world.go(new, keep=True)
    assert world.env["FOO"] == ""
    world.go(HEADER_ONLY)
    assert "FOO" not in world.env


def test_the_helper_is_taken_out_even_while_sessions_run_and_the_users_comes_back() -> None:
    world = World(b"{}")
    world.go(PROFILES[0], keep=True)
    assert json.loads(world.data or b"")["apiKeyHelper"] == HELPER
    world.go(VERTEX, keep=True)
    assert "apiKeyHelper" not in json.loads(world.data or b"")
    world = World(USER)
    world.go(PROFILES[0])
    world.go(None)
    assert world.data == USER


def test_a_variable_that_the_shell_exports_is_held_off_but_never_over_the_profiles_own() -> None:
    world = World(USER)
    exported = frozenset({"ANTHROPIC_API_KEY", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_BEDROCK"})
    world.go(HEADER_ONLY, exported=exported)
    assert {world.env[name] for name in exported} == {""}
    world.go(BEDROCK)  # the shell of today exports nothing; the one that did may still be open
    assert world.env["ANTHROPIC_API_KEY"] == ""
    assert world.env["CLAUDE_CODE_USE_BEDROCK"] == 1
    world.go(None)
    assert world.data == USER


def test_the_users_header_lines_keep_their_spelling_and_the_line_ends_come_back() -> None:
    data = rb'{"env":{"ANTHROPIC_CUSTOM_HEADERS":"X-\u00c9: \/1\r\nx-portkey-config: pc-mine\u000aX-B:2\n"}}'
    world = World(data)
    world.go(VERTEX)
    text = (world.data or b"").decode()
    assert r'"X-\u00c9: \/1\r\nX-B:2\n' in text
    assert "pc-mine" not in text
    world.go(None)
    assert world.data == data


def test_header_lines_added_beside_a_value_that_was_no_text_do_not_mangle_it() -> None:
    world = World(b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": null}}')
    world.go(VERTEX)
    world.type(ANTHROPIC_CUSTOM_HEADERS=world.env["ANTHROPIC_CUSTOM_HEADERS"] + "\nX-A: 1")
    world.go(None)
    assert world.env == {"ANTHROPIC_CUSTOM_HEADERS": "X-A: 1"}


def test_a_header_line_the_user_took_out_meanwhile_stays_out() -> None:
    world = World(rb'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-A: 1\u000ax-portkey-trace-id: t"}}')
    world.go(VERTEX)
    text = world.env["ANTHROPIC_CUSTOM_HEADERS"].replace("X-A: 1\n", "")
    world.type(ANTHROPIC_CUSTOM_HEADERS=text)
    world.go(None)
    assert world.env == {"ANTHROPIC_CUSTOM_HEADERS": "x-portkey-trace-id: t"}


def test_a_file_that_was_not_there_goes_again_unless_the_user_put_something_in_it() -> None:
    world = World(None)
    world.go(VERTEX)
    assert world.go(None).text is None
    world.go(VERTEX)
    world.type(MINE="1")
    world.go(None)
    assert json.loads(world.data or b"") == {"env": {"MINE": "1"}}


def test_a_value_that_means_the_same_is_not_rewritten() -> None:
    world = World(b'{"env": {"CLAUDE_CODE_USE_VERTEX": "1", "ANTHROPIC_MODEL": "claude\\u00401"}}')
    plan = world.go(VERTEX)
    assert "env.CLAUDE_CODE_USE_VERTEX" not in plan.changed
    assert "env.ANTHROPIC_MODEL" not in plan.changed


# Windows, where a variable's name has no case -------------------------------------------------------------


def on_windows(world: World) -> dict[str, str]:
    """The environment that the client has there: of two spellings the later one counts."""
    return {name.upper(): value for name, value in world.env.items() if value != ""}


@pytest.mark.parametrize(
    "env",
    [
        '{"anthropic_base_url": "https://evil.example", "Editor": "vim"}',
        '{"ANTHROPIC_BASE_URL": "https://a.example", "Anthropic_Base_Url": "https://evil.example"}',
        '{"claude_code_use_vertex": "1", "Anthropic_Vertex_Base_Url": "https://evil.example", "mine": 1}',
        '{"anthropic_custom_headers": "X-Mine: 1\\nx-portkey-provider: @evil"}',
    ],
)
@pytest.mark.parametrize("rendered", PROFILES)
def test_on_windows_no_other_spelling_leads_elsewhere_and_all_comes_back(
    env: str, rendered: Rendered
) -> None:
    """`anthropic_base_url` behind ours would have taken the requests, and the key, elsewhere."""
    original = f'{{\n  "env": {env}\n}}\n'.encode()
    world = World(original, windows=True)
    world.go(rendered)
    now = on_windows(world)
    wanted = filled(rendered)
    assert wanted is not None
    assert {name: str(now.get(name, "")) for name in wanted.env} == {k: str(v) for k, v in wanted.env.items()}
    assert "evil" not in json.dumps(now)
    world.type(Claude_Code_Use_Foundry="typed-since")
    world.go(PROFILES[0])
    assert "CLAUDE_CODE_USE_FOUNDRY" not in on_windows(world)
    world.go(None)
    assert on_windows(world).pop("CLAUDE_CODE_USE_FOUNDRY") == "typed-since"
    world.type(CLAUDE_CODE_USE_FOUNDRY=None)
    assert world.data == original


def test_elsewhere_another_spelling_is_another_variable() -> None:
    world = World(b'{"env": {"anthropic_base_url": "mine"}}')
    world.go(PROFILES[0])
    assert world.env["anthropic_base_url"] == "mine"
    assert world.env["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"


# What stands there already -----------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["null", "[]", "{}", '{"a": 1}'])
def test_what_is_no_text_is_no_blank_where_one_must_be(value: str) -> None:
    """The client sends `null` as a token beside the helper's key, and drops a file with a list there."""
    before = f'{{"env": {{"ANTHROPIC_AUTH_TOKEN": {value}}}}}'.encode()
    world = World(before)
    world.go(profile())
    assert world.env["ANTHROPIC_AUTH_TOKEN"] == ""
    world.go(None)
    assert world.data == before


@pytest.mark.parametrize(("value", "text"), [("true", "true"), ("1", "1"), ('"1"', "1")])
def test_what_says_the_same_in_another_spelling_stays_as_the_user_spelled_it(value: str, text: str) -> None:
    """An edit that changes nothing for the client would only be noise in somebody's dotfiles."""
    world = World(f'{{"env": {{"FOO": {value}, "ANTHROPIC_MODEL": "m"}}}}'.encode())
    world.go(profile(extra_env={"FOO": text}, models={"default": "m"}))
    assert f'"FOO": {value},' in (world.data or b"").decode()


def test_a_blank_of_the_user_s_that_they_took_out_themselves_does_not_come_back() -> None:
    """`off` would put a line into the file that its user had removed."""
    world = World(b'{"env": {"ANTHROPIC_MODEL": "", "MINE": "1"}}')
    world.go(profile())
    assert world.env["ANTHROPIC_MODEL"] == ""
    assert "env.ANTHROPIC_MODEL" not in world.memory.displaced
    world.type(ANTHROPIC_MODEL=None)
    world.go(profile(dialect="vertex", models={"default": "m"}))
    world.go(None)
    assert world.env == {"MINE": "1"}


def test_a_variable_that_the_user_typed_where_we_left_a_blank_stays_in_force() -> None:
    """A switch between two profiles would blank a variable that is none of ours and that neither sets."""
    world = World(b'{"env": {"MINE": "1"}}')
    world.go(profile(extra_env={"FOO": "ours"}))
    world.go(profile(), keep=True)
    assert world.env["FOO"] == ""  # a running session still has the profile's
    world.type(FOO="typed")
    world.go(profile(models={"default": "m"}), keep=True)
    assert world.env["FOO"] == "typed"
    world.go(None)
    assert world.env == {"MINE": "1", "FOO": "typed"}
