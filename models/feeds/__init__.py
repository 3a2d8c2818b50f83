"""Places in feeds: taken under a lock, read on from a cursor."""
