"""Reading invoices and what belongs to them, for those who may see them."""
