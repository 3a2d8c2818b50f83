"""Who is mailed about what, and what was mailed."""
