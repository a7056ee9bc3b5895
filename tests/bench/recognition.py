"""How well returned mail is read.

LABELS.jsonl -> shares right, beside flufl.bounce and Sisimai where they are installed.

    python tests/bench/recognition.py LABELS.jsonl --json [--wrong]

Each label names a mail (path relative to the labels), its kind, recipients and, for each, whose
fault the failure is. Lines whose trust is C for what is counted are left out of that count. The
last line printed is one JSON object.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import tests_path  # noqa: F401 - for its effect

from fakes.samples import REFUSALS
from sarabanwatch.core.facts.evidence import BLAME, Blame, Reason
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.arrival import Arrival, MailKind, Ours, Report

OURS = Ours("probes@probe.test", "นร 1200/ท")
KINDS: Mapping[str, frozenset[MailKind]] = {
    "bounce": frozenset({MailKind.FAILED}),
    "delayed": frozenset({MailKind.DELAYED}),
    "auto-reply": frozenset({MailKind.AUTOMATIC}),
    "challenge": frozenset({MailKind.CHALLENGE}),
    "mdn": frozenset({MailKind.DISPLAYED}),
    "feedback": frozenset({MailKind.FEEDBACK}),
    "other": frozenset({MailKind.DELIVERED, MailKind.RELAYED, MailKind.EXPANDED, MailKind.RECEIPT,
                        MailKind.ANSWER,
                        MailKind.CORRECTION,
                        MailKind.STRANGER}),
}
RETURNED = frozenset({MailKind.FAILED, MailKind.DELAYED})
AGENCY = frozenset({Reason.NO_DOMAIN, Reason.NO_MAIL, Reason.NO_MAILBOX, Reason.DISABLED,
                    Reason.FULL})
SENDER = frozenset({Reason.SENDER, Reason.CONTENT, Reason.TOO_LARGE})


@dataclass(frozen=True)
class Line:
    """One label and what we read."""

    label: dict[str, Any]
    read: Arrival

    def trusts(self, what: str) -> bool:
        return self.label["trust"].get(what) != "C"


def main() -> None:
    options = _options()
    labels = [json.loads(line) for line in options.labels.read_text("utf-8").splitlines()]
    raws = [(options.labels.parent / label["mail"]).read_bytes() for label in labels]
    began = time.process_time()
    read = [arrival.read(raw, OURS, REFUSALS) for raw in raws]
    rate = len(raws) / (time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [Line(label, what) for label, what in zip(labels, read, strict=True)]
    if options.wrong:
        _tell_wrong(lines)
    ours = {**shares(lines), "per_second": round(rate), "peak_rss_mb": round(peak, 1)}
    peers = {"flufl.bounce": _flufl(labels, raws),
             "Sisimai": _sisimai(labels, options.labels.parent)}
    print(json.dumps({"mails": len(labels), "ours": ours, **peers}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    parser.add_argument("--wrong", action="store_true", help="list each wrong one")
    return parser.parse_args()


# --- right or wrong -------------------------------------------------------------------------------


def kind_right(line: Line) -> bool:
    return line.read.kind in KINDS[line.label["kind"]]


def recognised(line: Line) -> bool:
    """A bounce read as some bounce, whatever it reports."""
    return line.read.kind in RETURNED


def recipients_right(line: Line) -> bool:
    """Every report names one that is labelled, or its twin, as failed or as written to.

    And all that are labelled are.
    """
    wanted = {address.lower() for address in line.label["recipients"]}
    twins = {address.lower() for address in line.label["also_accept"]}
    found = [{report.recipient.lower(), report.original.lower()} for report in line.read.reports]
    named = set[str]().union(*found)
    return all(names & (wanted | twins) for names in found) and (wanted <= named
                                                                 or bool(named & twins))


def _named(read: Arrival) -> list[str]:
    return [report.recipient for report in read.reports if report.recipient]


def verdicts(line: Line) -> Iterator[tuple[str, str, Report]]:
    """Yield what was labelled and what was read, for each recipient with a label of blame."""
    reports = {name.lower(): report for report in line.read.reports
               for name in (report.original, report.recipient)}
    for row in line.label["expected"]:
        verdict, recipient = row.get("verdict"), (row.get("recipient") or "").lower()
        report = reports.get(recipient) or next(iter(line.read.reports), None)
        if verdict in ("agency", "sender", "unclear"):
            yield verdict, blame_of(report), report or Report("")


def blame_of(report: Report | None) -> str:
    if report is None or report.action not in ("failed", "delayed"):
        return "unclear"
    return (
        "agency" if report.reason in AGENCY else "sender" if report.reason in SENDER else "unclear"
    )


def dead_wrongly(line: Line) -> bool:
    """An address is called dead though its label says sender's fault, unclear, or alive."""
    if not line.read.reports and line.read.kind is not MailKind.FAILED:
        return False
    verdicts_known = {row.get("verdict") for row in line.label["expected"] if row.get("verdict")}
    if line.label["kind"] in ("bounce", "delayed"):
        return any(said != "agency" and _dead(report) for said, _, report in verdicts(line))
    return (not verdicts_known or "agency" not in verdicts_known) and any(map(_dead,
                                                                              line.read.reports))


