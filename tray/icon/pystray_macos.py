"""What pystray gets wrong on macOS: AppKit off the main thread, an image blind to dark bars and Retina."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PIL.Image import Image

    from tray.icon.base import Face

POINTS = 18  # of the bar's 22
SCALE = 2
_ACCESSORY = 1  # NSApplicationActivationPolicyAccessory: no icon in the Dock


class MacOS:
    """A `System` (see `pystray_icon`)."""

    def __init__(self, module: Any) -> None:
        import AppKit  # type: ignore[import-not-found]
        import Foundation  # type: ignore[import-not-found]

        class Icon(module.Icon):  # type: ignore[misc]
            def _assert_image(self) -> None:
                data = BytesIO()
                self.icon.save(data, "PNG")
                raw = data.getvalue()
                image = AppKit.NSImage.alloc().initWithData_(
                    Foundation.NSData.dataWithBytes_length_(raw, len(raw))
                )
                # Twice the pixels in the same points is sharp on Retina; a template is tinted by the bar.
                image.setSize_((POINTS, POINTS))
                image.setTemplate_(True)
                self._icon_image = image
                self._status_item.button().setImage_(image)

        AppKit.NSApplication.sharedApplication().setActivationPolicy_(_ACCESSORY)
        self._class = Icon

    def make(self, **arguments: Any) -> Any:
        """The pystray icon."""
        return self._class(**arguments)

    def on_main(self, _icon: Any, job: Callable[[], None]) -> None:
        """Run `job` on the main thread: AppKit ends the process for less."""
        from PyObjCTools import AppHelper  # type: ignore[import-not-found]

        AppHelper.callAfter(job)

    def image(self, condition: str) -> Image:
        """The mark as a template: black and alpha."""
        from tray.icon.artwork import draw

        return draw(condition, POINTS * SCALE, "template")

    def label(self, text: str) -> str:
        """The label as it is."""
        return text

    def tooltip(self, face: Face) -> str:
        """Title and tooltip, a line each."""
        return "\n".join(filter(None, (face.title, face.tooltip)))
