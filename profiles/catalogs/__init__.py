"""Profiles that a team publishes in one signed file, carried by git, by HTTPS or by a directory."""
