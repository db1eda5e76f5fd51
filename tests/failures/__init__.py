"""What went wrong, each as a story that fails when its requirement is taken away."""
