"""The public page: what people may see, as HTML, CSV, JSON, Atom and QR codes.

Every page stands in Thai, and again in English below `en/`.

The same `Site` makes every document, whether it is served (`app`) or written to files (`export`).
It is given records of `core.page.public` and knows nothing of SQL. Pages need no script, no cookie
and no other host. Their typeface is Sarabun (`font/`, SIL Open Font License 1.1), of which
`make fonts` takes the Thai and Latin letters.
"""

from sarabanwatch.page.desk import Desk, Links, app
from sarabanwatch.page.door import HEADERS, Fronts
from sarabanwatch.page.export import export
from sarabanwatch.page.face import Face, GroupLabel, PageEdition
from sarabanwatch.page.qr import png, svg
from sarabanwatch.page.site import Site

__all__ = ["HEADERS", "Desk", "Face", "Fronts", "GroupLabel", "Links", "PageEdition", "Site", "app",
           "export", "png", "svg"]
