// Reads the embedded result and fills the page.
const report = JSON.parse(at("report-data").textContent);

mountHeader(report);
mountWarnings(report);
mountNumbers(report);

const charts = new Charts(report, (trade) => {
  charts.choose(trade);
  table.highlight(trade);
});
const table = new TradeTable(report, (trade) => {
  charts.focus(trade);
  at("charts").scrollIntoView({ block: "start" });
});
charts.mount(at("charts"));
mountHeatMap(report);
table.mount(at("trades"));
mountExports(report);
mountQuality(report);
mountSettings(report);
mountRules(report);
mountDigests(report);

// Follows the system until the reader decides.
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light")) === "dark";
const themeButton = element("button", { type: "button", onclick: () => showTheme(isDark() ? "light" : "dark") });

function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  themeButton.textContent = isDark() ? "Light colours" : "Dark colours";
  charts.redraw();
}

systemDark.addEventListener("change", () => showTheme(null));
at("header").append(themeButton);
showTheme(null);