def _dead(report: Report) -> bool:
    return report.action == "failed" and BLAME[report.reason] is Blame.GOOD


def false_bounce(line: Line) -> bool:
    return line.read.kind in RETURNED and line.label["kind"] not in ("bounce", "delayed")


def _is_returned(line: Line) -> bool:
    return line.label["kind"] in ("bounce", "delayed")


def shares(lines: list[Line]) -> dict[str, float]:
    bounces = [line for line in lines if _is_returned(line)]
    named = [line for line in bounces if line.label["recipients"] and line.trusts("recipient")]
    blamed = [pair for line in bounces if line.trusts("reason") for pair in verdicts(line)]
    return {
        "kind": _share(map(kind_right, filter(lambda line: line.trusts("kind"), lines))),
        "recognised": _share(map(recognised, bounces)),
        "recipients": _share(map(recipients_right, named)),
        "blame": _share(wanted == got for wanted, got, _ in blamed),
        "false_bounces": sum(map(false_bounce, lines)),
        "dead_wrongly": sum(dead_wrongly(line) for line in lines if line.trusts("reason")),
    }


def _share(rights: Iterable[bool]) -> float:
    counted = Counter(rights)
    return round(counted[True] / (counted.total() or 1), 4)


def _tell_wrong(lines: list[Line]) -> None:
    for line in lines:
        name, read = line.label["mail"], line.read
        if line.trusts("kind") and not kind_right(line):
            print(f"kind        {name}: {line.label['kind']} read as {read.kind} ({read.rule})")
        if not _is_returned(line):
            continue
        if line.label["recipients"] and line.trusts("recipient") and not recipients_right(line):
            print(f"recipients  {name}: {line.label['recipients']} "
                  f"read as {_named(read)} ({read.rule})")
        for wanted, got, report in verdicts(line) if line.trusts("reason") else ():
            if wanted != got:
                mark = "dead " if wanted != "agency" and _dead(report) else "blame"
                words = f"{report.code} {report.status} {report.text[:150]!r}"
                reasons = [row.get("reason") for row in line.label["expected"]]
                print(f"{mark}       {name}: {wanted} {reasons} read as {got}: "
                      f"{report.reason} ({report.rule})", words)


# --- the peer -------------------------------------------------------------------------------------


