"""Portkey configs from words that a person types: `@a`, `0.7`, `429,5xx`, `metadata.team=eng`."""
