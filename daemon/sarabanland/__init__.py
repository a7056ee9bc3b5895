"""A simulated country, on loopback only, of which the truth is known.

It has agencies, mail hosts, DNS, a relay, an inbox and clerks.

It knows nothing of the program that is tried against it: the two meet on the wire and in the files
of one folder.
"""
