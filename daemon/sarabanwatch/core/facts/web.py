"""A page of the web."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page as it was answered: 200 with its body, or 304 where our ETag is still current.

    `whole`: the length was announced (RFC 9112 section 6.3), so that a connection that broke early
    cannot be taken for the end of the page.
    """

    status: int
    body: bytes
    etag: str
    kind: str
    whole: bool = True
