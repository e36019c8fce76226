"""The process: its server, its life, and what it tells open pages."""
