"""The commands about what an administrator decides."""
