"""`doctor`: checks all that the daemon needs, each thing by itself and within its time.

A check is a small function that yields findings, or raises an error that a person can read. What
one check does, or how long it takes, never hides the others. Nothing is sent but to our own relay,
inbox and resolvers, and one letter to ourselves; nothing is changed here or there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sarabanwatch.core.checkup import UNSEEN, Finding, fail
from sarabanwatch.core.errors import LedgerAway, SarabanError, StorageError
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.overview import Overview
from sarabanwatch.settings import Misconfigured
from sarabanwatch.store.queries import NoLedger
from sarabanwatch.wiring import status
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.edges import Edges

Checks = Mapping[str, "Check"]
LEDGER = "ledger"       # the check that tells what is wrong with it


@dataclass(frozen=True)
class Patient:
    """What is checked; `letter`: whether one may be sent to ourselves."""

    components: Components
    letter: bool = True

    @cached_property
    def edges(self) -> Edges:
        """What reaches outside."""
        return Edges(self.components)

    @property
    def domain(self) -> str:
        """Our own mail domain."""
        return self.components.settings.sender.address.rpartition("@")[2].lower()

    async def overview(self) -> Overview | None:
        """Return our status; None where there is no ledger, so that no daemon ever ran."""
        try:
            overview, _ = await asyncio.to_thread(status.ask, self.components)
        except NoLedger:
            return None
        return overview


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing is checked, and how many seconds that may take."""

    look: Callable[[Patient], Awaitable[Sequence[Finding]]]
    seconds: float = 30.0


async def examine(config: Path, checks: Checks, *, letter: bool) -> dict[str, list[Finding]]:
    """Return the findings of each check, by name; all are made at once.

    Where the configuration cannot be read, nothing else can be checked.
    """
    patient = Patient(Components(config), letter)
    try:
        _ = patient.components.settings
    except Misconfigured as wrong:
        return {"configuration": [fail(str(wrong))]}
    found = await asyncio.gather(*(_made(check, patient, of_ledger=name == LEDGER)
                                   for name, check in checks.items()))
    return dict(zip(checks, found, strict=True))


async def _made(check: Check, patient: Patient, *, of_ledger: bool) -> list[Finding]:
    """Make a check; whatever happens is a finding. A ledger's fault is told by its own check."""
    try:
        async with asyncio.timeout(check.seconds):
            return list(await check.look(patient))
    except TimeoutError:
        return [fail(f"ไม่มีคำตอบภายใน {check.seconds:g} วินาที",
                     f"no answer within {check.seconds:g} s")]
    except (SarabanError, OSError) as wrong:
        if isinstance(wrong, StorageError | LedgerAway) and not of_ledger:
            return [UNSEEN]
        return [fail(foreign.clean(str(wrong) or type(wrong).__name__))]
    except Exception as wrong:  # noqa: BLE001 - one check that fails hides no other
        return [fail(foreign.clean(f"{type(wrong).__name__}: {wrong}"))]
