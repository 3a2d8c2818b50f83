"""Other platforms: who they are, who lives there, what goes there."""
