"""What a window shows at a glance: profiles in rows, settings made by hand, where they are broken."""
