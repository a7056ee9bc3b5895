"""A country in a box: agencies, mail hosts, DNS, a relay, an inbox and clerks, with known truth, on loopback only.

It knows nothing of the program that is tried against it: the two meet on the wire and in the files of one folder.
"""
