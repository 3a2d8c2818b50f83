"""Tramesa: what has been sent. A backend for electronic invoices, from *sent* to *paid*."""

__version__ = "0.1.0"
