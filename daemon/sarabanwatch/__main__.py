"""`python -m sarabanwatch` is the console command.

Python has put the current folder before all others. Code must not come from there: whoever may
write a list of agencies into it could put a `pickle.py` beside it.
"""

import sys

if not sys.flags.safe_path and sys.path[0] != __file__.rpartition("/sarabanwatch/")[0]:
    del sys.path[0]     # before anything else is imported

from sarabanwatch.cli import main

if __name__ == "__main__":
    main()
