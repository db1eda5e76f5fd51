"""How close: pairwise kernels, search, alerts. Plain arrays, no I/O."""
