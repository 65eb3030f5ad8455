// Where the grid lines stand and what they say.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE)
  .concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 5, 10].map((n) => n * DAY));
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];

// Round values between low and high, about `count` of them.
function valueTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((n) => n * power >= raw * 0.999);
  const ticks = [];
  // + 0 makes −0 a plain 0.
  for (let n = Math.ceil(low / step); n * step <= high && ticks.length < 50; n += 1) ticks.push(n * step + 0);
  return { ticks, decimals: Math.max(0, Math.min(12, Math.ceil(-Math.log10(step) + (step / power === 2.5 ? 0.4 : 0)))) };
}

// [{time, text}] between start and end, about `count` of them: clock times, days or months.
function timeTicks(start, end, count) {
  const raw = (end - start) / Math.max(1, count);
  const step = TIME_STEPS.find((n) => n >= raw);
  return step ? clockTicks(start, end, step) : monthTicks(start, end, raw / (30.44 * DAY));
}

function clockTicks(start, end, step) {
  const ticks = [];
  for (let time = Math.ceil(start / step) * step; time <= end && ticks.length < 100; time += step) {
    const text = new Date(time).toISOString();
    ticks.push({ time, text: time % DAY === 0 ? text.slice(0, 10) : text.slice(11, 16) });
  }
  return ticks;
}

function monthTicks(start, end, rawMonths) {
  const step = MONTH_STEPS.find((n) => n >= rawMonths) ?? 240;
  const from = new Date(start);
  let month = Math.floor((from.getUTCFullYear() * 12 + from.getUTCMonth()) / step) * step;
  const ticks = [];
  for (;;) {
    const time = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    if (time > end || ticks.length > 100) return ticks;
    if (time >= start) ticks.push({ time, text: new Date(time).toISOString().slice(0, step >= 12 ? 4 : 7) });
    month += step;
  }
}
