"""The `main` of a script: vectorbt, or a report in plain pandas."""

from __future__ import annotations

import re
import textwrap

from vibex.strategy.script.frames import BAR
from vibex.strategy.script.orders import SizeType, left_out, traded_sides
from vibex.strategy.script.source import Script, quoted
from vibex.strategy.spec import StrategySpec

ACCOUNT = """\
# The account of `main`, not part of the strategy: fees and slippage are fractions of the price.
ACCOUNT = {"cash": 10_000.0, "fees": 0.001, "slippage": 0.0005}

# The bars to read when the file is started; `main("other.csv")` reads another one.
DATA_FILE = """
_START = '\n\n\nif __name__ == "__main__":\n    main()\n'
_OF_VECTORBT = (
    "Stops and targets are tested from the bar after the fill on; the strategy means the fill bar too.",
    "A stop in the bar of an exit signal fills at the stop; the strategy leaves at the open of that bar.",
    "Targets pay slippage and fill at an open beyond them; the strategy fills at the target, without slippage.",
    "Quantities are not rounded to lots, and stops not to ticks.",
    "Bars without volume fill orders all the same.",
)


def data_file(spec: StrategySpec) -> str:
    """The name of a CSV file for this strategy, of harmless characters only."""
    return f"{re.sub('[^A-Za-z0-9]+', '_', spec.symbols[0]).strip('_')}_{spec.timeframe.value}.csv"


def pandas_main(spec: StrategySpec, script: Script) -> str:
    """Counts signals, lists what each entry would get, and trades the signals alone at the next open."""
    read, trades = script.helper("read_bars"), script.helper("trades_at_next_open")
    lines = [
        "def main(path: str = DATA_FILE) -> None:",
        '    """Print the signals, their stops and sizes, and the trades of the signals alone: no stops, no costs."""',
        f"    data = {read}(path)",
        *_four_signals(spec),
        '    print(f"{len(data)} bars, {data.index[0]} to {data.index[-1]}")',
    ]
    lines += [f'    print("entries {side}:", int({side}_entries.sum()))' for side in traded_sides(spec)]
    lines += [
        "    plan = orders(data, PARAMS)",
        *(
            f"    print(plan.filter(like={quoted(side + '_')})[{side}_entries.shift(1, fill_value=False)].tail(10))"
            for side in traded_sides(spec)
        ),
        f"    reverse = {spec.on_opposite == 'reverse'}",
        f"    trades = {trades}(data, long_entries, long_exits, short_entries, short_exits, reverse)",
        "    print(trades.tail(20).to_string())",
        "    print(f\"{len(trades)} trades, mean {trades['return_pct'].mean():.3f} %\")",
    ]
    return _notes("The trades of this report do without", [*left_out(spec), "Stops, targets, sizes and costs."]) + (
        "\n".join(lines) + _START
    )


def vectorbt_main(spec: StrategySpec, script: Script, size_types: dict[str, SizeType]) -> str:
    """Runs the strategy with `Portfolio.from_signals`, decisions of one bar filled at the open of the next."""
    notes = [*left_out(spec), *_OF_VECTORBT]
    share_of_start = _reverses(spec) and "percent" in size_types.values()
    if share_of_start:
        notes.append("vectorbt cannot reverse by percent: a size is a share of the STARTING cash.")
    if spec.leverage > 1:
        notes.append("leverage: a position is never larger than the account.")
    sides = traded_sides(spec)
    lines = [
        "def main(path: str = DATA_FILE) -> None:",
        '    """Run the strategy with vectorbt and print its statistics."""',
        "    import vectorbt as vbt",
        "",
        f"    data = {script.helper('read_bars')}(path)",
        *_four_signals(spec),
        "    plan = orders(data, PARAMS)",
        "    # Decided on a close, filled at the next open; an entry that lacks a stop or size it needs is left out.",
        "    wanted = {",
    ]
    for side in ("long", "short"):
        known = f" & plan.filter(like={quoted(side + '_')}).notna().all(axis=1)" if side in sides else ""
        lines.append(f"        {quoted(side)}: {side}_entries.shift(1, fill_value=False){known},")
    lines += [
        "    }",
        *_portfolio(spec, size_types, share_of_start=share_of_start, notes=notes),
        "    print(portfolio.stats())",
        "    print(portfolio.trades.records_readable.tail(20).to_string())",
    ]
    return _notes("What vectorbt does not do of this strategy", notes) + "\n".join(lines) + _START


