"""The mark, drawn by Pillow at any size: a route that forks at a gateway, one branch taken.

The state is shown by shape as well as by colour: active is a filled mark, off an outline, drift carries a
triangle, error a disc with a cross, unreachable a square with a bar. In a panel it has a rim, light around a
dark mark and dark around a light one: nothing tells how dark a panel is for certain, and either the mark
or its rim stands out from any. Everything is drawn as coverage masks,
several times larger than asked for, and reduced once, so that edges are smooth and what should lie on a
pixel's edge does.

`python -m tray.icon.artwork DIRECTORY` writes the files that the installers need. Without a directory it
writes `marks.zlib`, from which Linux shows the mark without Pillow.
"""

from __future__ import annotations

import zlib
from io import BytesIO
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops, ImageFilter

from tray.icon.marks import CONDITIONS, FILE, THEMES, TRAY_SIZES
from tray.icon.shapes import Canvas, barred_square, crossed_disc, triangle

if TYPE_CHECKING:
    from pathlib import Path

    from tray.icon.shapes import Point

APP_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
_ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)

_Colour = tuple[int, int, int]
_WHITE: _Colour = (255, 255, 255)
_INK: _Colour = (24, 26, 32)
_BLACK: _Colour = (0, 0, 0)


class _Palette(NamedTuple):
    """Colours for one kind of panel; None: cut through, so that the panel shows.

    `drift`, which unreachable has too, and `error` are a badge's shape and the sign in it.
    """

    mark: _Colour
    glyph: _Colour | None
    idle: _Colour
    drift: tuple[_Colour, _Colour | None]
    error: tuple[_Colour, _Colour | None]
    rim: _Colour | None = None


_PALETTES = {
    "light": _Palette(
        mark=(56, 97, 214),
        glyph=_WHITE,
        idle=(66, 74, 88),
        drift=((190, 108, 0), _WHITE),
        error=((205, 43, 49), _WHITE),
        rim=_WHITE,
    ),
    "dark": _Palette(
        mark=(84, 130, 250),
        glyph=_WHITE,
        idle=(150, 158, 172),
        drift=((255, 179, 26), _INK),
        error=((228, 64, 64), _WHITE),
        rim=_INK,
    ),
    "template": _Palette(_BLACK, None, _BLACK, (_BLACK, None), (_BLACK, None)),
}


def draw(condition: str, size: int, theme: str) -> Image.Image:
    """The mark in one of `CONDITIONS` as a panel shows it, `size` pixels square, RGBA.

    `theme` is the kind of panel: "light", "dark", or "template" (black and alpha, as macOS tints it itself).
    """
    colour = _PALETTES[theme].rim
    if colour is None:
        return bare(condition, size, theme)
    width = max(1, round(size / 22))
    inner = _large(condition, size - 2 * width, theme, 0.0)
    # An outline's rim fills it: both sides of each line would leave no line to be seen.
    shape = _large("active", size - 2 * width, theme, 0.0) if condition == "off" else inner
    scale = inner.width // (size - 2 * width)
    whole = Image.new("RGBA", (scale * size, scale * size), (*colour, 0))
    rim = whole.copy()
    whole.paste(inner, (scale * width, scale * width))
    rim.paste(shape, (scale * width, scale * width))
    grown = rim.getchannel("A").filter(ImageFilter.MaxFilter(2 * scale * width + 1))
    rim.paste((*colour, 255), (0, 0, *rim.size))
    rim.putalpha(grown)
    return Image.alpha_composite(rim, whole).reduce(scale)


