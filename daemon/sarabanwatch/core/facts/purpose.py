"""What a letter is for. Its purpose decides who gets it, in which order it leaves us, and what it counts towards."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purposes, in the order in which letters of one mail host leave us."""

    CANARY = "canary"          # to ourselves: is our own path whole? (core.sending.canary)
    ASKED = "asked"            # to an agency, because a person asked for it
    CONFIRM = "confirm"        # to an agency that was seen to fail: is it so?
    ROUND = "round"            # to an agency, the letter that each gets once a round
    # to nobody at a domain: does it take any name? (core.sending.catch_all)
    CATCH_ALL = "catch_all"


TO_AGENCIES = frozenset({Purpose.ASKED, Purpose.CONFIRM, Purpose.ROUND})
