// The linked charts: candles, equity and drawdown share one viewport and one crosshair.
class Charts {
  constructor(report, onPick) {
    const { series, candles, result } = report;
    this.report = report;
    this.onPick = onPick;
    const ends = [series.equity_curve, series.drawdown_series, ...candles].filter((columns) => columns.t.length);
    this.empty = ends.length === 0;
    if (this.empty) return;
    const bar = Math.min(...candles.map((c) => c.bar_ms), 86_400_000);
    const first = Math.min(...ends.map((columns) => columns.t[0]));
    const last = Math.max(...ends.map((columns) => columns.t.at(-1) + (columns.bar_ms ?? bar) * (columns.bars_per_candle ?? 1)));
    this.view = new Viewport(first, last, bar * 10);
    this.currency = result.summary_stats?.currency ?? "";
    this.priceSlot = element("div");
    this.scaleNote = element("p", { class: "note" });
  }

  mount(section) {
    if (this.empty) {
      section.append(note("The result has no bars and no equity curve to draw."));
      return;
    }
    const { candles, series } = this.report;
    const symbols = candles.map((columns) => [columns.symbol, columns.symbol]);
    const selector = symbols.length > 1 ? labelledSelect("Symbol", symbols, (symbol) => this.showSymbol(symbol)) : null;
    this.select = selector?.querySelector("select");
    section.append(element("div", { class: "toolbar" }, selector,
      element("button", { type: "button", onclick: () => this.view.zoom(0.5) }, "Zoom in"),
      element("button", { type: "button", onclick: () => this.view.zoom(2) }, "Zoom out"),
      element("button", { type: "button", onclick: () => this.view.reset() }, "Whole period"),
      element("span", { class: "note" }, "Wheel or + − zoom, drag or ← → move, Shift + ← → moves the crosshair, Home shows all.")));
    if (candles.length) section.append(markerLegend(), this.priceSlot, this.scaleNote);
    for (const content of [this.equityPane(), this.drawdownPane()]) section.append(new Pane(this.view, content).node);
    const thinned = ["equity_curve", "drawdown_series", "benchmark"].filter((name) => series[name] && series[name].total > series[name].t.length);
    if (thinned.length) {
      const { t, total } = series[thinned[0]];
      section.append(note(`Lines are drawn from ${formatNumber(t.length, 0)} of ${formatNumber(total, 0)} points; first, last, highest and lowest of every stretch are kept.`));
    }
    this.panes = new Map();
    if (candles.length) this.showSymbol(candles[0].symbol);
  }

  equityPane() {
    const { series, result } = this.report;
    const curves = [{ label: "Strategy", colour: "accent", ...series.equity_curve }];
    if (series.benchmark) curves.push({ label: result.benchmark_vs_strategy.benchmark ?? "Benchmark", colour: "benchmark", ...series.benchmark });
    return new CurvePane({
      name: series.benchmark ? "Equity against benchmark" : "Equity", height: 240, curves,
      description: "Equity at each close over time; the key numbers give start, end and return.",
      written: (value) => formatMoney(value, this.currency),
    });
  }

  drawdownPane() {
    const curves = [{ label: "Drawdown", colour: "loss", fill: true, ...this.report.series.drawdown_series }];
    return new CurvePane({
      name: "Drawdown, %", height: 170, curves, timeLabels: true, top: 0, written: (value) => formatPercent(value),
      description: "Percent below the last peak of equity over time; the key numbers give the deepest.",
    });
  }

  showSymbol(symbol) {
    const columns = this.report.candles.find((one) => one.symbol === symbol);
    if (!columns) return;
    if (!this.panes.has(symbol)) {
      this.panes.set(symbol, new Pane(this.view, new PricePane(columns, this.report.result.trade_log ?? [], this.onPick)));
    }
    this.price = this.panes.get(symbol);
    if (this.select) this.select.value = symbol;
    this.priceSlot.replaceChildren(this.price.node);
    this.scaleNote.textContent = this.price.content.scaleNote();
    this.price.redraw();
  }

  // Shows a trade with as much time before and after it as it took, at least 20 candles each.
  focus(trade) {
    if (this.empty) return;
    this.choose(trade);
    const [entry, exit] = [epochMs(trade.entry_time), epochMs(trade.exit_time)];
    const margin = Math.max(exit - entry, 20 * (this.price?.content.span ?? 3_600_000));
    this.view.show(entry - margin, exit + margin);
  }

  choose(trade) {
    if (this.empty) return;
    this.showSymbol(trade.symbol);
    if (this.price) this.price.content.chosen = trade;
    this.view.announce();
  }

  redraw() {
    this.view?.announce();
  }
}

function markerLegend() {
  const signs = ["▲ long entry", "▼ short entry", "■ exit by signal or time", "✕ stopped out", "◆ target reached", "○ still open at the end"];
  return element("ul", { class: "legend" }, ...signs.map((text) => element("li", {}, text)),
    element("li", {}, "a click on a marker picks its trade"));
}
