"""What was agreed: pure terms and rules, and the text people read."""
