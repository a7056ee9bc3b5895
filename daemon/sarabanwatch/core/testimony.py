"""What a mail that is surely ours testifies: arrival x attribution -> one fact, or a refusal to believe it.

A bounce that names another recipient than the one we wrote to is no evidence, whatever token it carries. Where a mail
reports several recipients, the one we wrote to speaks.
"""

from datetime import datetime

from sarabanwatch.core.arrival import Arrival, Report
from sarabanwatch.core.arrival import Kind as Mail
from sarabanwatch.core.attribution import Attribution, Refused, concerns
from sarabanwatch.core.evidence import Evidence, Kind

FACT: dict[Mail, Kind | None] = {
    Mail.FAILED:     Kind.BOUNCED,
    Mail.DELAYED:    Kind.DELAYED,
    Mail.DELIVERED:  Kind.DELIVERED,
    Mail.RELAYED:    Kind.DELIVERED,
    Mail.EXPANDED:   Kind.DELIVERED,
    Mail.DISPLAYED:  Kind.DISPLAYED,
    Mail.AUTOMATIC:  Kind.AUTOMATIC,
    Mail.CHALLENGE:  Kind.AUTOMATIC,   # a machine lives there
    Mail.RECEIPT:    Kind.RECEIPT,
    Mail.ANSWER:     Kind.ANSWERED,
    Mail.CORRECTION: Kind.ANSWERED,    # and somebody wrote it
    Mail.FEEDBACK:   None,             # a complaint about us says nothing of the mailbox
    Mail.CANARY:     Kind.CAME_HOME,
    Mail.STRANGER:   None,
    Mail.UNREAD:     None,
}


def testify(arrival: Arrival, claim: Attribution, address: str, at: datetime, mail: str) -> Evidence | Refused | None:
    """Return the fact that a mail adds to the letter written to `address`; None where it adds none."""
    kind = FACT[arrival.kind]
    if kind is None:
        return None
    if not arrival.reports:
        return Evidence(kind, at, said=arrival.said, rule=arrival.rule, reporter=arrival.sender, receipt=arrival.receipt,
                        how=claim.how, sure=claim.sure, mail=mail)
    if not concerns(arrival, address):
        return Refused("mismatch: it reports another recipient than the one we wrote to")
    report = _about(arrival, address)
    kind = FACT[Mail(report.action)] or kind   # ours may have arrived where another's failed
    failed = kind is Kind.BOUNCED
    return Evidence(kind, at, report.code, report.status, report.said, report.reason if failed or kind is Kind.DELAYED else None,
                    f"{arrival.rule}; {report.rule}" if report.rule else arrival.rule, report.reporter,
                    how=claim.how, sure=claim.sure, mail=mail)


def _about(arrival: Arrival, address: str) -> Report:
    ours = address.lower()
    named = (r for r in arrival.reports if ours in (r.recipient.lower(), r.original.lower()))
    return next(named, arrival.reports[0])
