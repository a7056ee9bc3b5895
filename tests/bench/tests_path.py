"""Imported for its effect.

A bench finds what stands beside it in tests/ (fakes, corpus, real), wherever it is run.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
