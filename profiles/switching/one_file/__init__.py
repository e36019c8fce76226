"""One settings file: an edit is drafted, made durable, written, and what is remembered of it committed."""
