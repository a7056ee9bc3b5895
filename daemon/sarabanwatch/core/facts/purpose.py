"""What a letter is for, which decides who gets it, how soon it is sent, and what it counts for."""

from enum import StrEnum


class Purpose(StrEnum):
    """The purposes, in the order in which letters to one mail host are sent."""

    CANARY = "canary"          # to ourselves: is our own path whole? (core.sending.canary)
    ASKED = "asked"            # to an agency, because a person asked for it
    CONFIRM = "confirm"        # to an agency that failed once: does it fail again?
    ROUND = "round"            # to an agency: the letter that each gets once a round
    CATCH_ALL = "catch_all"    # to a made-up name: is it accepted? (core.sending.catch_all)


TO_AGENCIES = frozenset({Purpose.ASKED, Purpose.CONFIRM, Purpose.ROUND})
