"""What is wrong between the keys of a configuration.

What a single key may be stands in its type.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from itertools import chain
from urllib.parse import urlsplit

from sarabanwatch.core.facts import token
from sarabanwatch.core.letters.section import ReportSection
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.page.visitor import networks
from sarabanwatch.core.policy import ConfirmSection, IncidentSection
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.retention import Retained
from sarabanwatch.core.sending.pace import REMEMBERS as PACE_REMEMBERS
from sarabanwatch.core.sending.pace import PaceSection
from sarabanwatch.settings.accounts import InboxSection, Smarthost
from sarabanwatch.settings.shapes import DkimSection, RegisterSection, Settings

RESOLVERS_AT_MOST = 2
LOCAL_OCTETS = 64       # RFC 5321 section 4.5.3.1.1
COUNTS = ("weeks", "window_office_hours", "letters_at_most")   # of campaign: more than 0
SERVER = re.compile(r"postgres(ql)?://[^\s]+")
PASSWORD = re.compile(r"^\w+://[^/?]*:[^/?]*@|[?&](ssl)?password=")
WEB = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
LINK = re.compile(r"https?://[^\s/?#]+\S*")
POSITIVE = ("connections", "a_minute", "in_all_a_minute", "pause_minutes", "decay_hours",
            "refusals", "open_minutes", "breaker_hosts")
BEARERS = ("xoauth2", "oauthbearer")
NEEDS = {       # of each grant of [inbox.oauth] and [relay.oauth]
    "client_credentials": {"token_url": "the token endpoint", "client_id": "the application's id"},
    "refresh_token": {"token_url": "the token endpoint", "client_id": "the application's id",
                      "refresh_token_file": "the file that holds it"},
    "service_account": {"key_file": "the JSON file of its key", "scope": "what it asks for"},
    "command": {"command": "the command that prints a token"},
}
SELECTOR = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")
SIGNER = ('who signs, a line each, as ["(นายสมชาย ใจดี)", "ผู้อำนวยการกอง..."]; it is whoever signs '
          "your office's letters of this kind, and that person agrees to it first "
          "(letter.signature, where another signs the test letters)")
TELEPHONE = ('whom an office may ring up to see that the letter is genuine, as "0 2356 9999"; '
             "your own unit (letter.contact, where test letters have other lines at their foot)")
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|localhost")


OURS = {f"/{folder}" for folder in ("agency", "changes", "data", "en", "font", "group", "kind",
                                    "letter", "ministry", "n", "province", "qr", "r")}
Finding = tuple[bool, str]      # whether it is wrong, and what is said then: key, fault, remedy


def complaints(s: Settings) -> Iterator[str]:
    """Yield what is wrong between keys, as `section.key: what is wrong; remedy`."""
    for wrong, complaint in chain(
            _of_clock(s), _of_numbers(s), _of_register(s.register), _of_sender(s), _of_page(s.page),
            _of_inbox(s), _of_dns(s.dns), _of_route(s), _of_confirm(s.confirm), _of_dkim(s.dkim),
            _of_incident(s.incident), _of_report(s.report), _of_pace(s.pace), _of_letter(s)):
        if wrong:
            yield complaint


def _of_clock(s: Settings) -> Iterator[Finding]:
    shown = [at for at in (s.clock.began, s.clock.shows) if at is not None]
    fast = s.clock.rate != 1
    yield s.live and (fast or bool(shown)), (
        "clock: one that runs fast, or shows another day, is for exercises; "
        "take it out, or set live = false")
    yield s.clock.rate <= 0, "clock.rate: must be more than 0"
    yield (
        len(shown) == 1 or (fast and not shown),
        "clock: rate, began and shows go together",
    )
    yield (
        any(at.tzinfo is None for at in shown),
        "clock: began and shows need a zone, as in 2026-02-17T08:30:00+07:00",
    )


def _of_numbers(s: Settings) -> Iterator[Finding]:
    for kind, keeps in s.ledger.periods.items():
        yield (
            keeps < timedelta(),
            f"ledger.{kind}_days: must not be less than 0; 0 keeps it as long as the ledger",
        )
    yield (
        timedelta() < s.ledger.periods[Retained.ATTEMPT] < PACE_REMEMBERS,
        f"ledger.attempt_days: 0, or at least {PACE_REMEMBERS.days}: the pace is made of tries",
    )
    yield s.ledger.spare_megabytes < 0, "ledger.spare_megabytes: must not be less than 0"
    yield bool(s.ledger.url) and not SERVER.match(s.ledger.url), (
        "ledger.url: a PostgreSQL database, as postgresql://sarabanwatch@db.example.go.th/saraban; "
        "empty: the ledger is the file of ledger.file")
    yield bool(PASSWORD.search(s.ledger.url)), (
        "ledger.url: holds a password, which others may read here; "
        "put it into a file of its own, and name that in ledger.password_file")
    yield bool(s.ledger.password_file and not s.ledger.url), (
        "ledger.password_file: belongs to ledger.url, which is empty; take it out")
    yield s.canary.every_hours < 0, "canary.every_hours: must not be less than 0; 0 sends none"
    yield s.canary.patience_hours <= 0, "canary.patience_hours: must be more than 0"
    yield not 1 <= s.relay.connections <= 100, "relay.connections: between 1 and 100"
    for name in COUNTS:
        yield getattr(s.campaign, name) <= 0, f"campaign.{name}: must be more than 0"


def _of_page(page: PageSection) -> Iterator[Finding]:
    yield (
        any(link and not WEB.fullmatch(link) for link in (page.base, page.short)),
        "page: base and short are web addresses, as https://dashboard.example.go.th/",
    )
    yield (
        bool(page.licence_url) and not LINK.fullmatch(page.licence_url),
        "page.licence_url: a web address, as https://creativecommons.org/licenses/by/4.0/",
    )
    yield (
        page.requests_per_minute < 0,
        "page.requests_per_minute: must not be less than 0; 0 is no limit",
    )
    yield (
        any(not _is_network(text) for text in page.proxies),
        "page.proxies: addresses or networks, as 192.0.2.10 or 192.0.2.0/24",
    )
    yield (
        urlsplit(page.base).path.rstrip("/") in OURS,
        "page.base: its path is that of a page of ours; choose another, as /saraban/",
    )


def _is_network(text: str) -> bool:
    try:
        return bool(networks([text]))
    except ValueError:
        return False


def _of_inbox(s: Settings) -> Iterator[Finding]:
    yield s.inbox.poll_seconds <= 0, "inbox.poll_seconds: must be more than 0"
    yield (
        not s.inbox.password_file and s.inbox.oauth.grant == "none",
        "inbox.password_file: name the file with the password, or a grant in [inbox.oauth]",
    )
    yield from _of_account("inbox", s.inbox, live=s.live)


def _of_dkim(dkim: DkimSection) -> Iterator[Finding]:
    yield (
        bool(dkim.key_file) != bool(dkim.selector),
        "dkim: key_file and selector go together",
    )
    yield bool(dkim.selector) and not SELECTOR.fullmatch(dkim.selector), (
        "dkim.selector: letters, digits, hyphens and dots, as in 2026a: "
        "it stands in a name of the DNS")


def _of_incident(incident: IncidentSection) -> Iterator[Finding]:
    yield (
        incident.settle_hours < 0,
        "incident.settle_hours: must not be less than 0; 0: a downgrade takes effect at once",
    )
    for name in ("share", "mend_share"):
        yield (
            not 0 < getattr(incident, name) <= 1,
            f"incident.{name}: more than 0, and at most 1, which holds nothing",
        )
    yield incident.least < 2, "incident.least: must be 2 or more; one agency is no outage"


def _of_report(report: ReportSection) -> Iterator[Finding]:
    yield not report.office, "report.office: the first line is the name of the office; give it"
    yield report.deadline_days <= 0, "report.deadline_days: must be more than 0"


def _of_letter(s: Settings) -> Iterator[Finding]:
    """Yield what letters lack that go out in an office's name: whoever gets one can ask for it."""
    lacking = [f"{key}: {how}" for key, how, given in (
        ("report.signature", SIGNER, s.letter.signature or s.report.signature),
        ("report.telephone", TELEPHONE, s.letter.contact or s.report.telephone),
    ) if not given]
    office = next(iter(s.report.office), "")
    head = (f"live: letters go out in the name of {office}, and lack what makes them official; "
            "fill it in, or say in letter.unsigned_because why they go without:")
    yield (
        s.live and bool(lacking) and not s.letter.unsigned_because,
        "\n  ".join((head, *lacking)),
    )


