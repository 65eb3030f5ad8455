"""What would a strategy have done? Fill rules in two bodies, costs, results, statistics, reports.

Must not know venues, HTTP or where data is stored.
"""
