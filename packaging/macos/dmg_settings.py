"""dmgbuild's settings: the application and a way into Applications. `-D app=PATH` names the bundle."""

application: str = defines["app"]  # noqa: F821 - given by dmgbuild
files = [application]
symlinks = {"Applications": "/Applications"}
icon = defines["icon"]  # noqa: F821 - given by dmgbuild
format = "ULFO"  # noqa: A001 - dmgbuild's own name; lzfse, which every supported macOS reads
filesystem = "APFS"
window_rect = ((200, 200), (540, 320))
default_view = "icon-view"
icon_size = 96
icon_locations = {"pkcc-tray.app": (140, 140), "Applications": (400, 140)}
