"""Builds the world from settings: the only room that sees both the steps and the edges."""

from sarabanwatch.edge import register
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.daemon import run
from sarabanwatch.wiring.reloading import check, check_keys
from sarabanwatch.wiring.site import serve_page, static_site

__all__ = ["Components", "check", "check_keys", "check_register", "run", "serve_page",
           "static_site", "unpublished"]


def check_register(components: Components) -> None:
    """Read the register's file, where one is named; raise Unreadable.

    The daemon itself starts without, and waits for it.
    """
    if components.settings.register.file:
        register.load(components.file(components.settings.register.file),
                      headings=components.headings)


async def unpublished(components: Components) -> str:
    """Return what is wrong with our signing key's DNS record, and the remedy; "" for nothing."""
    key = components.signer
    if key is None or key.domain in await components.verifier.verified(key.sample()):
        return ""
    return (f"dkim: {key.name} has no TXT record that this key's signatures hold by "
            "(or it could not be asked for); publish its public half there: v=DKIM1; k=rsa; p=...")
