"""What others are told of a step, by mail, webhook or to a platform: rows written in its own transaction."""
