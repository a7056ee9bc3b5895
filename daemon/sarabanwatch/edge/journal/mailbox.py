"""Log lines and metrics of the inbox: whether it answers, lets us in, and gives all mails."""

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from sarabanwatch.core.facts import foreign
from sarabanwatch.core.returns.mailbox import FetchFailure, MissingMail


class MailboxMetrics:
    """The journal of the inbox.

    `tell` writes a line; `waits` is called with why we wait for it, or "".
    """

    def __init__(
        self, registry: CollectorRegistry, tell: Callable[..., None], waits: Callable[[str], None],
    ) -> None:
        self._tell, self._waits = tell, waits
        self._up = Gauge("sarabanwatch_mailbox_up", "1 while the inbox answers", registry=registry)
        self._barred = Gauge("sarabanwatch_mailbox_barred",
                             "1 while it refuses us for a reason that waiting does not mend",
                             registry=registry)
        self._full = Gauge("sarabanwatch_mailbox_full_ratio", "Share of its room that is used",
                           registry=registry)
        self._lacking = Gauge("sarabanwatch_mails_lacking",
                              "Mails that the inbox named and has not given yet", registry=registry)
        self._certificate = Gauge(
            "sarabanwatch_inbox_certificate_end_seconds",
            "When the certificate that the inbox showed ends; 0: none was seen", registry=registry)
        self._not_given = Counter("sarabanwatch_mails_not_given",
                                  "Mails that the inbox named and did not give", ["why"],
                                  registry=registry)
        for why in FetchFailure:
            self._not_given.labels(why)

    def certified(self, ends: datetime) -> None:
        """The certificate that it showed ends then."""
        self._certificate.set(ends.timestamp())

    def read(self) -> None:
        """It was read to its end."""
        self._up.set(1)
        self._barred.set(0)
        self._waits("")

    def lost(self, error: BaseException) -> None:
        """It cannot be read for now."""
        self._up.set(0)
        self._waits(str(error) or type(error).__name__)
        self._tell("mailbox lost", error=foreign.clean(f"{type(error).__name__}: {error}"))

    def barred(self, error: BaseException) -> None:
        """It cannot be read until a person mends something."""
        self._up.set(0)
        self._barred.set(1)
        self._waits(str(error))
        self._tell("mailbox barred", error=str(error), barred=True)

    def filled(self, share: float) -> None:
        """So much of its room is used, 0 to 1; 0 where its server does not say."""
        self._full.set(share)

    def notice(self, words: str) -> None:
        """Something about it that a person should know, such as a folder that does not exist."""
        self._tell("mailbox", text=words)

    def not_given(self, folder: str, lacking: Sequence[MissingMail]) -> None:
        """It named these mails of a folder, and did not return them; they are asked for again."""
        for uid, why, reply in lacking:
            self._not_given.labels(why).inc()
            self._tell("mail not given", folder=folder, uid=uid, why=why, error=reply or why)

    def lacking(self, mails: int) -> None:
        """So many mails are missing now."""
        self._lacking.set(mails)
