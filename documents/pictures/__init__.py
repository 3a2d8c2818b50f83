"""What an invoice and the receipt of its entry look like on paper: PDF/A out of the domain's plain types."""
