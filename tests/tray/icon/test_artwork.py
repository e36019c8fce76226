"""The mark: told apart at a glance, on any panel, at any size; and the files the installers need."""

from __future__ import annotations

from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from tray.icon import artwork
from tray.icon.artwork import APP_SIZES, ICO_SIZES, bare, write_files
from tray.icon.marks import CONDITIONS, TRAY_SIZES, pixels

if TYPE_CHECKING:
    from pathlib import Path

THEMES = ("light", "dark", "template")
PANELS = {"light": (245, 245, 245), "dark": (30, 30, 34), "template": (236, 236, 236)}
draw = cache(artwork.draw)  # each of them is looked at by many tests


def on_panel(condition: str, size: int, theme: str, colour: tuple[int, int, int]) -> Image.Image:
    panel = Image.new("RGB", (size, size), colour)
    mark = draw(condition, size, theme)
    panel.paste(mark, mask=mark)
    return panel


def luminance(colour: tuple[float, ...]) -> float:
    channels = [c / 255 for c in colour[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@cache
def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", TRAY_SIZES)
def test_every_size_is_drawn_for_itself_with_smooth_edges(size: int, theme: str) -> None:
    for condition in CONDITIONS:
        mark = draw(condition, size, theme)
        assert mark.size == (size, size)
        assert mark.mode == "RGBA"
        alphas = {alpha for _count, alpha in mark.getchannel("A").getcolors() or []}
        assert {0, 255} < alphas


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", TRAY_SIZES)
def test_conditions_differ_in_shape_so_that_colour_is_not_needed(size: int, theme: str) -> None:
    # By brightness alone, as someone who cannot tell the colours apart sees them.
    shades = {c: on_panel(c, size, theme, PANELS[theme]).convert("L") for c in CONDITIONS}
    for one, other in combinations(CONDITIONS, 2):
        different = ImageChops.difference(shades[one], shades[other])
        assert ImageStat.Stat(different.point(lambda shade: 255 * (shade > 40))).mean[0] / 255 > 0.05


@pytest.mark.parametrize("condition", ["drift", "error"])
@pytest.mark.parametrize("theme", THEMES)
def test_a_badge_has_its_sign_in_it(condition: str, theme: str) -> None:
    # The mark of exclamation in the triangle, the cross in the disc.
    mark = draw(condition, 64, theme)
    sign, beside = {"drift": ((46, 46), (41, 57)), "error": ((47, 47), (47, 34))}[condition]
    assert mark.getpixel(sign) != mark.getpixel(beside)
    assert mark.getchannel("A").getpixel(beside) == 255


# White, Xfce's, LXQt's from top to bottom, a grey one, Xfce's dark one, GNOME's, LXQt's dark one.
EVERY_PANEL = [
    *((255, 255, 255), (246, 245, 244), (236, 236, 236), (202, 202, 202), (128, 128, 128)),
    *((53, 53, 53), (30, 30, 34), (0, 0, 0)),
]


@pytest.mark.parametrize("panel", EVERY_PANEL)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_mark_stands_out_from_any_panel_whatever_is_believed_of_it(
    condition: str, theme: str, panel: tuple[int, int, int]
) -> None:
    """Without a settings portal a dark panel is taken for a light one: an icon not seen warns nobody."""
    for size in (16, 22, 24):
        mark, shown = draw(condition, size, theme), on_panel(condition, size, theme, panel)
        drawn = [at for at in product(range(size), repeat=2) if mark.getpixel(at)[3] > 128]
        clear = [at for at in drawn if contrast(shown.getpixel(at), panel) >= 3]
        assert len(clear) >= 0.2 * len(drawn), (size, len(clear), len(drawn))


@pytest.mark.parametrize("panel", EVERY_PANEL)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_conditions_are_told_apart_without_colour_on_any_panel_at_16_pixels(
    theme: str, panel: tuple[int, int, int]
) -> None:
    shades = {c: on_panel(c, 16, theme, panel).convert("L") for c in CONDITIONS}
    for one, other in combinations(CONDITIONS, 2):
        different = ImageChops.difference(shades[one], shades[other])
        assert ImageStat.Stat(different.point(lambda shade: 255 * (shade > 40))).mean[0] / 255 > 0.05


def test_the_template_is_black_and_alpha_as_macos_wants_it() -> None:
    for condition in CONDITIONS:
        colours = draw(condition, 36, "template").getcolors(10**6) or []
        assert {colour[:3] for _count, colour in colours if colour[3]} == {(0, 0, 0)}


def test_the_installers_files_are_written_with_every_size(tmp_path: Path) -> None:
    written = {path.name: path for path in write_files(tmp_path / "new" / "icons")}
    for size in APP_SIZES:
        with Image.open(written[f"pkcc-tray-{size}.png"]) as image:
            assert image.size == (size, size)
    with Image.open(written["pkcc-tray.ico"]) as icon:
        assert icon.info["sizes"] == {(size, size) for size in ICO_SIZES}
    with Image.open(written["pkcc-tray.icns"]) as bundle:
        assert {size[0] * size[2] for size in bundle.info["sizes"]} >= {32, 64, 128, 256, 512, 1024}


def test_a_small_icon_in_the_ico_is_the_one_drawn_for_that_size(tmp_path: Path) -> None:
    write_files(tmp_path)
    with Image.open(tmp_path / "pkcc-tray.ico") as icon:
        small = icon.ico.getimage((16, 16)).convert("RGBA").tobytes()
    assert small == bare("active", 16, "light").tobytes()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_linux_shows_the_mark_that_is_drawn(condition: str, theme: str) -> None:
    """After a change of the drawing: python -m tray.icon.artwork."""
    for size, rgba in pixels(condition, theme).items():
        assert rgba == draw(condition, size, theme).tobytes(), size
