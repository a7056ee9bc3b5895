"""Knows a server's stand-in for a mail that it cannot give, which nobody sent.

Exchange writes one where it fails to convert a mail: From "Microsoft Exchange Server", Subject
"Retrieval using the IMAP4 protocol failed for the following message: 20004". It was never
transported, so it has no Received line. Whoever sends such a mail to us has one, and is read.
"""

import re

HEAD_AT_MOST = 64 * 1024        # octets
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
RECEIVED = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
SIGNS = re.compile(
    rb'^from:[ \t]*"?microsoft exchange server\b'
    rb"|^subject:[^\n]*retrieval[ _]using[ _]the[ _]imap4[ _]protocol[ _]failed",
    re.IGNORECASE | re.MULTILINE)


def is_stand_in(raw: bytes) -> bool:
    """Say whether a mail only stands in for one that the server cannot give."""
    head = HEAD_ENDS.split(raw[:HEAD_AT_MOST], maxsplit=1)[0]
    return SIGNS.search(head) is not None and RECEIVED.search(head) is None
