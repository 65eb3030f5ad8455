"""From letters to tokens: one form of writing, pieces, phrases, lines with their headings, and what is no request.

Must not know the grammar or what a strategy is.
"""
