"""Trading sessions of the markets: XNYS, XHKG and the 24-hour day of crypto."""
