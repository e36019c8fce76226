"""The core of pkcc-tray: profiles, settings surgery, secrets. No screen, no menu."""

__version__ = "0.1.0"
