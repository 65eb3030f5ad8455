"""Every finding of the review in English, by its code; keys with a dot are parts of the finding before the dot."""

WORDS: dict[str, str] = {
    # rules that cancel each other
    "never_together": "these can never hold together: {rules}; change one of them, or join them with `any`",
    "never": "it can never be that {rule}",
    "never.bounds": "{name} lies between {low} and {high}",
    "never.floor": "{name} is never below {low}",
    "never.remedy": "change it",
    "no_effect": "{why}; as it stands this part has no effect",
    "exit_holds_at_entry": (
        "whenever the entry holds ({entry}) the exit holds as well ({exit}), so nothing would ever be entered; "
        "move one of the two"
    ),
    "always": (
        "the entry is always true ({entry}): it enters whenever it is flat; correct the number if a signal was meant"
    ),
    "both_sides": (
        "whenever the {side} entry holds ({entry}) the other side's does too, and then neither is made; "
        "say which side is meant"
    ),
    # stops and targets
    "wrong_side": (
        "a {side}'s {role} must lie {where} its entry, but the entry ({entry}) never leaves {level} {where} the price; "
        "choose another level"
    ),
    "wrong_price": (
        "a {side}'s {role} must lie {where} its entry, but {price} does not: the entry is at {entry}; "
        "choose another price"
    ),
    "role.stop_loss": "stop",
    "role.take_profit": "target",
    "where.below": "below",
    "where.above": "above",
    "small_target": (
        "the target is {ratio} times the stop's distance away: about {wins} wins pay for one loss; "
        "move the target out or the stop in"
    ),
    # what cannot be run
    "foreign_symbol": (
        "{symbol} is no symbol of {market}, where one is {example}; one strategy trades one market, so change the "
        "market or make a second strategy"
    ),
    "example.crypto": "a pair such as BTC/USDT",
    "example.us_equity": "a ticker such as SPY",
    "example.hk_equity": "a code such as 0700.HK",
    "no_data": "there is no data of {symbol}; give a file of its bars",
    "long_warm_up": (
        "the indicators need about {years} years of {timeframe} bars before the first signal; shorten their periods "
        "or take a shorter timeframe"
    ),
    "short_history": (
        "the indicators need {needed} bars of {symbol} before the first signal, but there are {bars}; shorten their "
        "periods or take a shorter timeframe"
    ),
    "no_volume": (
        "this reads the volume, but the data of {symbols} has none; give data with volume or leave the condition out"
    ),
    "closed_window": (
        "no bar of {timeframe} closes from {start} until before {end} {zone}{hours}: this is never true; choose "
        "another window or shorter bars"
    ),
    "closed_window.hours": "; the market is open from 09:30 to 16:00 {zone}",
    "not_run_yet": "{what}; {remedy}",
    # dangers
    "leverage": (
        "leverage {leverage}× is beyond the policy of {policy}×: a move of about {move} % against the position wipes "
        "out its margin; lower it"
    ),
    "stop_beyond_liquidation": (
        "at leverage {leverage}× the position is liquidated about {move} % away, before the stop at about {stop} %; "
        "bring the stop nearer or lower the leverage"
    ),
    "stop_near_liquidation": (
        "at leverage {leverage}× the position is liquidated about {move} % away, close to the stop at about {stop} %; "
        "bring the stop nearer or lower the leverage"
    ),
    "no_stop": "the {side} side has no stop: {bound}; a stop of 2 × ATR(14) is a common choice",
    "no_stop.long": "nothing limits the loss of a long but a price of 0",
    "no_stop.short": "the loss of a short has no bound at all",
    "large_position": (
        "{percent} % of equity at leverage {leverage}× is a position of {notional} % of equity; a fall of {fall} % "
        "takes all of it"
    ),
    "sum_of_sizes": (
        "{count} symbols at {percent} % each add up to {total} % of equity: entries beyond 100 % are cut or skipped, "
        "in the order of the symbols' names; use at most {most} % each"
    ),
    "large_risk": (
        "{percent} % of equity at risk in each trade: ten losses in a row leave {left} % of the account; "
        "1 or 2 % is usual"
    ),
    "equity_short": "this sells {symbols} short: {rule}; leave the short side out if that is not possible",
    "equity_short.hk_equity": (
        "in Hong Kong only shares on the exchange's list of designated securities may be sold short, and only covered"
    ),
    "equity_short.us_equity": (
        "in the US shares must be located and borrowed first, and the borrow costs interest that is not modelled"
    ),
    # costs
    "costs_against_target": (
        "the target is about {move} % away and entry and exit cost {cost} % ({fee} + {slippage} basis points a fill): "
        "{verdict}; move the target out or trade a longer timeframe"
    ),
    "costs_against_target.all": "every win is a loss",
    "costs_against_target.share": "costs take {share} of every win",
    "costs_against_trades": (
        "the average trade moved {move} % in its favour before costs of {cost} %: the costs eat the move over {count} "
        "trades; trade less often or hold longer"
    ),
    "costs_against_stop": (
        "the stop is about {distance} % away and entry and exit cost {cost} %: a loss is mostly costs, and ordinary "
        "movement reaches the stop; move it out"
    ),
    # how often it trades
    "no_trade": ("it would not have traded once from {first} to {last}; loosen the entry or try more data"),
    "none_lately": (
        "it has not traded since {since}, the data ends on {last}; check that the market still does what the rules "
        "wait for"
    ),
    "few_trades": (
        "{count} trades are too few to tell skill from luck; {needed} or more are needed: use more history or more "
        "symbols"
    ),
    "quick_re_entries": "{count} of {trades} entries came within {bars} bars of a stop: {offer}",
    "lasting_entry": (
        "the entry is a state that can last for many bars, so it may enter again at once after a stop: {offer}"
    ),
    "offer": (
        'use a cross (crosses_below instead of "<") or a cooldown (limits.cooldown_bars) if each signal is meant once'
    ),
    "only_stop_ends": "only the stop ends a {side} position; add an exit condition, a target or a time stop",
    "nothing_ends": "nothing ever ends a {side} position; add an exit condition, a target or a time stop",
    "no_target": (
        "no take-profit was asked for and none was added; one at 2 × the stop's distance "
        '({{"type": "risk_multiple", "value": 2}}) can be tried beside it'
    ),
}
