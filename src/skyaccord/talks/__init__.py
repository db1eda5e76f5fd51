"""The accord's life on the record: proposed, signed, in force."""
