"""What every change writes: the guarded update, the history, the registry number."""
