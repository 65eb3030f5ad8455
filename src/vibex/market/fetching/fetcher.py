"""Bring what is missing of a range: asked page by page, kept as it comes, merged into the library when it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vibex.analysis.calendars import calendar_for
from vibex.domain.bars import format_ms
from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput, NotSupported, RetryLater
from vibex.domain.instrument import Market
from vibex.domain.ports import Progress
from vibex.domain.timeframe import DAY_MS, HOUR_MS, Timeframe
from vibex.market.fetching.partial import PartialFile
from vibex.market.fetching.request import Fetched, FetchRequest
from vibex.market.fetching.rows import Rows, Span, merged, missing, overlapping, refuse_disagreement, union
from vibex.market.fetching.shelf import Shelf
from vibex.market.fetching.source import Page, PageQuery, PriceSource
from vibex.market.quality import GapCount, measure_quality
from vibex.market.series import Series
from vibex.market.tables import Declared

# Seconds before the second, third … try of a page. A source that asks for a longer silence than the last is left alone.
_PAUSES_S = (1.0, 5.0, 20.0)
_LONGEST_SILENCE_S = 120.0


async def fetch(
    request: FetchRequest, source: PriceSource, clock: Clock, folder: Path, progress: Progress | None = None
) -> Fetched:
    """Have the range of `request` in the library under `folder`, from `source`; a range that is there asks nobody.

    Interrupted at any point, a second call goes on after the last page. Raises NotSupported for a series that the
    source does not publish; InvalidInput when it has nothing, when the library holds prices of somebody else (field
    "source"), and when it now tells another row than the one kept (field "replace"); RetryLater when it does not
    answer.
    """
    if request.series not in source.series:
        raise NotSupported(
            f"{source.name} publishes no {request.series} prices of {request.market} here"
            if request.series is not Series.FUNDING
            else f"{source.name} publishes no funding rates",
            field="kind",
            remedy=f"it has {', '.join(source.series)}",
        )
    return await _Fetch(request, source, clock, folder, progress).run()


def _last_final(settled_ms: int, timeframe: Timeframe | None) -> int:
    """The last time of a bar that has ended at `settled_ms`; for funding the end of the last whole hour. On a grid, so
    that asking twice within one bar is asking for the same."""
    if timeframe is None:
        return settled_ms // HOUR_MS * HOUR_MS - 1
    monday_ms = 4 * DAY_MS if timeframe is Timeframe.W1 else 0  # the epoch began on a Thursday
    return (settled_ms - monday_ms) // timeframe.ms * timeframe.ms + monday_ms - timeframe.ms


class _Fetch:
    """One request under way."""

    def __init__(
        self, request: FetchRequest, source: PriceSource, clock: Clock, folder: Path, progress: Progress | None
    ) -> None:
        self._request, self._source, self._clock, self._progress = request, source, clock, progress
        self._shelf = Shelf(
            folder=folder,
            market=request.market,
            symbol=request.symbol,
            series=request.series,
            timeframe=request.timeframe,
        )
        self._columns = len(request.series.columns)
        self._wanted = self._range()
        self._held = self._read_held()
        self._partial = PartialFile(self._shelf.partial(source.name, replace=request.replace), self._columns)
        self._pages = 0

    async def run(self) -> Fetched:
        held_spans = self._held[0].covered
        known = merged([self._held[1], self._partial.rows], self._columns)
        have = union([*held_spans, *self._partial.spans])
        todo = missing(self._wanted, have)
        total = sum(stop - start for start, stop in todo)
        done = 0
        for part in todo:
            await self._bring(overlapping(part, known, have), known, done, total)
            done += part[1] - part[0]
        return self._finish()

    def _range(self) -> Span:
        """What may be kept of the range that is asked for, on the grid of bars."""
        settled_ms = round((self._clock.now().timestamp() - self._source.settling_s) * 1000)
        final_ms = _last_final(settled_ms, self._request.timeframe)
        last = final_ms if self._request.end_ms is None else min(self._request.end_ms, final_ms)
        if last < self._request.start_ms:
            raise InvalidInput(
                f"{self._request.what} that begin at {format_ms(self._request.start_ms)} are not final yet",
                field="start",
                remedy=f"begin at {format_ms(max(0, final_ms))} or before",
            )
        return self._request.start_ms, last + 1

    def _read_held(self) -> tuple[Declared, Rows]:
        empty = Declared(), Rows.of((), (), self._columns)
        if self._request.replace or not self._shelf.path.exists():
            return empty
        declared, rows = self._shelf.read()
        if (declared.source, declared.simulated) == (self._source.name, self._source.is_simulated):
            return declared, rows
        if declared.simulated and not self._source.is_simulated:
            return empty  # real prices take the place of generated ones, which their seed gives again
        holder = f"prices of {declared.source}" if declared.source else "imported prices"
        if self._source.is_simulated:
            holder += ", not SIMULATED ones"
        raise InvalidInput(
            f"{self._shelf.path.name} in the library holds {holder}; two publishers in one file would be neither",
            field="source",
            remedy="give --replace to put the new ones in their place",
        )

    async def _bring(self, part: Span, known: Rows, done: int, total: int) -> None:
        """Every page of `part`, each kept before the next is asked for."""
        at, stop = part
        while at < stop:
            self._report(done + at - part[0], total)
            page = await self._page(at, stop, self._request.timeframe)
            final_to = min(page.final_to_ms, stop - 1)
            if len(page.rows) == 0 and at <= final_to < stop - 1:
                final_to = await self._empty_until(final_to, stop)
            if final_to < at:
                return  # nothing final here yet; a later call asks again
            rows = page.rows.within(at, final_to)
            refuse_disagreement(known, rows, self._request.series.columns, self._remedy(known))
            self._partial.append(rows, (at, final_to + 1), page.actions)
            at = final_to + 1

    async def _page(self, start_ms: int, stop: int, timeframe: Timeframe | None) -> Page:
        query = PageQuery(
            symbol=self._request.symbol,
            series=self._request.series,
            timeframe=timeframe,
            start_ms=start_ms,
            end_ms=stop - 1,
        )
        page = await self._patiently(query)
        self._pages += 1
        return page

    async def _empty_until(self, last: int, stop: int) -> int:
        """How far an empty stretch that reaches `last` goes on, by the days that have bars at all: years before a
        listing are passed in a few pages instead of thousands."""
        timeframe = self._request.timeframe
        if timeframe is None or not timeframe.is_intraday:
            return last
        midnight = (last + 1) // DAY_MS * DAY_MS
        days = await self._page(midnight, stop, Timeframe.D1)
        first = int(days.rows.time[0]) if len(days.rows) else days.final_to_ms + 1
        return max(last, min(first, stop) - 1)

    async def _patiently(self, query: PageQuery) -> Page:
        """The page, asked for again while the source asks for silence or does not answer."""
        for pause in (*_PAUSES_S, None):
            try:
                return await self._source.page(query)
            except RetryLater as error:
                wished = None if error.retry_after_ms is None else error.retry_after_ms / 1000
                wait = pause if wished is None or pause is None else max(wished, pause)
                if wait is None or wait > _LONGEST_SILENCE_S:
                    raise self._unanswered(error) from None
                await self._clock.sleep(wait)
            except InvalidInput as error:
                raise InvalidInput(
                    f"{self._source.name} gives no {self._request.what}: {error.message}",
                    field=error.field or "symbol",
                    remedy=error.remedy or "check the symbol, or name another --source",
                ) from None
        raise AssertionError("the last try returns or raises")

    def _unanswered(self, error: RetryLater) -> RetryLater:
        kept = f"{len(self._partial)} rows are kept; " if len(self._partial) else "nothing was fetched; "
        return RetryLater(
            f"{self._source.name} does not give {self._request.what}: {error.message}. {kept.capitalize()}"
            "run the same command again to go on, or name another --source",
            retry_after_ms=error.retry_after_ms,
        )

    def _remedy(self, known: Rows) -> str:
        first = format_ms(int(known.time[0])) if len(known) else format_ms(self._request.start_ms)
        return f"its prices were adjusted or corrected: fetch all of it again with --start {first} --replace"

    def _report(self, done_ms: int, total_ms: int) -> None:
        if self._progress is None:
            return
        unit = HOUR_MS if self._request.timeframe is None else self._request.timeframe.ms
        noun = "hours of funding" if self._request.timeframe is None else f"{self._request.timeframe} bars"
        self._progress.report(
            done_ms // unit, -(-total_ms // unit), f"{self._request.symbol} {noun} from {self._source.name}"
        )

    def _finish(self) -> Fetched:
        """Merge what came into the library's file, if anything did; the partial file goes last."""
        declared, held = self._held
        rows = merged([held, self._partial.rows], self._columns)
        if len(rows) == 0:
            self._partial.remove()
            raise InvalidInput(
                f"{self._source.name} has no {self._request.what} between {format_ms(self._wanted[0])} and "
                f"{format_ms(self._wanted[1] - 1)}",
                field="symbol",
                remedy="choose other times, or name another --source",
            )
        widened, actions = 0, None
        if self._partial.spans:
            actions = self._keep_actions(bool(len(held)))
            widened = self._shelf.write(rows, self._declared(declared.covered)).widened_rows
            self._partial.remove()
        if self._request.replace:
            self._shelf.forget_pages()
        return Fetched(
            request=self._request,
            source=self._source.name,
            path=self._shelf.path,
            actions=actions,
            pages=self._pages,
            rows=len(rows),
            new_rows=len(rows) - len(held),
            first_ms=int(rows.time[0]),
            last_ms=int(rows.time[-1]),
            gaps=self._gaps(rows),
            widened_rows=widened,
            simulated=self._source.is_simulated,
        )

    def _keep_actions(self, keep: bool) -> Path | None:
        """Only adjusted prices have splits and dividends, and those of a file that is fetched anew are all fresh."""
        if self._source.adjustment is None or self._request.series is not Series.BARS:
            return None
        return self._shelf.write_actions(self._partial.actions, source=self._source.name, keep=keep)

    def _declared(self, covered: Sequence[Span]) -> Declared:
        crypto = self._request.market is Market.CRYPTO
        return Declared(
            symbol=self._request.symbol,
            market=self._request.market,
            timeframe=self._request.timeframe,
            adjustment=self._source.adjustment,
            currency=self._request.symbol.partition("/")[2] if crypto else None,
            simulated=self._source.is_simulated,
            series=self._request.series,
            source=self._source.name,
            covered=union([*covered, *self._partial.spans]),
        )

    def _gaps(self, rows: Rows) -> GapCount | None:
        if self._request.timeframe is None:
            return None
        calendar = calendar_for(self._request.market)
        return measure_quality(self._shelf.bars(rows), source=self._shelf.path.name, calendar=calendar).gaps
