"""UBL 2.1 Invoice and CreditNote, by the rules of EN 16931."""