def bare(condition: str, size: int, theme: str) -> Image.Image:
    """The mark without a rim, as a program's own icon."""
    large = _large(condition, size, theme, 0.75)
    return large.reduce(large.width // size)


def _large(condition: str, size: int, theme: str, margin: float) -> Image.Image:
    """The mark some times larger, with its edges where those of `size` pixels are."""
    canvas = Canvas(size)
    palette = _PALETTES[theme]
    edge = canvas.snap(margin) if size >= 22 else 0.0
    body = canvas.rounded(edge, 16 - edge, 4)
    image = Image.new("RGBA", (canvas.pixels, canvas.pixels), (*palette.mark, 0))
    if condition == "off":
        line = canvas.snap(1.4)
        inside = canvas.rounded(edge + line, 16 - edge - line, 4 - line)
        _paint(image, ImageChops.subtract(body, inside), palette.idle)
        _paint(image, _fork(canvas, 0.84, (8.2, 7.8)), palette.idle)
        return image
    _paint(image, body, palette.mark)
    if condition == "active":
        _paint(image, _fork(canvas, 1.0, (8.5, 7.5)), palette.glyph)
        return image
    # The badge covers a corner; the glyph makes room for it.
    _paint(image, _fork(canvas, 0.92, (7.4, 6.4), whole=False), palette.glyph)
    badge = {"drift": triangle, "unreachable": barred_square}.get(condition, crossed_disc)
    shape, sign, gap = badge(canvas)
    shape_colour, sign_colour = palette.error if condition == "error" else palette.drift
    _paint(image, gap, None)
    _paint(image, shape, shape_colour)
    _paint(image, sign, sign_colour)
    return image


def _paint(image: Image.Image, mask: Image.Image, colour: _Colour | None) -> None:
    if colour is None:
        image.putalpha(ImageChops.subtract(image.getchannel("A"), mask))
    else:
        image.paste((*colour, 255), mask=mask)


def _fork(canvas: Canvas, scale: float, centre: Point, *, whole: bool = True) -> Image.Image:
    """The glyph: a stem that takes the upper branch, with an arrow; the lower one only if `whole`."""
    mask = canvas.mask()
    width = canvas.snap(1.9 * scale, 2 if scale == 1 else 1)

    def at(*points: Point) -> list[Point]:
        return [(centre[0] + scale * x, centre[1] + scale * y) for x, y in points]

    canvas.stroke(mask, at((-4.9, 1.1), (-2.3, 1.1), (0.7, -2.1), (2.6, -2.1)), width)
    canvas.polygon(mask, at((1.7, -5.1), (4.9, -2.1), (1.7, 0.9)))
    if whole:
        canvas.stroke(mask, at((0.2, 4.1), (3.8, 4.1)), width)
    return mask


def write_files(directory: Path) -> list[Path]:
    """The app icon for every installer, written to `directory`: a .png a size, an .ico and an .icns."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for size in APP_SIZES:
        written.append(directory / f"pkcc-tray-{size}.png")
        bare("active", size, "light").save(written[-1])
    written += [directory / "pkcc-tray.ico", directory / "pkcc-tray.icns"]
    written[-2].write_bytes(ico("active", "light"))
    # Every size is drawn for itself: a reduced large one is soft at 16.
    drawn = [bare("active", size, "light") for size in _ICNS_SIZES]
    drawn[-1].save(written[-1], format="ICNS", append_images=drawn[:-1])
    return written


def ico(condition: str, theme: str) -> bytes:
    """A Windows .ico with the mark drawn at each size that Windows asks for."""
    drawn = [bare(condition, size, theme) for size in ICO_SIZES]
    data = BytesIO()
    drawn[-1].save(data, format="ICO", sizes=[image.size for image in drawn], append_images=drawn[:-1])
    return data.getvalue()


def marks() -> bytes:
    """The pixels of every mark that Linux shows, one after another in the order of `tray.icon.marks`."""
    wanted = product(THEMES, CONDITIONS, TRAY_SIZES)
    return b"".join(draw(condition, size, theme).tobytes() for theme, condition, size in wanted)


if __name__ == "__main__":
    import sys
    from pathlib import Path

    if len(sys.argv) > 1:
        write_files(Path(sys.argv[1]))
    else:
        FILE.write_bytes(zlib.compress(marks(), 9))
