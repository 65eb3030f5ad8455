"""Fault drills: production execution and client against the simulated venue over real sockets, one fault at a time."""
