"""What the running tray watches."""
