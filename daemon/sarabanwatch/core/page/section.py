"""The configuration of the public page."""

from sarabanwatch.core.page.public import Shown
from sarabanwatch.core.page.visitor import Header
from sarabanwatch.core.section import Section


class PageSection(Section, frozen=True):
    """[page]: where the public page stands, who answers for it, and what it shows.

    `base` is its address for the public, `short` a shorter one that leads there; "" for none.
    `tell` is the e-mail address for questions, `notice` an announcement at the head of every page.
    `licence` names the terms of the open data, `licence_url` is where they stand; "" for not said.
    `proxies` are the web servers before us, and `proxy_header` is what they tell a visitor's
    address in.
    """

    host: str = "127.0.0.1"
    port: int = 0
    base: str = ""
    short: str = ""
    owner_th: str = "สำนักงาน ก.พ.ร."
    owner_en: str = "OPDC"
    tell: str = "saraban@opdc.go.th"
    notice: str = ""
    licence: str = ""
    licence_url: str = ""
    addresses: Shown = "yes"
    requests_per_minute: int = 600
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    proxy_header: Header = "X-Forwarded-For"
    confirm: bool = True

    @property
    def url(self) -> str:
        """Its address for the public, ending with a slash; "" for none."""
        return f"{self.base.rstrip('/')}/" if self.base else ""