def _of_pace(p: PaceSection) -> Iterator[Finding]:
    for name in POSITIVE:
        yield getattr(p, name) <= 0, f"pace.{name}: must be more than 0"
    for name in ("a_day", "in_all_a_day"):
        yield getattr(p, name) < 0, f"pace.{name}: must not be less than 0; 0 sets no limit"
    yield (
        not 0 <= p.spread <= 1,
        "pace.spread: between 0 and 1; 0: letters go as soon as the limits allow",
    )
    yield (
        not 0 <= p.breaker_share < 1,
        "pace.breaker_share: from 0 to less than 1; 0: breaker_hosts alone decides",
    )
    yield any(letters <= 0 for letters in p.warm_up), "pace.warm_up: each day at least one letter"
    for host, limits in p.hosts.items():
        stated = (limits.connections, limits.a_minute, *(limits.warm_up or ()))
        yield any(n is not None and n <= 0 for n in stated), (
            f"pace.hosts.{host}: each limit more than 0 (a_day: 0 sets none)")


def _of_sender(s: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the address that answers come back to.

    Unless `relay.sender` is fixed, each letter's own address has +TOKEN in it.
    """
    address, marked = s.sender.address, s.relay.sender == "each"
    local, at, _ = address.rpartition("@")
    room = LOCAL_OCTETS - (len("+") + token.OCTETS if marked else 0)
    yield not at or not local, "sender.address: not an address; answers come back to it"
    why = (f", for each letter's own address has +TOKEN there, and {LOCAL_OCTETS} octets at most"
           if marked else "")
    remedy = "take a shorter one" + (', or set relay.sender = "fixed"' if marked else "")
    yield len(local.encode()) > room, (
        f"sender.address: {local} is longer than the {room} octets that may stand before the @"
        f"{why} (RFC 5321, 4.5.3.1.1); {remedy}")


def _of_confirm(c: ConfirmSection) -> Iterator[Finding]:
    yield c.failures < 1, "confirm.failures: must be 1 or more; 1: a single failure is believed"
    yield (
        c.of < c.failures,
        "confirm.of: must not be less than confirm.failures, of which it is the number",
    )
    yield c.within_days <= 0, "confirm.within_days: must be more than 0"
    yield (
        any(day < 1 for day in c.days),
        "confirm.days: must each be 1 or more: working days, and nobody gets two on one",
    )
    yield c.again_days < 1, "confirm.again_days: must be 1 or more"


def _of_route(s: Settings) -> Iterator[Finding]:
    direct = s.route.by_default == "direct" or s.route.except_for
    yield (
        bool(direct) and not s.live and not s.dns.resolvers,
        "dns.resolvers: name one; direct letters go by it",
    )
    for name, relay in (("relay", s.relay),
                        *(("relay.fallback", each) for each in s.relay.fallback)):
        how = "xoauth2" if relay.auth == "xoauth2" else "a token"
        yield (
            (relay.auth in BEARERS or relay.oauth.grant != "none") and not relay.user,
            f"{name}.user: {how} logs in as somebody; name the mailbox",
        )
        yield from _of_account(name, relay, live=s.live)


def _of_account(name: str, account: Smarthost | InboxSection, *,
                live: bool) -> Iterator[Finding]:
    """Yield what is wrong with the log-in of an account."""
    local = LOOPBACK.fullmatch(account.host) or (not live and account.host.endswith(".test"))
    yield account.tls == "none" and not local, (
        f"{name}.tls: none sends everything in clear to {account.host}; set starttls or implicit")
    yield (
        bool(account.ca_file) and account.tls == "none",
        f"{name}.ca_file: nothing is verified by it with tls none",
    )
    oauth, place = account.oauth, f"{name}.oauth"
    if oauth.grant == "none":
        return
    yield (
        bool(account.password_file),
        f"{name}.password_file: {place}.grant logs in by a token; name only one of them",
    )
    yield (
        account.auth in {"plain", "login"},
        f"{name}.auth: {account.auth} wants a password, and {place} gets a token",
    )
    for key, what in NEEDS[oauth.grant].items():
        yield not getattr(oauth, key), f"{place}.{key}: {oauth.grant} needs {what}"
    proof = oauth.client_secret_file or oauth.key_file
    yield oauth.grant == "client_credentials" and not proof, (
        f"{place}: client_credentials needs client_secret_file, "
        "or key_file (and its certificate_file)")
    yield (
        bool(oauth.certificate_file) and not oauth.key_file,
        f"{place}.certificate_file: needs key_file, the key that it belongs to",
    )
    yield (
        bool(oauth.token_url) and not oauth.token_url.startswith("https://"),
        f"{place}.token_url: an https:// URL",
    )


def _of_register(register: RegisterSection) -> Iterator[Finding]:
    named = [name for name in ("file", "folder", "url") if getattr(register, name)]
    yield (
        len(named) > 1,
        f"register: name only one of {', '.join(named)}; the list comes from it",
    )
    yield (
        bool(register.url) and not register.url.startswith("https://"),
        "register.url: an https:// URL",
    )
    for name in ("every_hours", "rows_at_most"):
        yield getattr(register, name) <= 0, f"register.{name}: must be more than 0"
    for name in ("change_at_most", "unread_at_most"):
        yield (
            not 0 <= getattr(register, name) <= 1,
            f"register.{name}: a share, between 0 and 1",
        )


def _of_dns(dns: DnsSection) -> Iterator[Finding]:
    yield len(dns.resolvers) > RESOLVERS_AT_MOST, "dns.resolvers: one, or two that must agree"
    for text in dns.resolvers:
        yield (
            resolver(text) is None,
            f"dns.resolvers: {text!r} is not address:port, as in 127.0.0.1:53 or [::1]:53",
        )
    yield not 1 <= dns.in_flight <= 100, "dns.in_flight: between 1 and 100"
    for name in ("survey_hours", "timeout_seconds", "tries", "per_second"):
        yield getattr(dns, name) <= 0, f"dns.{name}: must be more than 0"


def resolver(text: str) -> tuple[str, int] | None:
    """Return address and port of `address:port`; None where it is not one.

    A resolver is never given by name: there would be nobody to resolve it.
    """
    host, _, port = text.rpartition(":")
    try:
        return str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port)
    except ValueError:
        return None
