"""All that is known of Claude Code: its variables, its files, its sessions and its processes."""
