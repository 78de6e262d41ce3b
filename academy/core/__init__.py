"""What every room may lean on: the domain error, ids, the clock, working days, texts. No tables, no HTTP."""
