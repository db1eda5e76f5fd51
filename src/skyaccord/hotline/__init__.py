"""Messages and acknowledgements between roles, on the record."""
