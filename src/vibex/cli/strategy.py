"""`vibex strategy`: what a strategy may say, and whether one says it well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vibex.cli.edge import begin, print_json

if TYPE_CHECKING:
    from vibex.analysis.indicators import IndicatorDefinition, Parameter
    from vibex.backtest import RunEvidence
    from vibex.domain import JsonValue
    from vibex.strategy import StrategySpec

Language = Literal["en", "zh-Hant", "zh-Hans"]
File = Annotated[Path, typer.Argument(help="A strategy, JSON.")]
Target = Literal["vectorbt", "pandas"]
Adjust = Literal["raw", "split", "total"]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
ANCHORED = "anchored"

app = typer.Typer(
    help="Indicators, schema, validation, review, explanation and code.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def indicators(json: Json = False) -> None:
    """List every indicator: parameters with default and range, outputs, bars of warm-up."""
    begin()
    from vibex.analysis.indicators import all_definitions

    rows = [_row(definition) for definition in all_definitions()]
    if json:
        print_json({"indicators": rows})
        return
    for row, definition in zip(rows, all_definitions(), strict=True):
        outputs = ", ".join(definition.outputs) or "one series"
        typer.echo(f"{definition.name}  {definition.meaning} ({definition.group})")
        for parameter in definition.parameters:
            typer.echo(f"    {_parameter_line(parameter)}")
        typer.echo(f"    outputs: {outputs}; warm-up: {_warm_up_words(row['warm_up'])}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a strategy."""
    begin()
    from vibex.strategy import json_schema

    print_json(json_schema())


@app.command()
def validate(
    file: File,
    json: Json = False,
) -> None:
    """Check a strategy file; every issue on a line of its own, exit code 2 when there is one."""
    begin()
    spec = _loaded(file)
    if json:
        print_json({"valid": True, "name": spec.name, "digest": spec.digest()})
    else:
        typer.echo("valid")


@app.command()
def code(
    spec: Annotated[Path, typer.Option("--spec", help="A strategy, JSON.")],
    target: Annotated[
        Target, typer.Option(help="What the script runs in on its own: vectorbt, or a plain pandas report.")
    ] = "vectorbt",
    out: Annotated[Path | None, typer.Option(help="Write here instead of stdout; an existing file is refused.")] = None,
) -> None:
    """Write the strategy as a stand-alone Python script with the same signals."""
    begin()
    from vibex.domain import InvalidInput
    from vibex.strategy.script import write_script

    text = write_script(_loaded(spec), target=target)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InvalidInput(f"{out} exists", field="out", remedy="choose another name, or remove it") from None


@app.command()
def draft(
    words: Annotated[list[str] | None, typer.Argument(help="What the strategy shall do, in words, after --.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Read without a model, also where one is configured.")
    ] = False,
    model: Annotated[str | None, typer.Option(help="Ask this model instead of LLM_MODEL.", metavar="NAME")] = None,
    batch: Annotated[Path | None, typer.Option(help='Read requests from lines of {"id", "text"}.')] = None,
    json: Json = False,
) -> None:
    """Turn words into a strategy; exit code 0 with one, 2 without. Nothing is traded.

    A model is asked where a key or an endpoint is configured, or with --model; where it fails, the offline reading is
    given and says so.
    """
    begin()
    from vibex.cli.authoring import writer
    from vibex.cli.words import draft_batch, draft_command
    from vibex.domain import InvalidInput

    if offline and model is not None:
        raise InvalidInput("--offline asks no model", field="model", remedy="leave one of the two out")
    if (batch is None) == (not words):
        raise InvalidInput("give words or a batch file, not both", field="text", remedy="vibex strategy draft -- TEXT")
    with writer(offline=offline, model=model) as write:
        if batch is not None:
            raise typer.Exit(draft_batch(batch, write=write))
        raise typer.Exit(draft_command(" ".join(words or []), write=write, as_json=json))


