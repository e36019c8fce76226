"""The mark, drawn by Pillow at any size: a route that forks at a gateway, one branch taken.

The state is shown by shape as well as by colour: active is a filled mark, off an outline, drift carries a
triangle, error a disc with a cross, unreachable a square with a bar. Everything is drawn as coverage masks,
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

from PIL import Image, ImageChops, ImageDraw

from tray.icon.marks import CONDITIONS, FILE, THEMES, TRAY_SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

APP_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
_ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)

_Colour = tuple[int, int, int]
_Point = tuple[float, float]
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


# Every mark stays readable on the other kind of panel too: few desktops say how dark theirs is.
_PALETTES = {
    "light": _Palette(
        mark=(56, 97, 214),
        glyph=_WHITE,
        idle=(122, 130, 144),
        drift=((206, 120, 0), _WHITE),
        error=((205, 43, 49), _WHITE),
    ),
    "dark": _Palette(
        mark=(84, 130, 250),
        glyph=_WHITE,
        idle=(150, 158, 172),
        drift=((255, 179, 26), _INK),
        error=((228, 64, 64), _WHITE),
    ),
    "template": _Palette(_BLACK, None, _BLACK, (_BLACK, None), (_BLACK, None)),
}


class _Canvas:
    """Masks on a grid of 16 units, whatever the pixel size."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.scale = max(4, min(8, 256 // size))
        self.pixels = size * self.scale

    def unit(self, length: float) -> float:
        """Pixels of the large canvas for a length in units."""
        return length * self.pixels / 16

    def snap(self, length: float, least: int = 1) -> float:
        """A length in units that is a whole number of final pixels."""
        return max(least, round(length * self.size / 16)) * 16 / self.size

    def mask(self) -> Image.Image:
        return Image.new("L", (self.pixels, self.pixels), 0)

    def rounded(self, low: float, high: float, radius: float) -> Image.Image:
        mask = self.mask()
        corners = (self.unit(low), self.unit(low), self.unit(high) - 1, self.unit(high) - 1)
        ImageDraw.Draw(mask).rounded_rectangle(corners, self.unit(radius), fill=255)
        return mask

    def disc(self, mask: Image.Image, centre: _Point, radius: float) -> None:
        x, y, r = self.unit(centre[0]), self.unit(centre[1]), self.unit(radius)
        ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r - 1, y + r - 1), fill=255)

    def stroke(self, mask: Image.Image, points: Sequence[_Point], width: float) -> None:
        """A line with round ends and joints."""
        scaled = [(self.unit(x), self.unit(y)) for x, y in points]
        ImageDraw.Draw(mask).line(scaled, fill=255, width=round(self.unit(width)), joint="curve")
        for point in points:
            self.disc(mask, point, width / 2)

    def polygon(self, mask: Image.Image, points: Sequence[_Point]) -> None:
        ImageDraw.Draw(mask).polygon([(self.unit(x), self.unit(y)) for x, y in points], fill=255)


def draw(condition: str, size: int, theme: str) -> Image.Image:
    """The mark in one of `CONDITIONS`, `size` pixels square, RGBA.

    `theme` is the kind of panel: "light", "dark", or "template" (black and alpha, as macOS tints it itself).
    """
    canvas = _Canvas(size)
    palette = _PALETTES[theme]
    edge = canvas.snap(0.75) if size >= 22 else 0.0
    body = canvas.rounded(edge, 16 - edge, 4)
    image = Image.new("RGBA", (canvas.pixels, canvas.pixels), (*palette.mark, 0))
    if condition == "off":
        line = canvas.snap(1.4)
        inside = canvas.rounded(edge + line, 16 - edge - line, 4 - line)
        _paint(image, ImageChops.subtract(body, inside), palette.idle)
        _paint(image, _fork(canvas, 0.84, (8.2, 7.8)), palette.idle)
        return image.reduce(canvas.scale)
    _paint(image, body, palette.mark)
    if condition == "active":
        _paint(image, _fork(canvas, 1.0, (8.5, 7.5)), palette.glyph)
        return image.reduce(canvas.scale)
    # The badge covers a corner; the glyph makes room for it.
    _paint(image, _fork(canvas, 0.92, (7.4, 6.4), whole=False), palette.glyph)
    badge = {"drift": _triangle, "unreachable": _barred_square}.get(condition, _crossed_disc)
    shape, sign, gap = badge(canvas)
    shape_colour, sign_colour = palette.error if condition == "error" else palette.drift
    _paint(image, gap, None)
    _paint(image, shape, shape_colour)
    _paint(image, sign, sign_colour)
    return image.reduce(canvas.scale)


