"""Catalogs while the tray runs: when each is asked for anew, and what is said of what came."""
