"""A transaction of the ledger: what every function of this room takes first. Nobody outside does anything with it."""

import apsw

Tx = apsw.Connection
