"""From a strategy to the text of its stand-alone Python script."""

from __future__ import annotations

import json
from typing import Literal

from vibex.strategy.script.conditions import mask
from vibex.strategy.script.frames import refused
from vibex.strategy.script.mains import ACCOUNT, data_file, pandas_main, vectorbt_main
from vibex.strategy.script.orders import Orders
from vibex.strategy.script.scope import Scope
from vibex.strategy.script.source import Script, bare, call, libraries_of, templates, with_dependencies
from vibex.strategy.script.text import preamble
from vibex.strategy.spec import Condition, StrategySpec

Target = Literal["vectorbt", "pandas"]

_SIGNALS = '''\
def signals(data: pd.DataFrame, params: dict[str, float]) -> tuple[pd.Series, ...]:
    """{result} on the index of `data`, decided on each close for the next open.

    `data` has open, high, low, close and volume (float64, opening times in UTC), one row per {bar} bar. The rules
    of conflict are applied: an exit beats an entry of its side, and entries of both sides cancel each other.
    """
'''
_ORDERS = '''\
def orders(data: pd.DataFrame, params: dict[str, float]) -> pd.DataFrame:
    """What an entry that fills at the open of each row gets.

    Stops, trails and targets are fractions of that open; a size is {sizes}. Missing: no entry.
    """
'''
_IN_WORDS = {"amount": "a number of units", "value": "an amount of money", "percent": "a share of the account"}


def write_script(spec: StrategySpec, *, target: Target) -> str:
    """A Python file with `PARAMS`, `signals(data, params)`, `orders(data, params)` and a `main` for `target`.

    `signals` gives (entries, exits) for a strategy that only buys, else (long_entries, long_exits,
    short_entries, short_exits): the conditions of the evaluation after rules 22 and 23, the session's end
    included. Words of the strategy appear in comments only. Raises NotSupported, with the field, for what a
    file with the bars of one symbol cannot do exactly: pairs and other symbols, the state of the position,
    and what an exchange's holidays and half days decide.
    """
    if spec.archetype == "pairs":
        raise refused("pairs of two legs", "a script is given the bars of one symbol", "archetype")
    script = Script()
    signals = _signals(spec, script)
    plan = Orders(scope=Scope(spec=spec, script=script))
    orders = plan.write()
    main = pandas_main(spec, script) if target == "pandas" else vectorbt_main(spec, script, plan.size_types)
    result = "Entries and exits" if not spec.trades_short else "Entries and exits long, entries and exits short,"
    sizes = " or ".join(dict.fromkeys(_IN_WORDS[kind] for kind in plan.size_types.values()))
    helpers = [templates()[name] for name in with_dependencies(script.helpers)]
    functions = [
        *helpers,
        _SIGNALS.format(result=result, bar=spec.timeframe.value) + signals,
        _ORDERS.format(sizes=sizes) + orders,
        main,
    ]
    body = "\n\n\n".join(functions)
    return "\n".join(
        [
            '"""A trading strategy as one Python file: parameters, signals, orders, and a run over a file of bars."""',
            "",
            *preamble(spec),
            "",
            *libraries_of(body),
            "",
            "# Every number of the strategy; `signals` and `orders` read them, so that they can be changed here.",
            *_params(script),
            "",
            ACCOUNT + json.dumps(data_file(spec)),
            "",
            "",
            body,
        ]
    )


def _params(script: Script) -> list[str]:
    if not script.params:
        return ["PARAMS: dict[str, float] = {}"]
    return [
        "PARAMS: dict[str, float] = {",
        *(f"    {json.dumps(name)}: {value!r}," for name, value in script.params.items()),
        "}",
    ]


def _signals(spec: StrategySpec, script: Script) -> str:
    scope = Scope(spec=spec, script=script)
    body, frame = scope.body, scope.base
    never = 'pd.Series(False, index=data["close"].index)'

    def rule(condition: Condition | None, name: str) -> str | None:
        if condition is None:
            return None
        written = mask(condition, name, scope, frame)
        return written if written.isidentifier() else body.let(name, bare(written))

    enter = {"long": rule(spec.entry.long, "entry_long"), "short": rule(spec.entry.short, "entry_short")}
    leave = {"long": rule(spec.exit.long, "exit_long"), "short": rule(spec.exit.short, "exit_short")}
    done = _session_exit(spec, scope)
    body.line("")
    body.line("# An exit beats an entry of its side; entries of both sides cancel each other.")
    results = []
    for side, other in (("long", "short"), ("short", "long")):
        if side == "short" and not spec.trades_short:
            continue
        against = [each for each in (enter[other], leave[side], done) if each is not None]
        entries = " & ".join([enter[side] or never, *(f"~{each}" for each in against)]) if enter[side] else never
        exits = " | ".join(each for each in (leave[side], done) if each is not None) or never
        results += [body.let(f"{side}_entries", entries), body.let(f"{side}_exits", exits)]
    body.line(f"return {', '.join(results)}")
    return body.indented()


def _session_exit(spec: StrategySpec, scope: Scope) -> str | None:
    if spec.session_exit_minutes is None:
        return None
    frame, asked = scope.base, "session_exit_minutes"
    minutes = scope.script.param(asked, spec.session_exit_minutes, whole=True)
    times = (frame.closes(asked), frame.day(asked), frame.session_open(asked), frame.session_close(asked))
    mask_ = call(scope.script.helper("session_exit"), *times, minutes)
    return scope.body.let("session_ends", f"pd.Series({mask_}, index={frame.index})")
