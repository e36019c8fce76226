"""Options that several of these commands have."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """[--dry-run]."""
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")


def add_target(parser: argparse.ArgumentParser) -> None:
    """[--target NAME]."""
    parser.add_argument("--target", metavar="NAME", help="only that target, and nothing else")
