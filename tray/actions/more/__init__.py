"""What a person can do besides: check, doctor, configs, preferences, autostart."""
