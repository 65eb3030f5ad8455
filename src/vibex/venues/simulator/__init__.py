"""An AsterDEX on this machine: the venue's HTTP and streams on loopback, a real book, margin and liquidation behind.

Written from the venue's page alone and apart from the client, so that a misreading on either side shows when they
meet. It knows the domain (and the seeded generator for its prices); it must not know any client of a venue.
"""
