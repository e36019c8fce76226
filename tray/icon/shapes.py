"""What the mark is drawn of: masks on a grid of 16 units, and the badges of what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float]


class Canvas:
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
        """An empty one."""
        return Image.new("L", (self.pixels, self.pixels), 0)

    def rounded(self, low: float, high: float, radius: float) -> Image.Image:
        """A square with round corners."""
        mask = self.mask()
        corners = (self.unit(low), self.unit(low), self.unit(high) - 1, self.unit(high) - 1)
        ImageDraw.Draw(mask).rounded_rectangle(corners, self.unit(radius), fill=255)
        return mask

    def disc(self, mask: Image.Image, centre: Point, radius: float) -> None:
        """A full circle."""
        x, y, r = self.unit(centre[0]), self.unit(centre[1]), self.unit(radius)
        ImageDraw.Draw(mask).ellipse((x - r, y - r, x + r - 1, y + r - 1), fill=255)

    def stroke(self, mask: Image.Image, points: Sequence[Point], width: float) -> None:
        """A line with round ends and joints."""
        scaled = [(self.unit(x), self.unit(y)) for x, y in points]
        ImageDraw.Draw(mask).line(scaled, fill=255, width=round(self.unit(width)), joint="curve")
        for point in points:
            self.disc(mask, point, width / 2)

    def polygon(self, mask: Image.Image, points: Sequence[Point]) -> None:
        """What those corners enclose."""
        ImageDraw.Draw(mask).polygon([(self.unit(x), self.unit(y)) for x, y in points], fill=255)


def triangle(canvas: Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
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


def crossed_disc(canvas: Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The badge of error: its shape, the sign in it, and the gap around it."""
    centre, radius, arm = (11.8, 11.8), 4.2, 1.55
    shape, gap, sign = canvas.mask(), canvas.mask(), canvas.mask()
    canvas.disc(shape, centre, radius)
    canvas.disc(gap, centre, radius + 1.1)
    x, y = centre
    canvas.stroke(sign, [(x - arm, y - arm), (x + arm, y + arm)], 1.4)
    canvas.stroke(sign, [(x - arm, y + arm), (x + arm, y - arm)], 1.4)
    return shape, sign, gap


def barred_square(canvas: Canvas) -> tuple[Image.Image, Image.Image, Image.Image]:
    """The badge of an unreachable gateway: its shape, the sign in it, and the gap around it."""
    low, high = 8.0, 15.6
    shape, gap = canvas.rounded(low, high, 1.4), canvas.rounded(low - 1.1, 16 + 1, 2.2)
    sign = canvas.mask()
    middle = (low + high) / 2
    canvas.stroke(sign, [(low + 2.1, middle), (high - 2.1, middle)], 1.6)
    return shape, sign, gap
