"""Events seen by both sides, and what both must account for, on the record."""
