"""The console's HTTP API: one file a resource. Handlers only translate; the work is in the projections."""
