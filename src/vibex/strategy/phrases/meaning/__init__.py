"""From statements to a partial strategy: what belongs together, what "it" is, ids and bars, and what was left out.

Must not know letters, phrases or the order of words.
"""
