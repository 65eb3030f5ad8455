"""The fill rules in two bodies that read one `Plan` and return one `Outcome`, bit for bit the same.

`reference` is written to be read; `kernel` is compiled for long data. Neither knows specs, files or statistics.
"""
