"""What every room leans on: the domain error, ids, the clock, working days. No tables, no HTTP."""
