"""What was said: envelope, journal, link, receipts. Stands on base alone."""
