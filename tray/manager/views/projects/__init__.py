"""What pages about projects and rules show."""
