"""Facturae 3.2, 3.2.1 and 3.2.2, the format of the Spanish administrations."""
