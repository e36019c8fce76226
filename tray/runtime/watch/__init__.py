"""What the running tray keeps an eye on."""
