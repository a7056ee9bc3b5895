"""What all tests share: properties are tried on the same cases everywhere, untimed; `HYPOTHESIS=search` seeks new ones."""

import os

from hypothesis import settings

settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))