def _flufl(labels: list[dict[str, Any]], raws: list[bytes]) -> dict[str, Any]:
    """What flufl.bounce can say: which addresses failed; it knows neither kinds nor reasons."""
    try:
        from flufl.bounce import all_failures
    except ImportError:
        return {"skipped": "not installed"}
    began = time.process_time()
    found = [_names(all_failures(message_from_bytes(raw))) for raw in raws]
    rate = len(raws) / (time.process_time() - began)
    pairs = [(label, names) for label, names in zip(labels, found, strict=True)]
    returned = [(label, names) for label, names in pairs if label["kind"] in ("bounce", "delayed")]
    named = [(label, names) for label, names in returned
             if label["recipients"] and label["trust"].get("recipient") != "C"]
    return {
        "recognised": _share(bool(names) for _, names in returned),
        "recipients": _share(_right(label, names) for label, names in named),
        "false_bounces": sum(bool(names) for label, names in pairs
                             if label["kind"] not in ("bounce", "delayed")),
        "per_second": round(rate),
    }


def _names(failures: Any) -> set[str]:
    return {name.decode("utf-8", "replace").lower() for group in failures for name in group}


def _right(label: dict[str, Any], names: set[str]) -> bool:
    wanted = {address.lower() for address in label["recipients"]}
    return bool(names) and names <= wanted | {a.lower() for a in label["also_accept"]}


SISIMAI = r"""
use strict; use warnings; use Sisimai; use JSON;
my $time = sub { my ($user, $system) = times; $user + $system };
my $read = Sisimai->can("rise") || Sisimai->can("make");      # in version 5, or 4
my (@found, $began); $began = $time->();
while (my $path = <STDIN>) {
    chomp $path;
    my $rose = eval { $read->("Sisimai", $path) } || [];
    push @found, [map { [lc $_->recipient->address, $_->reason] } @$rose];
}
print JSON->new->encode({"found" => \@found, "seconds" => $time->() - $began});
"""
BLAMED = {
    "agency": {"userunknown", "hostunknown", "mailboxfull", "suspend", "hasmoved", "notaccept"},
    "sender": {"rejected", "blocked", "spamdetected", "virusdetected", "policyviolation",
               "securityerror", "mesgtoobig",
               "exceedlimit", "contenterror", "requireptr", "authfailure", "badreputation",
               "speeding", "toomanyconn",
               "emailtoolarge", "ratelimited", "notcompliantrfc", "norelaying"},
}


def _sisimai(labels: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """What Sisimai (Perl) says: recipients and, by its reasons, whose fault it is.

    Many of the labels began as its own words.
    """
    paths = "".join(f"{folder / label['mail']}\n" for label in labels)
    try:
        ran = subprocess.run(["perl", "-e", SISIMAI], input=paths, capture_output=True, text=True,
                             check=True)
    except (OSError, subprocess.CalledProcessError):
        return {"skipped": "not installed"}
    told = json.loads(ran.stdout)
    pairs = list(zip(labels, told["found"], strict=True))
    returned = [(label, found) for label, found in pairs if label["kind"] in ("bounce", "delayed")]
    named = [(label, {address for address, _ in found}) for label, found in returned
             if label["recipients"] and label["trust"].get("recipient") != "C"]
    blamed = [(row["verdict"], _blamed(row, found)) for label, found in returned
              if label["trust"].get("reason") != "C"
              for row in label["expected"] if row.get("verdict") in ("agency", "sender", "unclear")]
    return {
        "recognised": _share(bool(found) for _, found in returned),
        "recipients": _share(_right(label, names) for label, names in named),
        "blame": _share(wanted == got for wanted, got in blamed),
        "false_bounces": sum(any(reason not in ("feedback", "vacation") for _, reason in found)
                             for label, found in pairs
                             if label["kind"] not in ("bounce", "delayed")),
        "per_second": round(len(labels) / told["seconds"]),
    }


def _blamed(row: dict[str, Any], found: list[list[str]]) -> str:
    by_address = dict(map(tuple, found))
    reason = by_address.get((row.get("recipient") or "").lower()) or next((why for _, why in found),
                                                                          "")
    return next((whose for whose, reasons in BLAMED.items() if reason in reasons), "unclear")


if __name__ == "__main__":
    sys.exit(main())
