"""Who flies: states, readers (one file a format), cleaning, the picture."""
