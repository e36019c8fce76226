"""The words of the commands about catalogs. Pure."""
