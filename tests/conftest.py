"""What all tests share: properties are searched without a stopwatch, and a failing one prints how to see it again."""

from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")
