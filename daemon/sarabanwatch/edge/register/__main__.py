"""The process that reads one register file, within bounds of memory and processor time: `Asked` on stdin, the answer on stdout.

Both are pickles between ourselves. Dying is an answer too.
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
