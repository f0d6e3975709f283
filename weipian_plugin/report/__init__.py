"""Plain values in, files out: ledger, map sheets, result layer, evidence package."""