@app.command()
def review(
    file: File,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[SYMBOL=]FILE",
            help="Bars to run it on: then findings say how often it really trades. Default: the library's.",
        ),
    ] = None,
    adjust: Annotated[
        Adjust | None, typer.Option(help="What equity prices are adjusted for, where the data does not say.")
    ] = None,
    language: Annotated[Language, typer.Option(help="English, Traditional or Simplified Chinese.")] = "en",
    json: Json = False,
) -> None:
    """Say what is wrong with a strategy, or worth knowing; exit code 2 when something is an error."""
    begin()
    from vibex.cli.words import review_command

    spec = _loaded(file)
    evidence = _evidence(spec, data, adjust) if data else _library_evidence(spec, adjust)
    raise typer.Exit(review_command(spec, evidence=evidence, language=language, as_json=json))


@app.command()
def explain(
    file: File,
    language: Annotated[Language, typer.Option(help="English, Traditional or Simplified Chinese.")] = "en",
    json: Json = False,
) -> None:
    """Read a strategy out in plain language."""
    begin()
    from vibex.cli.words import explain_command

    raise typer.Exit(explain_command(_loaded(file), language=language, as_json=json))


@app.command()
def diff(
    old: File,
    new: Annotated[Path, typer.Argument(help="The strategy to compare with, JSON.")],
    json: Json = False,
) -> None:
    """Say what differs between two strategies."""
    begin()
    from vibex.cli.words import diff_command

    raise typer.Exit(diff_command(_loaded(old), _loaded(new), as_json=json))


def _evidence(spec: StrategySpec, data: list[str], adjust: str | None) -> RunEvidence:
    """What the strategy does on these files, at the costs of a backtest that is told nothing."""
    from vibex.backtest import evidence_of
    from vibex.market import Adjustment
    from vibex.services import BacktestRequest, backtest

    stated = None if adjust is None else Adjustment(adjust)
    return evidence_of(backtest(BacktestRequest(spec=spec, data=data, adjustment=stated)))


def _library_evidence(spec: StrategySpec, adjust: str | None) -> RunEvidence | None:
    """The same on the library's bars, with a line on stderr that names them; None where it has none that can be run:
    a review needs no prices."""
    from vibex.backtest import evidence_of
    from vibex.domain import InvalidInput
    from vibex.market import Adjustment
    from vibex.services import BacktestRequest, backtest
    from vibex.settings import Settings

    folder = Settings().storage.bars_folder
    stated = None if adjust is None else Adjustment(adjust)
    try:
        result = backtest(BacktestRequest(spec=spec, library=folder, adjustment=stated))
    except InvalidInput as error:
        typer.echo(f"reviewed without prices: {error.message}", err=True)
        return None
    typer.echo(next(w.message for w in result.warnings if w.code == "library"), err=True)
    return evidence_of(result)


def _loaded(file: Path) -> StrategySpec:
    """The strategy in `file` with its symbols in their one spelling."""
    from vibex.services import canonical_spec
    from vibex.strategy import load_spec

    return canonical_spec(load_spec(file))


def _row(definition: IndicatorDefinition) -> dict[str, JsonValue]:
    return {
        "name": definition.name,
        "group": definition.group,
        "meaning": definition.meaning,
        "parameters": [_parameter(parameter) for parameter in definition.parameters],
        "outputs": list(definition.outputs),
        "needs_volume": definition.needs_volume,
        "warm_up": _warm_up(definition),
    }


def _parameter(parameter: Parameter) -> dict[str, JsonValue]:
    return {
        "name": parameter.name,
        "default": parameter.default,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "whole": parameter.whole,
        "required": parameter.required,
        "meaning": parameter.meaning,
    }


def _warm_up(definition: IndicatorDefinition) -> int | str | None:
    """Bars before the first value with default parameters; None where a parameter without default decides."""
    from vibex.analysis.indicators import complete

    if any(parameter.required for parameter in definition.parameters):
        return None
    rows = definition.warm_up(complete(definition, {}))
    return ANCHORED if rows is None else rows


def _warm_up_words(warm_up: JsonValue) -> str:
    if warm_up is None:
        return "by its parameters"
    return str(warm_up) if warm_up == ANCHORED else f"{warm_up} bars"


def _parameter_line(parameter: Parameter) -> str:
    default = (
        "required" if parameter.required else "optional" if parameter.default is None else f"{parameter.default:g}"
    )
    meaning = f"  {parameter.meaning}" if parameter.meaning else ""
    return f"{parameter.name} = {default}, {parameter.minimum:g} to {parameter.maximum:g}{meaning}"
