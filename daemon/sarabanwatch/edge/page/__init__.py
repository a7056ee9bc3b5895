"""The public page: what people may see, as HTML, CSV, JSON, Atom and QR codes. Thai first, English beside it.

One and the same `Site` makes every document, whether it is served (`app`) or written out (`export`). It knows records of
`core.public` and nothing of SQL; asks for no script, no cookie, no font and no other host.
"""

from sarabanwatch.edge.page.desk import Desk, app
from sarabanwatch.edge.page.export import NoExport, export
from sarabanwatch.edge.page.face import Edition, Face, Label
from sarabanwatch.edge.page.qr import png, svg
from sarabanwatch.edge.page.site import Site

__all__ = ["Desk", "Edition", "Face", "Label", "NoExport", "Site", "app", "export", "png", "svg"]
