"""Which numbers follow from prices: indicators, calendars, resampling, performance, the seeded generator.

Pure: arrays in, arrays out. Must not know strategies, orders, files, databases or the network.
"""
