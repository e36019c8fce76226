"""The commands about catalogs, and `join`."""
