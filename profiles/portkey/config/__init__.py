"""Portkey's Config object: read and judged, put into words, written from options."""