def _paint(image: Image.Image, mask: Image.Image, colour: _Colour | None) -> None:
    if colour is None:
        image.putalpha(ImageChops.subtract(image.getchannel("A"), mask))
    else:
        image.paste((*colour, 255), mask=mask)


def _fork(canvas: _Canvas, scale: float, centre: _Point, *, whole: bool = True) -> Image.Image:
    """The glyph: a stem that takes the upper branch, with an arrow; the lower one only if `whole`."""
    mask = canvas.mask()
    width = canvas.snap(1.9 * scale, 2 if scale == 1 else 1)

    def at(*points: _Point) -> list[_Point]:
        return [(centre[0] + scale * x, centre[1] + scale * y) for x, y in points]

    canvas.stroke(mask, at((-4.9, 1.1), (-2.3, 1.1), (0.7, -2.1), (2.6, -2.1)), width)
    canvas.polygon(mask, at((1.7, -5.1), (4.9, -2.1), (1.7, 0.9)))
    if whole:
        canvas.stroke(mask, at((0.2, 4.1), (3.8, 4.1)), width)
    return mask


def _triangle(canvas: _Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The badge of drift: its shape, the sign in it, and the gap around it."""
    low, top, left, right = 16.0, 8.0, 7.2, 16.0
    middle = (left + right) / 2
    shape, gap, sign = canvas.mask(), canvas.mask(), canvas.mask()
    corners = [(middle, top + 0.7), (right - 0.7, low - 0.7), (left + 0.7, low - 0.7), (middle, top + 0.7)]
    canvas.polygon(shape, corners)
    canvas.stroke(shape, corners, 1.4)
    canvas.polygon(gap, corners)
    canvas.stroke(gap, corners, 1.4 + 2.2)
    canvas.stroke(sign, [(middle, 11.1), (middle, 12.5)], 1.3)
    canvas.disc(sign, (middle, 14.3), 0.75)
    return shape, sign, gap


def _crossed_disc(canvas: _Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The badge of error: its shape, the sign in it, and the gap around it."""
    centre, radius, arm = (11.8, 11.8), 4.2, 1.55
    shape, gap, sign = canvas.mask(), canvas.mask(), canvas.mask()
    canvas.disc(shape, centre, radius)
    canvas.disc(gap, centre, radius + 1.1)
    x, y = centre
    canvas.stroke(sign, [(x - arm, y - arm), (x + arm, y + arm)], 1.4)
    canvas.stroke(sign, [(x - arm, y + arm), (x + arm, y - arm)], 1.4)
    return shape, sign, gap


def _barred_square(canvas: _Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The badge of an unreachable gateway: its shape, the sign in it, and the gap around it."""
    low, high = 8.0, 15.6
    shape, gap = canvas.rounded(low, high, 1.4), canvas.rounded(low - 1.1, 16 + 1, 2.2)
    sign = canvas.mask()
    middle = (low + high) / 2
    canvas.stroke(sign, [(low + 2.1, middle), (high - 2.1, middle)], 1.6)
    return shape, sign, gap


def write_files(directory: Path) -> list[Path]:
    """The app icon for every installer, written to `directory`: a .png a size, an .ico and an .icns."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for size in APP_SIZES:
        written.append(directory / f"pkcc-tray-{size}.png")
        draw("active", size, "light").save(written[-1])
    written += [directory / "pkcc-tray.ico", directory / "pkcc-tray.icns"]
    written[-2].write_bytes(ico("active", "light"))
    # Every size is drawn for itself: a reduced large one is soft at 16.
    drawn = [draw("active", size, "light") for size in _ICNS_SIZES]
    drawn[-1].save(written[-1], format="ICNS", append_images=drawn[:-1])
    return written


def ico(condition: str, theme: str) -> bytes:
    """A Windows .ico with the mark drawn at each size that Windows asks for."""
    drawn = [draw(condition, size, theme) for size in ICO_SIZES]
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
