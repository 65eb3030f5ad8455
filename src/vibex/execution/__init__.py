"""How is an approved order carried out? Intent before the wire, orders, brackets, reconciliation, kill switch.

Must not know models, HTTP, SQL or where a decision came from: it carries out an `ApprovedEntry`, and makes
`ProtectiveExit`s, which can only reduce.
"""