def _portfolio(
    spec: StrategySpec, size_types: dict[str, SizeType], *, share_of_start: bool, notes: list[str]
) -> list[str]:
    sides = traded_sides(spec)
    sizes = {side: _size(side, kind, share_of_start=share_of_start) for side, kind in size_types.items()}
    amounts = {side: str(kind != "percent" or share_of_start) for side, kind in size_types.items()}
    given = [
        "close=data['close']", "open=data['open']", "high=data['high']", "low=data['low']", "price=data['open']",
        "entries=wanted['long']", "exits=long_exits.shift(1, fill_value=False)",
        "short_entries=wanted['short']", "short_exits=short_exits.shift(1, fill_value=False)",
        f"size={_per_side(sizes)}", f"size_type={_size_type(amounts)}",
        f"upon_opposite_entry={quoted(spec.on_opposite)}",
    ]  # fmt: skip
    fixed = {
        side: f"plan[{quoted(side + '_stop')}]" for side in sides if getattr(spec.stop_loss, side, None) is not None
    }
    trailing = {side: f"plan[{quoted(side + '_trail')}]" for side in sides if _trails(spec, side)}
    target = {side: f"plan[{quoted(side + '_target')}]" for side in sides if _has_target(spec, side)}
    if fixed and trailing:
        notes.append("trailing_stop: vectorbt has one stop at a time; where a stop_loss exists it is the one.")
    stops = trailing | fixed
    if stops:
        given.append(f"sl_stop={_per_side(stops, sides, 'np.nan')}")
    if trailing.keys() - fixed.keys():
        trails = {side: str(side not in fixed) for side in stops}
        given.append(f"sl_trail={_per_side(trails, sides, 'False')}")
        notes.append("trailing_stop: vectorbt trails by a fraction of the best price, also where ATRs are meant.")
    if target:
        given.append(f"tp_stop={_per_side(target, sides, 'np.nan')}")
    given += [
        "stop_entry_price='fillprice'", "stop_exit_price='stopmarket'", "init_cash=ACCOUNT['cash']",
        "fees=ACCOUNT['fees']", "slippage=ACCOUNT['slippage']", f"freq={quoted(BAR[spec.timeframe])}",
    ]  # fmt: skip
    return [
        "    portfolio = vbt.Portfolio.from_signals(",
        *(f"        {each},".replace("'", '"') for each in given),
        "    )",
    ]


def _per_side(values: dict[str, str], sides: tuple[str, ...] = (), absent: str = "") -> str:
    """One expression for both sides: the one that enters on a row decides."""
    names = sides or tuple(values)
    long, short = (values.get(side, absent) for side in ("long", "short"))
    if len(names) == 1:
        return values[names[0]]
    return long if long == short else f"np.where(wanted['long'], {long}, {short})"


def _size(side: str, kind: SizeType, *, share_of_start: bool) -> str:
    """The size in units, or a share of the account: money is divided by the fill price, slippage included."""
    column = f"plan[{quoted(side + '_size')}]"
    if kind == "amount" or (kind == "percent" and not share_of_start):
        return column
    money = column if kind == "value" else f"{column} * ACCOUNT['cash']"
    return f"{money} / (data['open'] * (1 {'+' if side == 'long' else '-'} ACCOUNT['slippage']))"


def _size_type(amounts: dict[str, str]) -> str:
    if len(set(amounts.values())) == 1:
        return quoted("amount" if "True" in amounts.values() else "percent")
    numbers = {"True": "0", "False": "2"}  # vectorbt's own numbers of amount and percent, which columns ask for
    return f"np.where(wanted['long'], {numbers[amounts['long']]}, {numbers[amounts['short']]})"


def _four_signals(spec: StrategySpec) -> list[str]:
    if spec.trades_short:
        return ["    long_entries, long_exits, short_entries, short_exits = signals(data, PARAMS)"]
    return [
        "    long_entries, long_exits = signals(data, PARAMS)",
        "    short_entries = short_exits = pd.Series(False, index=data.index)",
    ]


def _notes(head: str, notes: list[str]) -> str:
    wrapped = [line for note in notes for line in textwrap.wrap(f"- {note}", 96, subsequent_indent="  ")]
    return "".join(f"# {line}\n" for line in (f"{head}:", *wrapped)) + "\n\n"


def _reverses(spec: StrategySpec) -> bool:
    return spec.trades_long and spec.trades_short and spec.on_opposite == "reverse"


def _trails(spec: StrategySpec, side: str) -> bool:
    return getattr(getattr(spec.trailing_stop, side, None), "type", None) in ("percent", "atr")


def _has_target(spec: StrategySpec, side: str) -> bool:
    target = getattr(spec.take_profit, side, None)
    return target is not None and not isinstance(target, tuple)
