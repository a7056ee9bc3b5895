"""The process that reads one register file, with limits on memory and processor time.

It takes a ReadRequest on stdin and writes a Register or a ReadRefusal to stdout, in parts, pickled.
The parent also knows what it means if the process dies.
"""

import pickle
import resource
import sys

from sarabanwatch.edge.register.child import TOO_MUCH, answer, parts

asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - our parent wrote it
resource.setrlimit(resource.RLIMIT_AS, (asked.bounds.memory,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (asked.bounds.seconds,) * 2)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    for part in parts(answer(asked)):
        pickle.dump(part, sys.stdout.buffer)
except MemoryError:
    sys.exit(TOO_MUCH)
