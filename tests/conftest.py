"""What all tests share: how Hypothesis behaves.

No deadlines, because tests never assert times. With CI=true the examples are the same each run, so that a red
run means that the change is wrong; elsewhere they are new each run, so that somebody finds the next failure.
"""

import os

from hypothesis import settings

settings.register_profile("everywhere", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("everywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")
