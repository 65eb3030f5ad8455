// Candles of one symbol with the fills of its trades; a click on a marker picks its trade.
const REACH = 12;

class PricePane {
  constructor(candles, trades, onPick) {
    this.name = candles.symbol;
    this.height = 380;
    this.timeLabels = true;
    this.description = `Candles of ${candles.symbol} with entries and exits; the trade table lists the same fills.`;
    this.candles = candles;
    this.span = candles.bar_ms * candles.bars_per_candle;
    this.trades = trades.filter((trade) => trade.symbol === candles.symbol || trade.symbol === undefined);
    this.onPick = onPick;
    this.chosen = null;
  }

  range(view) {
    const { t, l, h } = this.candles;
    const [first, last] = visibleRows(t, view);
    let [low, high] = [Infinity, -Infinity];
    for (let row = first; row <= last; row += 1) {
      low = Math.min(low, l[row]);
      high = Math.max(high, h[row]);
    }
    return low <= high ? [low, high] : null;
  }

  draw(frame) {
    this.drawCandles(frame);
    const fills = this.visibleFills(frame);
    const small = fills.length > 300;
    if (!small) for (const trade of this.trades) this.drawTrade(frame, trade);
    for (const fill of fills) drawMarker(frame.context, fill, small, fill.trade === this.chosen);
  }

  drawCandles({ context, x, y, view }) {
    const { t, o, h, l, c } = this.candles;
    const [first, last] = visibleRows(t, view);
    const width = Math.max(1, (x(t[0] + this.span) - x(t[0])) * 0.7);
    const [up, down] = [cssColour("gain"), cssColour("loss")];
    context.globalAlpha = 0.75;
    for (let row = first; row <= last; row += 1) {
      const middle = x(t[row] + this.span / 2);
      context.fillStyle = c[row] >= o[row] ? up : down;
      context.fillRect(middle - 0.5, y(h[row]), 1, Math.max(1, y(l[row]) - y(h[row])));
      if (width > 1.5) context.fillRect(middle - width / 2, y(Math.max(o[row], c[row])), width, Math.max(1, Math.abs(y(o[row]) - y(c[row]))));
    }
    context.globalAlpha = 1;
  }

  // A fill is drawn in the middle of its bar, at its price.
  place(time, price, { x, y }) {
    return { x: x(epochMs(time) + this.candles.bar_ms / 2), y: y(price) };
  }

  drawTrade(frame, trade) {
    const from = this.place(trade.entry_time, trade.entry_price, frame);
    const to = this.place(trade.exit_time, trade.exit_price, frame);
    if (to.x < 0 || from.x > frame.width) return;
    const { context } = frame;
    context.strokeStyle = cssColour(trade.pnl >= 0 ? "gain" : "loss");
    context.lineWidth = trade === this.chosen ? 3 : 1.5;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    context.lineWidth = 1;
  }

  visibleFills(frame) {
    const fills = [];
    for (const trade of this.trades) {
      const entry = { trade, kind: trade.side === "short" ? "short" : "long", ...this.place(trade.entry_time, trade.entry_price, frame) };
      const exit = { trade, kind: exitKind(trade.reason), ...this.place(trade.exit_time, trade.exit_price, frame) };
      for (const fill of [entry, exit]) if (fill.x >= 0 && fill.x <= frame.width) fills.push(fill);
    }
    return fills;
  }

  press(frame, x, y) {
    const away = (fill) => Math.hypot(fill.x - x, fill.y - y);
    const nearest = this.visibleFills(frame).reduce((best, fill) => (best && away(best) <= away(fill) ? best : fill), null);
    if (nearest && away(nearest) <= REACH) this.onPick(nearest.trade);
  }

  readout(time) {
    const { t, o, h, l, c } = this.candles;
    const row = rowAt(t, time);
    if (row < 0) return DASH;
    return `${formatTime(t[row])} UTC   O ${formatPrice(o[row])}   H ${formatPrice(h[row])}   L ${formatPrice(l[row])}   C ${formatPrice(c[row])}`;
  }

  scaleNote() {
    const { bars, bars_per_candle: joined } = this.candles;
    return joined === 1 ? "One candle = 1 bar." : `One candle = ${joined} bars (${formatNumber(bars, 0)} bars are too many to draw singly).`;
  }
}

const exitKind = (reason) =>
  ({ stop_loss: "stop", trailing_stop: "stop", liquidation: "stop", take_profit: "target", end_of_data: "open" })[reason] ?? "exit";

// Shapes, not colours alone, tell the fills apart.
const SHAPES = {
  long: [[0, -7], [6, 5], [-6, 5]],
  short: [[0, 7], [6, -5], [-6, -5]],
  target: [[0, -7], [6, 0], [0, 7], [-6, 0]],
  exit: [[-5, -5], [5, -5], [5, 5], [-5, 5]],
};

function drawMarker(context, { kind, x, y }, small, chosen) {
  const size = small ? 0.4 : chosen ? 1.5 : 1;
  context.beginPath();
  if (kind === "stop") {
    for (const side of [-1, 1]) {
      context.moveTo(x - 5 * size, y - 5 * size * side);
      context.lineTo(x + 5 * size, y + 5 * size * side);
    }
  } else if (kind === "open") {
    context.arc(x, y, 5 * size, 0, 2 * Math.PI);
  } else {
    for (const [dx, dy] of SHAPES[kind]) context.lineTo(x + dx * size, y + dy * size);
    context.closePath();
  }
  context.lineWidth = kind === "stop" || kind === "open" ? 2.5 * size + 0.5 : 1;
  context.strokeStyle = kind === "stop" || kind === "open" ? cssColour("text") : cssColour("card");
  context.fillStyle = cssColour(kind === "exit" || kind === "target" ? "text" : "accent");
  if (kind !== "stop" && kind !== "open") context.fill();
  context.stroke();
  context.lineWidth = 1;
}
