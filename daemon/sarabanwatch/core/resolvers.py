"""The `[dns]` table: which resolvers are asked, and how gently."""

from sarabanwatch.core.section import Section


class DnsSection(Section, frozen=True):
    """The resolvers, as address:port, how often all domains are surveyed, and how gently.

    A question waits `timeout_seconds` for its answer, and is asked `tries` times.
    """

    resolvers: tuple[str, ...] = ()
    survey_hours: float = 24
    timeout_seconds: float = 3
    tries: int = 3
    in_flight: int = 20
    per_second: float = 100
