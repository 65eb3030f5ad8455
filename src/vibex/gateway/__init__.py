"""Who may ask for what over HTTP? For now: whoever sits at this machine, for finished backtests, to read them.

Everything binds to 127.0.0.1, answers only requests addressed to this machine, and has no route that changes state;
that holds until there is a login. Must not know SQL, how a backtest is computed or what a venue sends.
"""

from vibex.gateway.app import create_app
from vibex.gateway.server import listen, serve, url_of

__all__ = ["create_app", "listen", "serve", "url_of"]
