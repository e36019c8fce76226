"""What an administrator's tools take, made of the table of keys: schemas, templates, samples, a page."""
