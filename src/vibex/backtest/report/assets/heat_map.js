// Years × months with the year's compounded return; colour repeats what the signed number says.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DARKEST = 42;

function mountHeatMap({ result }) {
  const months = new Map((result.monthly_returns ?? []).map(({ month, return_pct: value }) => [month, value]));
  if (!months.size) {
    at("months").append(note("No month has a return."));
    return;
  }
  const years = [...new Set([...months.keys()].map((month) => month.slice(0, 4)))].sort();
  const strongest = Math.max(...[...months.values()].filter(isNumber).map(Math.abs), 1e-9);
  const head = element("tr", {}, ...["Year", ...MONTHS, "Total"].map((text) => element("th", { scope: "col" }, text)));
  const rows = years.map((year) => yearRow(year, months, strongest));
  at("months").append(element("div", { class: "scroll" }, element("table", { class: "heat" },
    element("caption", {}, "Percent return of each month, compounded from session returns; the first and last month may be partial."),
    element("thead", {}, head), element("tbody", {}, ...rows))));
}

function yearRow(year, months, strongest) {
  const values = MONTHS.map((_, index) => months.get(`${year}-${String(index + 1).padStart(2, "0")}`));
  const present = values.filter((value) => value !== undefined);
  const total = present.every(isNumber) ? (present.reduce((growth, value) => growth * (1 + value / 100), 1) - 1) * 100 : null;
  return element("tr", {}, element("th", { scope: "row" }, year),
    ...values.map((value) => heatCell(value, strongest)),
    element("td", { class: `total ${signClass(total)}` }, signed(total)));
}

function heatCell(value, strongest) {
  const cell = element("td", { class: isNumber(value) ? (value >= 0 ? "up" : "down") : undefined }, signed(value));
  if (isNumber(value)) cell.style.setProperty("--heat", String(Math.round((Math.abs(value) / strongest) * DARKEST)));
  return cell;
}

const signed = (value) => formatPercent(value, true).replace(" %", "");
