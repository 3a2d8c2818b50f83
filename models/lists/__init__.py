"""What lists are narrowed to, searched for, ordered by and marked with."""
