"""From tokens to statements: conditions, actions, exits and settings, each with its place in the text.

A rule moves a cursor forward on success and leaves it alone on failure. Must not know which condition belongs to
which action, ids, markets or timeframes.
"""
