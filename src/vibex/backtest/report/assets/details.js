// The rest: exports built from the embedded data, data quality, settings, rules and digests.
function mountExports(report) {
  const name = String(report.result.run_id ?? "backtest").replaceAll(/[^\w-]/g, "_");
  at("exports").append(
    element("div", { class: "toolbar" },
      element("button", { type: "button", onclick: () => download(`${name}-trades.csv`, "text/csv", tradesCsv(report)) }, "Trades as CSV"),
      element("button", { type: "button", onclick: () => download(`${name}-result.json`, "application/json", resultJson(report)) }, "Result as JSON")),
    note(exportNote(report)));
}

function exportNote({ series, result, trades_total: total }) {
  const thinned = Object.values(series).some((columns) => columns.total > columns.t.length);
  const cut = total > (result.trade_log ?? []).length;
  const less = [thinned && "long series are thinned", cut && "the trade log is cut to its latest trades"].filter(Boolean).join(" and ");
  return less
    ? `Built from what this page holds: ${less}. The run itself keeps everything.`
    : "Built from what this page holds, which is the whole result.";
}

function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const CSV_FIELDS = ["symbol", "side", "entry_time", "entry_price", "exit_time", "exit_price", "quantity", "pnl", "fees", "reason",
  "duration_s", "bars_held", "return_pct", "mae_pct", "mfe_pct"];

function tradesCsv({ result }) {
  const rows = (result.trade_log ?? []).map((trade) => CSV_FIELDS.map((field) => csvCell(trade[field])).join(","));
  return [CSV_FIELDS.join(","), ...rows].join("\r\n") + "\r\n";
}

// A text that a spreadsheet would run as a formula is made plain text.
function csvCell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function resultJson({ result, series }) {
  const rows = ({ t, v }, field) => t.map((time, row) => ({ timestamp: new Date(time).toISOString(), [field]: v[row] }));
  const full = {
    ...result,
    trade_log: (result.trade_log ?? []).map(({ number, ...trade }) => trade),
    equity_curve: rows(series.equity_curve, "equity"),
    drawdown_series: rows(series.drawdown_series, "drawdown_pct"),
    returns_series: rows(series.returns_series, "return_pct"),
  };
  if (series.benchmark) full.benchmark_vs_strategy = { ...result.benchmark_vs_strategy, curve: rows(series.benchmark, "equity") };
  return JSON.stringify(full, null, 2);
}

const QUALITY_COLUMNS = [["symbol", "Symbol"], ["rows", "Bars"], ["start", "From (UTC)"], ["end", "To (UTC)"], ["gaps", "Gaps"],
  ["missing_bars", "Missing bars"], ["widened", "Ranges widened"], ["duplicates_dropped", "Duplicates dropped"], ["simulated", "Simulated"]];

function mountQuality({ result }) {
  const rows = result.data_quality ?? [];
  if (!rows.length) {
    at("quality").append(note("The result says nothing about its data."));
    return;
  }
  const written = (field, value) => (field === "start" || field === "end" ? formatTime(value) : shown(value));
  const text = (field) => (["symbol", "start", "end"].includes(field) ? "text" : undefined);
  at("quality").append(element("div", { class: "scroll" }, element("table", {},
    element("thead", {}, element("tr", {}, ...QUALITY_COLUMNS.map(([field, name]) => element("th", { scope: "col", class: text(field) }, name)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...QUALITY_COLUMNS.map(([field]) => element("td", { class: text(field) }, written(field, row[field])))))))));
}

function mountSettings({ result }) {
  at("settings").append(element("div", { class: "scroll" }, pairsTable("As the run used them.", Object.entries(result.settings ?? {}))));
}

function mountRules({ result }) {
  at("rules").append(note("The strategy as it was run, in full."), element("pre", { tabindex: "0", "aria-label": "Strategy specification" }, readableJson(result.spec ?? null)));
}

function mountDigests({ result }) {
  at("digests").append(element("div", { class: "scroll" },
    pairsTable("SHA-256 of what went in and came out; equal digests mean equal runs, bit for bit.", Object.entries(result.digests ?? {}))));
}
