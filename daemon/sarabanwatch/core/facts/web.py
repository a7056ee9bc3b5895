"""A page of the web."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as it was answered: 200 with its body, or 304 where it is still the one that bears the ETag we named.

    `whole`: its end was told beforehand (RFC 9112 section 6.3), so that a connection that was cut could not pass for it.
    """

    status: int
    body: bytes
    etag: str
    kind: str
    whole: bool = True
