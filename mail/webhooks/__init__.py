"""Telling programs of changes by HTTP, by the Standard Webhooks rules. What is told is written by ``models``."""
