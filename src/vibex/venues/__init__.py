"""Where? One port; a client for each exchange and a faithful AsterDEX on this machine stand behind it.

A venue takes what risk approved and tells what became of it. It knows the domain, and must not know risk rules,
strategies or models.
"""
