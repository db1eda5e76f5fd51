"""What the working group gets: figures with their definitions, and both sides' counts laid side by side."""
