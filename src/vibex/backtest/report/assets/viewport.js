// The stretch of time that all charts show, and the time under the crosshair; panes listen and redraw.
class Viewport {
  constructor(first, last, narrowest) {
    this.first = first;
    this.last = Math.max(last, first + 1);
    this.narrowest = Math.min(narrowest, this.last - this.first);
    this.start = this.first;
    this.end = this.last;
    this.cursor = null;
    this.listeners = [];
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  announce() {
    for (const listener of this.listeners) listener();
  }

  show(start, end) {
    const width = Math.min(Math.max(end - start, this.narrowest), this.last - this.first);
    const middle = (start + end) / 2;
    this.start = Math.min(Math.max(middle - width / 2, this.first), this.last - width);
    this.end = this.start + width;
    this.announce();
  }

  // Factor below 1 zooms in; the time `around` stays where it is.
  zoom(factor, around = (this.start + this.end) / 2) {
    const width = Math.min(Math.max((this.end - this.start) * factor, this.narrowest), this.last - this.first);
    const share = (around - this.start) / (this.end - this.start);
    this.show(around - share * width, around - share * width + width);
  }

  pan(duration) {
    const width = this.end - this.start;
    const start = Math.min(Math.max(this.start + duration, this.first), this.last - width);
    this.show(start, start + width);
  }

  reset() {
    this.show(this.first, this.last);
  }

  point(time) {
    this.cursor = time === null ? null : Math.min(Math.max(time, this.start), this.end);
    this.announce();
  }
}

// Row of the last time at or before `time` in rising `times`; -1 before the first.
function rowAt(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// First and last row to draw: those inside the view and one neighbour on each side.
function visibleRows(times, view) {
  return [Math.max(0, rowAt(times, view.start)), Math.min(times.length - 1, rowAt(times, view.end) + 1)];
}
