"""Pages about profiles: overview, switch, preview, check."""
