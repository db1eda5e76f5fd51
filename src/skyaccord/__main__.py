"""`python -m skyaccord` is `skyaccord`."""

from skyaccord.cli import main

main()
