"""What the steps decide by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sarabanwatch.app.reading import Marks
from sarabanwatch.core import address
from sarabanwatch.core.calendar import midnight_after
from sarabanwatch.core.facts.token import Key, TokenMaker
from sarabanwatch.core.letters import wording
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending.pace import PaceSection


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What the steps decide by: numbers, address rules, the letter's form, the keys of tokens."""

    policy: Policy
    addresses: address.Rules
    form: wording.Form
    ours: arrival.Ours
    keys: Mapping[str, Key]
    mint: TokenMaker
    refusals: Refusals
    authserv_id: str = ""
    pace: PaceSection = field(default_factory=PaceSection)
    groups: Callable[[datetime], str] = lambda _: ""    # the id of the groups' edition of a moment

    def edition(self, at: datetime) -> str:
        """Return the ids of the rules of a moment: those of addresses, then those of groups."""
        return f"{self.addresses.id} {self.groups(at)}".strip()

    @property
    def signs_until(self) -> datetime:
        """When the last key ends: from then on no token can be signed, and no letter sent."""
        return midnight_after(max(key.until for key in self.keys.values()))

    def signs(self, at: datetime) -> bool:
        """Say whether a token can be signed at a moment."""
        return at < self.signs_until

    @property
    def marks(self) -> Marks:
        """What proves a mail to belong to a letter of ours, and its sender to be who they say."""
        return Marks(self.keys, self.authserv_id,
                     self.addresses.free_mail | self.addresses.local_government_hosts)
