"""A plan's artifacts as files that can be committed."""
