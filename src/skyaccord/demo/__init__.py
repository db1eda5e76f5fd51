"""Two nodes, two acts: the exercise October 2015, and a real recording."""
