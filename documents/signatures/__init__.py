"""XML signatures."""
