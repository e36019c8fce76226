"""Pages about Portkey configs: the list, and the builder of one."""
