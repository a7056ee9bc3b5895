"""How long hostile mails take to be answered: the slowest, and the most memory, as one JSON line.

    python tests/bench/hostile.py
"""

import json
import resource
import time
from collections import Counter

import tests_path  # noqa: F401 - for its effect

from corpus import hostile
from fakes.samples import REFUSALS
from sarabanwatch.core.returns import arrival

OURS = arrival.Ours("probes@probe.test", "นร 1200/ท")


def main() -> None:
    kinds, times = Counter[str](), []
    for name, raw in hostile.all_of_them():
        began = time.process_time()
        kinds[arrival.read(raw, OURS, REFUSALS).kind.value] += 1
        times.append((round(time.process_time() - began, 3), name))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"mails": len(times), "kinds": kinds, "slowest": sorted(times)[-5:],
                      "peak_rss_mb": round(peak, 1)}))


if __name__ == "__main__":
    main()
