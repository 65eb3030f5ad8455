// Numbers, money, times and durations as text. What is undefined is a dash, never a zero.
const DASH = "–";
const grouped = (value, least, most) =>
  value.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most }).replace("-", "−");

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

function formatNumber(value, decimals = 2) {
  return isNumber(value) ? grouped(value, decimals, decimals) : DASH;
}

function formatMoney(value, currency) {
  return isNumber(value) ? `${grouped(value, 2, 2)} ${currency}`.trim() : DASH;
}

function formatPercent(value, signed = false) {
  if (!isNumber(value)) return DASH;
  return `${signed && value > 0 ? "+" : ""}${grouped(value, 2, 2)} %`;
}

// Prices from 0.00001 to 100,000 in one column: two decimals, and five significant digits below 100.
function formatPrice(value) {
  if (!isNumber(value)) return DASH;
  const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(12, Math.max(2, 4 - digits));
  return grouped(value, Math.abs(value) >= 100 ? 2 : decimals, decimals);
}

function formatQuantity(value) {
  return isNumber(value) ? grouped(value, 0, 8) : DASH;
}

// Epoch milliseconds of a time in the result, which is a number or ISO text; null when there is none.
function epochMs(time) {
  const value = typeof time === "string" ? Date.parse(time) : time;
  return isNumber(value) ? value : null;
}

// UTC to the minute; the date alone when every time of the series is midnight is up to the caller.
function formatTime(time, dateOnly = false) {
  const value = epochMs(time);
  return value === null ? DASH : new Date(value).toISOString().slice(0, dateOnly ? 10 : 16).replace("T", " ");
}

function formatDuration(seconds) {
  if (!isNumber(seconds)) return DASH;
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const at = Math.max(0, units.findIndex(([length]) => seconds >= length));
  if (seconds < 1) return `${formatNumber(seconds, 0)} s`;
  const [length, name] = units[at];
  const whole = Math.floor(seconds / length);
  const rest = at + 1 < units.length ? Math.floor((seconds - whole * length) / units[at + 1][0]) : 0;
  return rest ? `${whole} ${name} ${rest} ${units[at + 1][1]}` : `${whole} ${name}`;
}

const formatReason = (reason) => String(reason ?? DASH).replaceAll("_", " ");
const signClass = (value) => (!isNumber(value) || value === 0 ? "" : value > 0 ? "gain" : "loss");

// JSON that a person reads: what fits on a line stays on it.
function readableJson(value, indent = "") {
  if (value === null || typeof value !== "object") return JSON.stringify(value ?? null);
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const [open, close] = list ? "[]" : "{}";
  const entries = Object.entries(value);
  const written = (space) => entries.map(([key, item]) => (list ? "" : `${JSON.stringify(key)}: `) + readableJson(item, space));
  const flat = open + written(inner).join(", ") + close;
  if (indent.length + flat.length <= 100 && !flat.includes("\n")) return flat;
  return `${open}\n${written(inner).map((row) => inner + row).join(",\n")}\n${indent}${close}`;
}
