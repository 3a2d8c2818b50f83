"""What is raised inside this folder where a signature does not hold; ``verify_signature`` reports it."""

from __future__ import annotations


class BrokenSignature(Exception):
    """The signature does not hold, or says so little that nothing can be relied on; the message says why."""
