"""Lines on what is in force: in the settings, in this session, in those that run."""
