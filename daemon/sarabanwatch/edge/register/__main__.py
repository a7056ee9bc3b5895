"""The process that reads one register file, with limits on memory and processor time.

It takes a ReadRequest on stdin and writes a Register or a ReadRefusal to stdout, both pickled. The
parent also knows what it means if the process dies.
"""

import pickle
import resource
import sys

from sarabanwatch.edge.register.child import TOO_MUCH, answer

MEMORY = 2 << 30   # address space, in octets; 200,000 rows take about half of it
SECONDS = 120      # of processor time

resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
try:
    sys.stdout.buffer.write(pickle.dumps(answer(pickle.load(sys.stdin.buffer))))  # noqa: S301 - our parent wrote it
except MemoryError:
    sys.exit(TOO_MUCH)
