// The trade table: sort by any column, filter by symbol, side and reason, pick a trade to see it in the charts.
const PAGE = 200;
const TRADE_COLUMNS = [
  ["#", (trade) => trade.number, (value) => String(value)],
  ["Symbol", (trade) => trade.symbol, (value) => value ?? DASH, "text"],
  ["Side", (trade) => trade.side, (value) => value ?? DASH, "text"],
  ["Entry (UTC)", (trade) => epochMs(trade.entry_time), (value) => formatTime(value), "text"],
  ["Entry price", (trade) => trade.entry_price, formatPrice],
  ["Exit (UTC)", (trade) => epochMs(trade.exit_time), (value) => formatTime(value), "text"],
  ["Exit price", (trade) => trade.exit_price, formatPrice],
  ["Quantity", (trade) => trade.quantity, formatQuantity],
  ["PnL", (trade) => trade.pnl, (value) => formatNumber(value, 2), "signed"],
  ["Return %", (trade) => trade.return_pct, (value) => signed(value), "signed"],
  ["Fees", (trade) => trade.fees, (value) => formatNumber(value, 2)],
  ["Reason", (trade) => trade.reason, formatReason, "text"],
  ["Bars", (trade) => trade.bars_held, (value) => formatNumber(value, 0)],
  ["Time held", (trade) => trade.duration_s, formatDuration],
  ["Worst %", (trade) => trade.mae_pct, (value) => signed(value)],
  ["Best %", (trade) => trade.mfe_pct, (value) => signed(value)],
];

class TradeTable {
  constructor(report, onFocus) {
    this.trades = report.result.trade_log ?? [];
    this.total = report.trades_total;
    this.currency = report.result.summary_stats?.currency ?? "";
    this.onFocus = onFocus;
    this.filters = {};
    this.sorting = { column: 0, falling: false };
    this.shown = PAGE;
    this.rows = new Map();
    this.chosen = null;
    this.trades.forEach((trade, index) => { trade.number = this.total - this.trades.length + index + 1; });
  }

  mount(section) {
    if (!this.trades.length) {
      section.append(note("This run made no trades."));
      return;
    }
    this.status = element("p", { class: "note", "aria-live": "polite" });
    this.body = element("tbody");
    this.heads = TRADE_COLUMNS.map(([name, , , kind], column) => element("th", { scope: "col", class: kind === "text" ? "text" : undefined },
      element("button", { type: "button", onclick: () => this.sortBy(column) }, name)));
    this.more = element("button", { type: "button", onclick: () => { this.shown += PAGE; this.fill(); } }, `Show ${PAGE} more`);
    section.append(this.filterBar(), this.status,
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Trade table" }, element("table", {},
        element("caption", {}, `PnL and fees in ${this.currency || "account currency"}, PnL net of fees. Worst and best: the furthest the price went against and for the trade. A row zooms the charts to its trade.`),
        element("thead", {}, element("tr", {}, ...this.heads)), this.body)),
      element("div", { class: "toolbar" }, this.more));
    this.fill();
  }

  filterBar() {
    const fields = [["Symbol", "symbol"], ["Side", "side"], ["Reason", "reason"]];
    const selects = fields.map(([label, field]) => {
      const values = [...new Set(this.trades.map((trade) => trade[field]))].sort();
      if (values.length < 2) return null;
      return labelledSelect(label, [["", "all"], ...values.map((value) => [value, formatReason(value)])], (value) => {
        this.filters[field] = value;
        this.fill();
      });
    });
    this.bar = element("div", { class: "toolbar" }, ...selects);
    return this.bar;
  }

  sortBy(column) {
    this.sorting = { column, falling: this.sorting.column === column && !this.sorting.falling };
    this.fill();
  }

  listed() {
    const value = TRADE_COLUMNS[this.sorting.column][1];
    const direction = this.sorting.falling ? -1 : 1;
    const wanted = Object.entries(this.filters).filter(([, filter]) => filter);
    return this.trades
      .filter((trade) => wanted.every(([field, filter]) => trade[field] === filter))
      .sort((a, b) => direction * compared(value(a), value(b)));
  }

  fill() {
    const listed = this.listed();
    const visible = listed.slice(0, this.shown);
    this.rows = new Map(visible.map((trade) => [trade, this.row(trade)]));
    this.body.replaceChildren(...this.rows.values());
    this.heads.forEach((head, column) => {
      if (column === this.sorting.column) head.setAttribute("aria-sort", this.sorting.falling ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.more.hidden = visible.length === listed.length;
    const cut = this.total > this.trades.length ? ` This page holds the latest ${formatNumber(this.trades.length, 0)} of ${formatNumber(this.total, 0)} trades.` : "";
    this.status.textContent = `${formatNumber(visible.length, 0)} of ${formatNumber(listed.length, 0)} trades shown.${cut}`;
  }

  row(trade) {
    const cells = TRADE_COLUMNS.map(([name, value, written, kind], column) => {
      const text = written(value(trade));
      const style = kind === "signed" ? signClass(value(trade)) : kind;
      return element("td", { class: style || undefined }, column === 0
        ? element("button", { type: "button", "aria-label": `Show trade ${text} in the charts` }, text)
        : name === "Reason" && trade.reason === "end_of_data" ? "open at the end" : text);
    });
    return element("tr", { class: trade === this.chosen ? "chosen" : undefined, onclick: () => this.pick(trade) }, ...cells);
  }

  pick(trade) {
    this.highlight(trade, false);
    this.onFocus(trade);
  }

  // Filters give way so that a trade picked in the chart is always to be seen.
  highlight(trade, scroll = true) {
    this.rows.get(this.chosen)?.classList.remove("chosen");
    this.chosen = trade;
    let place = this.listed().indexOf(trade);
    if (place < 0) {
      this.filters = {};
      for (const select of this.bar.querySelectorAll("select")) select.value = "";
      place = this.listed().indexOf(trade);
    }
    if (!this.rows.has(trade)) {
      this.shown = Math.max(this.shown, place + 1);
      this.fill();
    }
    const row = this.rows.get(trade);
    row.classList.add("chosen");
    if (scroll) row.scrollIntoView({ block: "nearest" });
  }
}

// Unknown values go last in rising order.
function compared(a, b) {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return noA - noB;
  return typeof a === "string" ? a.localeCompare(b) : a - b;
}
