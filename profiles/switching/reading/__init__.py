"""What a settings file says now, against what it should say."""
