"""Benchmarks: `python -m bench`. Every figure is a ratio to something measured in the same run.

skies.py            the made-up skies: how many, where, which minima, which seed
reference_grid.py   a plain uniform grid in Numba, the yardstick for 100,000 and more
peers.py            the other programs, each in its own environment outside the repository
snapshot.py, growth.py, alerts.py, startup.py, recording.py, journal.py   one benchmark a file

SKYACCORD_BENCH_FOLDER names a folder on a slower disk, for journal.py to append there as well.
"""
