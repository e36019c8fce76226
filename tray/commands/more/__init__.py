"""The commands beside profiles, switching, projects and keys."""
