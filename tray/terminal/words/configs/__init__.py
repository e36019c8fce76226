"""Lines on configs: checked, saved at Portkey, explained."""
