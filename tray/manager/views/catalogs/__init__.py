"""What pages about catalogs show."""
