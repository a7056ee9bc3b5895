"""A simulated country, on loopback only, whose true state is known.

It has agencies, mail hosts, DNS, a relay, an inbox and clerks. It shares no code with the program
that is tried against it: the two meet on the wire, and in the files of one folder.
"""
