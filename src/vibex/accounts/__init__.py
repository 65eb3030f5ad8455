"""Who trades, with which maker, on which venue? Configuration of accounts and their diaries.

Must not know HTTP.
"""
