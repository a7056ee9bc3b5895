"""What every table of a configuration file is: frozen, and without keys that nobody knows.

A table that rules take stands in `core`, beside them: a new key is declared there and nowhere else.
"""

import msgspec


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: one field a key, each with its default, and its unit in its name."""
