"""Speaking with other platforms: handing invoices over, telling and reading states, asking who lives where."""
