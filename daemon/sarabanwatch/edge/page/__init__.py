"""The public page: what people may see, as HTML, CSV, JSON, Atom and QR codes. Thai first, English beside it.

One and the same `Site` makes every document, whether it is served (`app`) or written out (`export`). It knows records of
`core.public` and nothing of SQL; asks for no script, no cookie, no font and no other host.
"""

from sarabanwatch.edge.page.desk import Desk, Links, app
from sarabanwatch.edge.page.door import HEADERS
from sarabanwatch.edge.page.export import NoExport, export
from sarabanwatch.edge.page.face import Edition, Face, Label
from sarabanwatch.edge.page.qr import png, svg
from sarabanwatch.edge.page.site import Site

__all__ = ["HEADERS", "Desk", "Edition", "Face", "Label", "Links", "NoExport", "Site", "app", "export", "png", "svg"]
