"""The tables of the accounts that we log in to: relays and inbox, by password or access token."""

from datetime import date
from typing import Literal

from sarabanwatch.core.section import Section

Tls = Literal["none", "starttls", "implicit"]
Auth = Literal["auto", "plain", "login", "xoauth2", "oauthbearer"]


class OAuthSection(Section, frozen=True):
    """How an access token is got, where an account takes no password."""

    grant: Literal["none", "client_credentials", "refresh_token", "service_account",
                   "command"] = "none"
    token_url: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    key_file: str = ""
    certificate_file: str = ""
    refresh_token_file: str = ""
    scope: str = ""
    command: tuple[str, ...] = ()
    ca_file: str = ""


class Smarthost(Section, frozen=True):
    """A relay (smarthost): where it is, and how we log in to it."""

    host: str
    port: int = 587
    tls: Tls = "starttls"
    ca_file: str = ""
    user: str = ""
    password_file: str = ""
    auth: Auth = "auto"
    oauth: OAuthSection = OAuthSection()


class RelaySection(Smarthost, frozen=True):
    """The preferred relay, and those to fall back on."""

    connections: int = 10
    sender: Literal["each", "fixed"] = "each"
    success_reports: bool = True
    fallback: tuple[Smarthost, ...] = ()


class InboxSection(Section, frozen=True):
    """The mailbox that answers come to."""

    host: str
    user: str
    password_file: str = ""
    port: int = 993
    tls: Tls = "implicit"
    ca_file: str = ""
    auth: Auth = "auto"
    mailbox: str = "INBOX"
    also: tuple[str, ...] = ("\\Junk",)
    since: date | None = None
    poll_seconds: float = 60
    authserv_id: str = ""
    oauth: OAuthSection = OAuthSection()
