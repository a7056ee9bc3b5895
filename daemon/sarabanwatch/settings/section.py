"""What every table of a configuration file is: frozen, and without keys that nobody knows."""

import msgspec


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""
