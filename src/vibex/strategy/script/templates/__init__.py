"""The functions that generated scripts may contain, kept as source: read as text, never imported by the product.

Each function stands on its own or on others of this folder; the generator copies those that a strategy uses. They
repeat the meaning of the evaluation on purpose: a script must run where this package is not installed, and the
tests hold the two against each other bar for bar.
"""
