"""Who publishes prices, and in which form? One module per kind of publisher, each a `PriceSource`.

`venue` reads through the client of a venue, whichever it is handed; `yahoo` through yfinance, which is loaded with the
first question. Must not know where the library lies or what it holds.
"""
