"""What the menu and the notices say."""
