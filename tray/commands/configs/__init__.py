"""Portkey configs: in files, at Portkey, and what they do."""
