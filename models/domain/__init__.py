"""What an invoice is and what may happen to it: data and pure functions, no framework."""
