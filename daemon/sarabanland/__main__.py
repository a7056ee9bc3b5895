"""`python -m sarabanland --agencies N --seed S --dir DIR [--rate R] [--scenario NAME]`.

Runs a country until SIGTERM.
"""

import argparse
import asyncio
import logging
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from sarabanland.clock import default_rate
from sarabanland.land import play
from sarabanland.scenario import SCENARIOS

MOST = 150_000      # agencies; beyond that the codes of local governments run out


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Print one line, without the usage, and exit with status 2."""
        self.exit(2, f"sarabanland: {message}\n")


def main(words: list[str]) -> int:
    """Run the land; return the exit status.

    It is 0 after SIGTERM or SIGINT, 1 after a failure, 2 for wrong arguments.
    """
    parser = _Parser(prog="sarabanland", description=__doc__)
    parser.add_argument("--agencies", type=int, default=8286, metavar="N",
                        help=f"1 to {MOST} (default: 8286)")
    parser.add_argument("--seed", type=int, default=2568, metavar="S",
                        help="same seed, same country (default: 2568)")
    parser.add_argument("--dir", type=Path, required=True, metavar="DIR",
                        help="where to write; made if absent")
    parser.add_argument("--rate", type=float, metavar="R",
                        help="simulated seconds a wall second (default: by size)")
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="quiet",
                        help="what befalls it (default: quiet)")
    parser.add_argument("--wild", type=float, metavar="SHARE",
                        help="of letters, how many rouse mail that is no answer: 0 to 1")
    given = parser.parse_args(words)
    rate = given.rate if given.rate is not None else default_rate(given.agencies)
    if not 1 <= given.agencies <= MOST:
        parser.error(f"--agencies {given.agencies}: give a number from 1 to {MOST}")
    if not 1 <= rate <= 100_000:
        parser.error(f"--rate {rate:g}: give a number from 1 (as fast as life) to 100000")
    scenario = SCENARIOS[given.scenario]
    if given.wild is not None:
        if not 0 <= given.wild <= 1:
            parser.error(f"--wild {given.wild:g}: give a share from 0 to 1")
        scenario = replace(scenario, wild=given.wild)
    try:
        given.dir.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        parser.error(f"--dir {given.dir}: {refused.strerror}; give a folder that can be written")
    logging.basicConfig(level=logging.WARNING)
    try:
        asyncio.run(play(given.agencies, given.seed, rate, given.dir, scenario))
    except (OSError, RuntimeError) as broken:
        return _broke(str(broken))
    except Exception as broken:  # noqa: BLE001 - the last line tells what ended the land
        traceback.print_exc()
        return _broke(f"{type(broken).__name__}: {broken}")
    return 0


def _broke(reason: str) -> int:
    sys.stderr.write(f"sarabanland: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
