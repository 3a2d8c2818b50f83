"""Parties, their people, and what they come in with."""
