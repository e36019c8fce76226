"""Whether there is a desktop: what `pkcc-tray` alone does depends on it."""

from __future__ import annotations

import pytest

from tray.desktop.display import display_socket, has_display


@pytest.mark.parametrize(
    ("environ", "there"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "1.2.3.4"}, True),  # forwarded
    ],
)
def test_on_linux_the_environment_names_it(environ: dict[str, str], there: bool) -> None:
    assert has_display(environ, "linux") is there


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_there_always_is_one_but_not_over_ssh(platform: str) -> None:
    assert has_display({}, platform)
    assert not has_display({"SSH_CONNECTION": "1.2.3.4 1 5.6.7.8 22"}, platform)


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"DISPLAY": ":0"}, "/x/X0"),
        ({"DISPLAY": ":12.1"}, "/x/X12"),
        ({"DISPLAY": "unix:1"}, "/x/X1"),
        ({"DISPLAY": "localhost:10.0"}, None),
        ({"DISPLAY": "elsewhere:0"}, None),
        ({"DISPLAY": ""}, None),
        ({}, None),
        ({"DISPLAY": "nonsense"}, None),
        ({"DISPLAY": ":../../etc"}, None),
        ({"WAYLAND_DISPLAY": "wayland-1", "XDG_RUNTIME_DIR": "/run/user/7"}, "/run/user/7/wayland-1"),
        ({"WAYLAND_DISPLAY": "/tmp/w", "XDG_RUNTIME_DIR": "/run/user/7"}, "/tmp/w"),
        ({"WAYLAND_DISPLAY": "wayland-1", "DISPLAY": ":0", "XDG_RUNTIME_DIR": "/r"}, "/r/wayland-1"),
        ({"WAYLAND_DISPLAY": "wayland-1"}, None),
    ],
)
def test_its_socket_is_where_servers_put_it(environ: dict[str, str], path: str | None) -> None:
    assert display_socket(environ, "/x") == path
