"""The parts of a configuration that reach outside: mail servers, resolvers, the web, processes.

They stand apart from `Components`, because all that they are made of takes half a second to import,
and most verbs read nothing but the configuration and the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sarabanwatch import settings as config
from sarabanwatch.edge import dkim, dns, https, web_access
from sarabanwatch.edge.imap import Mailbox
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.edge.signing import Signer, Unsignable, signer
from sarabanwatch.edge.smtp import RelayServer
from sarabanwatch.papers import print as printing
from sarabanwatch.ports import Press, SignatureVerifier, Source
from sarabanwatch.wiring import accounts
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.sources import source

SHORTEST_POLL = 0.5   # wall seconds, however fast the clock


@dataclass(frozen=True)
class Edges:
    """The parts that reach outside. Each is built when it is first asked for."""

    components: Components

    @cached_property
    def relays(self) -> tuple[RelayServer, ...]:
        """Our relays, the preferred first."""
        s, folder = self.components.settings, self.components.path.parent
        named = (("relay", s.relay), *(("relay.fallback", each) for each in s.relay.fallback))
        return tuple(
            RelayServer(each.host, each.port, each.tls, each.user, login.secret, s.sender.helo,
                        auth=login.auth, success_reports=s.relay.success_reports,
                        trusted=login.trusted, remedy=login.remedy, sender=s.sender.address)
            for key, each in named for login in [accounts.login(each, key, folder)])

    @cached_property
    def mailbox(self) -> Mailbox:
        """The watched mailbox."""
        i = self.components.settings.inbox
        login = accounts.login(i, "inbox", self.components.path.parent)
        poll = max(SHORTEST_POLL, self.components.clock.wall_seconds(i.poll_seconds))
        return Mailbox(i.host, i.port, i.tls, i.user, login.secret, i.mailbox, poll, login.auth,
                       login.trusted, login.remedy, i.also, i.since)

    @property
    def resolvers(self) -> list[dns.DnsResolver]:
        """The resolvers asked about domains: those named.

        When live and none is named, the system's; else none.
        """
        s = self.components.settings
        named = s.dns.resolvers or (dns.system()[:config.RESOLVERS_AT_MOST] if s.live else ())
        places = [place for place in map(config.resolver, named) if place]
        return [dns.DnsResolver(host, port, s.dns) for host, port in places]

    @cached_property
    def verifier(self) -> SignatureVerifier:
        """What verifies the signatures of replies."""
        try:
            return dkim.verifier(self.components.settings.dns.resolvers)
        except ValueError as error:
            raise config.Misconfigured(
                f'{self.components.path}: dns.resolvers: {error}; write them as "192.0.2.53:53"'
            ) from None

    @cached_property
    def signer(self) -> Signer | None:
        """What signs letters, if any are to be.

        Raise Misconfigured where the key cannot be used.
        """
        d, own = self.components.settings.dkim, self.components.settings.sender.address
        if not d.key_file:
            return None
        try:
            return signer(self.components.secret(d.key_file, "dkim.key_file"), d.selector,
                          (d.domain or own.rpartition("@")[2]).lower())
        except Unsignable as error:
            raise config.Misconfigured(f"{self.components.path}: dkim.key_file: {error}") from None

    @cached_property
    def metrics_access(self) -> web_access.WebAccess:
        """Who may fetch the metrics, and how; raise Misconfigured where the file cannot be used."""
        name, beside = self.components.settings.metrics.web_config, self.components.path.parent
        if not name:
            return web_access.WebAccess()
        if (file := config.where(name, beside)) is None:
            raise config.Misconfigured(
                f"{self.components.path}: metrics.web_config: no file {name!r} in "
                f"{beside / config.CREDENTIALS} or {beside}; write it ({web_access.FORM})")
        try:
            return web_access.read(file, lambda part: config.where(part, beside))
        except ValueError as error:
            raise config.Misconfigured(f"metrics.web_config: {error}") from None

    @cached_property
    def web(self) -> https.HttpsWeb:
        """Pages of the web: registers, and domains' policies."""
        return https.HttpsWeb()

    @property
    def source(self) -> Source | None:
        """Where the list of agencies comes from, if it comes by itself.

        Raise Misconfigured for a URL that names no page.
        """
        c, path = self.components.settings.register, self.components.path
        if c.url:
            try:
                https.place(c.url)
            except ValueError as error:
                raise config.Misconfigured(f"{path}: register.url: {error}") from None
        return source(c, path.parent, self.components.read_register, self.web)

    def reader(self, failed: Callable[[BaseException], None] = lambda _: None) -> ReaderProcess:
        """What reads mail within bounds; close it again.

        `failed` hears of a mail that its process died of.
        """
        return ReaderProcess(self.components.rules.ours, self.components.refusals, failed=failed)

    def press(self, failed: Callable[[BaseException], None]) -> Press | None:
        """Return what prints letters.

        None where none are wanted, or the extra `reports` is not installed.
        """
        wanted = self.components.settings.letter.pdf and printing.installed()
        if not wanted:
            return None
        return printing.TypstPress(config.shipped("print/letter.typ"), failed,
                                   self.components.garuda)


def check_register(components: Components) -> None:
    """Read the register's file, where one is named; raise Unreadable.

    The daemon itself starts without, and waits for it.
    """
    if components.settings.register.file:
        components.read_register(components.file(components.settings.register.file))


async def unpublished(edges: Edges) -> str:
    """Return what is wrong with our signing key's DNS record, and the remedy; "" for nothing."""
    key = edges.signer
    if key is None or key.domain in await edges.verifier.verified(key.sample()):
        return ""
    return (f"dkim: {key.name} has no TXT record that this key's signatures hold by "
            "(or it could not be asked for); publish its public half there: v=DKIM1; k=rsa; p=...")
