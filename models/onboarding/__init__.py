"""Receivers who are not here yet: their keys, and their signing up."""
