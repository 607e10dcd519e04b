"""Where plans are kept: SQLite in one file, or PostgreSQL for a team."""
