"""The demo: people, invoices, and their lives of the last nine months."""
