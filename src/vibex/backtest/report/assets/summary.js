// What a reader must know first: whose result, what it leaves out, and the key numbers with their caveats.
const FEW_TRADES = 30;
const FEW_SESSIONS = 60;

function mountHeader(report) {
  const { result, series } = report;
  const spec = result.spec ?? {};
  const { t } = series.equity_curve;
  const period = t.length ? `${formatTime(t[0])} to ${formatTime(t.at(-1))} UTC` : "no bars";
  const what = [(spec.symbols ?? []).join(", "), spec.timeframe, spec.market].filter(Boolean).join(" · ");
  const run = [result.run_id && `run ${result.run_id}`, result.created_at && `made ${formatTime(result.created_at)} UTC`].filter(Boolean).join(" · ");
  at("header").append(
    element("div", {},
      element("p", { class: "quiet" }, "Backtest report"),
      element("h1", {}, spec.name || "Strategy without a name"),
      element("p", {}, [what, period].filter(Boolean).join(" · ")),
      element("p", { class: "note" }, run)));
}

function mountWarnings({ result }) {
  const simulated = (result.data_quality ?? []).filter((row) => row.simulated).map((row) => row.symbol);
  if (simulated.length) {
    at("warnings").before(element("p", { class: "banner", role: "alert" },
      `SIMULATED DATA: ${simulated.join(", ")}. These prices were generated, not traded; the result says nothing about a market.`));
  }
  const warnings = result.warnings ?? [];
  at("warnings").classList.toggle("raised", warnings.length > 0);
  at("warnings").append(warnings.length
    ? element("ul", {}, ...warnings.map(({ code, message }) => element("li", {}, `${message ?? ""} `, element("code", {}, code ?? ""))))
    : note("This run raised no warnings."));
}

function mountNumbers(report) {
  const groups = numberGroups(report);
  at("numbers").append(element("div", { class: "numbers" }, ...groups.map(([name, rows]) =>
    element("div", {}, element("h3", {}, name), element("dl", {}, ...rows.filter(Boolean).map(numberRow))))));
}

// [label, text, caveat?, signed value?]
function numberRow([label, text, aside, value]) {
  return element("div", {}, element("dt", {}, label), element("dd", { class: signClass(value) }, text),
    aside ? element("dd", { class: "aside" }, aside) : null);
}

function numberGroups(report) {
  const { result, series } = report;
  const stats = result.summary_stats ?? {};
  const sessions = series.returns_series.total;
  return [
    ["Result", resultRows(stats, result.benchmark_vs_strategy)],
    ["Risk and ratios", riskRows(stats, sessions)],
    ["Closed trades", tradeRows(stats)],
    result.trials && ["Tries on these data", trialRows(result.trials)],
    ["Exposure, costs, orders", orderRows(stats)],
  ].filter(Boolean);
}

function resultRows(stats, benchmark) {
  const money = (value) => formatMoney(value, stats.currency ?? "");
  const ambiguous = formatNumber(stats.ambiguous_bars, 0);
  return [
    ["Total return", formatPercent(stats.total_return_pct, true), null, stats.total_return_pct],
    ["Growth a year (CAGR)", formatPercent(stats.cagr_pct, true), null, stats.cagr_pct],
    ["Start equity", money(stats.start_equity)],
    ["End equity, stop first", money(stats.end_equity)],
    ["End equity, target first", money(stats.end_equity_target_first),
      `Bars in which stop and target were both reached and their order is unknown: ${ambiguous}.`],
    ["Open profit in end equity", money(stats.open_pnl), null, stats.open_pnl],
    benchmark && [benchmark.benchmark ?? "Benchmark", formatPercent(benchmark.total_return_pct, true),
      `Its deepest drawdown: ${formatPercent(benchmark.max_drawdown_pct)}, same costs.`, benchmark.total_return_pct],
  ];
}

function riskRows(stats, sessions) {
  const early = sessions < FEW_SESSIONS ? `Too early: ${sessions} of ${FEW_SESSIONS} sessions a ratio needs.` : null;
  const ratio = (value) => formatNumber(value, 2);
  return [
    ["Max drawdown", formatPercent(stats.max_drawdown_pct), isNumber(stats.max_drawdown_days) ? `Longest time below a peak: ${formatNumber(stats.max_drawdown_days, 0)} days, at closes.` : null, stats.max_drawdown_pct],
    ["Volatility a year", formatPercent(stats.volatility_pct)],
    ["Sharpe", ratio(stats.sharpe), early ?? `Risk-free rate ${formatPercent(percentOf(stats.risk_free_rate))} a year.`],
    ["Sortino", ratio(stats.sortino), early ?? `Target ${formatPercent(percentOf(stats.sortino_target))} a year.`],
    ["Calmar", ratio(stats.calmar)],
    ["Sessions a year", formatNumber(stats.annualisation, 0), `Ratios use ${formatNumber(sessions, 0)} session returns.`],
  ];
}

const percentOf = (fraction) => (isNumber(fraction) ? fraction * 100 : null);

function tradeRows(stats) {
  const withOpen = (text) => (isNumber(stats.open_pnl) && stats.open_pnl !== 0 ? `With open trades counted at their mark: ${text}.` : null);
  const few = isNumber(stats.trades) && stats.trades > 0 && stats.trades < FEW_TRADES ? `Fewer than ${FEW_TRADES}: the figures below can be luck.` : null;
  return [
    ["Trades", formatNumber(stats.trades, 0), few],
    ["Win rate", formatPercent(stats.win_rate_pct), withOpen(formatPercent(stats.win_rate_with_open_pct))],
    ["Profit factor", formatNumber(stats.profit_factor, 2), withOpen(formatNumber(stats.profit_factor_with_open, 2))],
    ["Expectancy a trade", formatMoney(stats.expectancy, stats.currency ?? ""), null, stats.expectancy],
    ["System quality (SQN)", formatNumber(stats.sqn, 2)],
    ["Best trade", formatPercent(stats.best_trade_pct, true), null, stats.best_trade_pct],
    ["Worst trade", formatPercent(stats.worst_trade_pct, true), null, stats.worst_trade_pct],
  ];
}

function trialRows(trials) {
  return [
    ["Different versions run", formatNumber(trials.distinct, 0), trials.distinct > 1 ? "The best of several looks better than it is." : null],
    ["Runs in all", formatNumber(trials.runs, 0)],
  ];
}

function orderRows(stats) {
  const skipped = Object.entries(stats.skipped ?? {});
  const count = stats.skipped ? formatNumber(skipped.reduce((sum, [, n]) => sum + n, 0), 0) : DASH;
  return [
    ["Time in the market", formatPercent(stats.exposure_pct)],
    ["Turnover", isNumber(stats.turnover) ? `${formatNumber(stats.turnover, 2)} ×` : DASH, "Traded notional over mean equity, whole run."],
    ["Fees", formatMoney(stats.fees, stats.currency ?? "")],
    ["Entries skipped", count, skipped.map(([reason, n]) => `${formatReason(reason)}: ${formatNumber(n, 0)}`).join(", ") || null],
    ["Orders unfilled at the end", formatNumber(stats.unfilled_at_end, 0)],
  ];
}
