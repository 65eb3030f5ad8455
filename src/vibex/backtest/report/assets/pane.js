// One canvas with value axis, grid, crosshair and the pointer, wheel and keyboard controls that all charts share.
const GUTTER = 84;
const FOOT = 22;

class Pane {
  // `content` gives: name, height, timeLabels, range(view) → [low, high] or null, draw(frame), readout(time) → text;
  // optionally keys() → nodes that name the colours, and press(frame, x, y) for a click on the drawing.
  constructor(view, content) {
    this.view = view;
    this.content = content;
    this.output = element("output", {});
    this.title = element("strong", {}, content.name);
    this.canvas = element("canvas", { tabindex: "0", role: "img", "aria-label": content.description });
    this.node = element("figure", { class: "pane" }, element("figcaption", {}, this.title, ...(content.keys?.() ?? []), this.output), this.canvas);
    this.waiting = false;
    this.controls();
    view.listen(() => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.paint();
    });
  }

  frame() {
    const width = this.canvas.clientWidth - GUTTER;
    const height = this.content.height - (this.content.timeLabels ? FOOT : 6);
    const { start, end } = this.view;
    let [low, high] = this.content.range(this.view) ?? [0, 1];
    const margin = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
    [low, high] = [low - margin, high + margin];
    return {
      context: this.canvas.getContext("2d"), width, height, low, high, view: this.view,
      x: (time) => ((time - start) / (end - start)) * width,
      y: (value) => height - ((value - low) / (high - low)) * height,
      time: (x) => start + (x / width) * (end - start),
    };
  }

  paint() {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [this.canvas.clientWidth, this.content.height];
    if (width <= GUTTER) return;
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const frame = this.frame();
    frame.context.scale(ratio, ratio);
    this.grid(frame);
    frame.context.save();
    frame.context.beginPath();
    frame.context.rect(0, 0, frame.width, frame.height);
    frame.context.clip();
    this.content.draw(frame);
    frame.context.restore();
    this.crosshair(frame);
    this.output.textContent = this.content.readout(this.view.cursor ?? this.view.end);
  }

  grid({ context, width, height, low, high, view, x, y }) {
    context.font = "12px system-ui, 'DejaVu Sans', sans-serif";
    context.lineWidth = 1;
    context.textBaseline = "middle";
    const { ticks, decimals } = valueTicks(low, high, height / 45);
    for (const value of ticks) {
      rule(context, 0, y(value), width, y(value), cssColour("grid"));
      if (y(value) < 8 || y(value) > this.content.height - 8) continue;
      context.fillStyle = cssColour("quiet");
      context.fillText(formatNumber(value, decimals), width + 8, y(value));
    }
    for (const { time, text } of timeTicks(view.start, view.end, width / 110)) {
      rule(context, x(time), 0, x(time), height, cssColour("grid"));
      if (!this.content.timeLabels) continue;
      const half = context.measureText(text).width / 2;
      context.fillStyle = cssColour("quiet");
      context.fillText(text, Math.max(0, x(time) - half), height + FOOT / 2 + 2);
    }
    rule(context, 0, height, width, height, cssColour("line"));
  }

  crosshair({ context, height, view, x }) {
    if (view.cursor === null) return;
    context.setLineDash([4, 3]);
    rule(context, x(view.cursor), 0, x(view.cursor), height, cssColour("quiet"));
    context.setLineDash([]);
  }

  controls() {
    const { canvas, view } = this;
    const timeOf = (event) => this.frame().time(Math.min(event.offsetX, canvas.clientWidth - GUTTER));
    let grabbed = null;
    let moved = false;
    canvas.addEventListener("pointerdown", (event) => {
      grabbed = event.offsetX;
      moved = false;
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (grabbed !== null && Math.abs(event.offsetX - grabbed) > 3) {
        view.pan(timeOf({ offsetX: grabbed }) - timeOf({ offsetX: event.offsetX }));
        grabbed = event.offsetX;
        moved = true;
      }
      view.point(timeOf(event));
    });
    canvas.addEventListener("pointerup", (event) => {
      grabbed = null;
      if (!moved) this.content.press?.(this.frame(), event.offsetX, event.offsetY);
    });
    canvas.addEventListener("pointercancel", () => { grabbed = null; });
    canvas.addEventListener("pointerleave", () => view.point(null));
    canvas.addEventListener("dblclick", () => view.reset());
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      view.zoom(1.0015 ** event.deltaY, timeOf(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const { view } = this;
    const width = view.end - view.start;
    const step = event.key === "ArrowLeft" ? -1 : 1;
    const actions = {
      ArrowLeft: () => (event.shiftKey ? view.point((view.cursor ?? view.end) - width / 100) : view.pan((step * width) / 8)),
      ArrowRight: () => (event.shiftKey ? view.point((view.cursor ?? view.start) + width / 100) : view.pan((step * width) / 8)),
      "+": () => view.zoom(0.7),
      "=": () => view.zoom(0.7),
      "-": () => view.zoom(1 / 0.7),
      Home: () => view.reset(),
      Escape: () => view.point(null),
    };
    if (!actions[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    actions[event.key]();
  }
}

function rule(context, x1, y1, x2, y2, colour) {
  context.strokeStyle = colour;
  context.beginPath();
  // Half pixels keep one-pixel lines sharp.
  context.moveTo(Math.round(x1) + (x1 === x2 ? 0.5 : 0), Math.round(y1) + (y1 === y2 ? 0.5 : 0));
  context.lineTo(Math.round(x2) + (x1 === x2 ? 0.5 : 0), Math.round(y2) + (y1 === y2 ? 0.5 : 0));
  context.stroke();
}
