"""The life of an invoice: coming in, moving, being cancelled."""
