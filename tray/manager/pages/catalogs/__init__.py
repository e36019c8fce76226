"""Pages about catalogs: which are followed, one of them, what waits, and a new one."""
