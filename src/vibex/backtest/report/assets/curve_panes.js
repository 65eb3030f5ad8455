// Lines over time: equity against the benchmark, and drawdown.
class CurvePane {
  // `curves` are [{label, colour, t, v, fill}]; `written` turns a value into text.
  constructor({ name, description, height, curves, written, timeLabels = false, top = null }) {
    Object.assign(this, { name, description, height, written, timeLabels, top });
    this.curves = curves.filter((curve) => curve.t.length > 0);
  }

  keys() {
    return this.curves.map(({ label, colour }) => element("span", { class: `key ${colour}` }, label));
  }

  range(view) {
    let [low, high] = [Infinity, this.top ?? -Infinity];
    for (const { t, v } of this.curves) {
      const [first, last] = visibleRows(t, view);
      for (let row = first; row <= last; row += 1) {
        low = Math.min(low, v[row]);
        high = Math.max(high, v[row]);
      }
    }
    return low <= high ? [low, high] : null;
  }

  draw(frame) {
    for (const curve of this.curves) this.drawCurve(frame, curve);
  }

  drawCurve({ context, x, y, view }, { t, v, colour, fill }) {
    const [first, last] = visibleRows(t, view);
    context.strokeStyle = context.fillStyle = cssColour(colour);
    context.lineWidth = 1.6;
    context.beginPath();
    for (let row = first; row <= last; row += 1) context.lineTo(x(t[row]), y(v[row]));
    context.stroke();
    if (fill) {
      context.lineTo(x(t[last]), y(0));
      context.lineTo(x(t[first]), y(0));
      context.globalAlpha = 0.18;
      context.fill();
      context.globalAlpha = 1;
    }
    if (first === last) context.fillRect(x(t[first]) - 2, y(v[first]) - 2, 5, 5);
    context.lineWidth = 1;
  }

  readout(time) {
    const values = this.curves.map(({ label, t, v }) => {
      const row = rowAt(t, time);
      return `${label} ${row < 0 ? DASH : this.written(v[row])}`;
    });
    const rows = this.curves.length ? rowAt(this.curves[0].t, time) : -1;
    return rows < 0 ? values.join("   ") : `${formatTime(this.curves[0].t[rows])} UTC   ${values.join("   ")}`;
  }
}
