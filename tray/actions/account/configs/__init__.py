"""What a person can do with Portkey configs."""
