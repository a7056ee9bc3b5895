"""`python -m sarabanwatch.cli.manual FOLDER`: write the generated pages into a folder.

`make manual` calls it.
"""

import sys
from pathlib import Path

from sarabanwatch.cli.manual import PAGES

for name, page in PAGES.items():
    Path(sys.argv[1], name).write_text(page(), encoding="utf-8")
