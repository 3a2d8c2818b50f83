"""The command line, topic by topic."""
