// Building the page: every text from the data goes through textContent, so no data can become markup.
const at = (id) => document.getElementById(id);

// element("td", {class: "text", onclick: f}, "text" | node | null …); attributes of undefined or false are left out.
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Rows of name and value as a table with row headers.
function pairsTable(caption, pairs) {
  if (!pairs.length) return note("The result has none.");
  const rows = pairs.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, String(name)), element("td", {}, shown(value))));
  return element("table", { class: "pairs" }, element("caption", {}, caption), element("tbody", {}, ...rows));
}

function shown(value) {
  if (value === null || value === undefined || value === "") return DASH;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return value.toLocaleString("en-US", { maximumFractionDigits: 8 });
  return typeof value === "object" ? readableJson(value) : String(value);
}

function labelledSelect(label, options, onChange) {
  const select = element("select", { onchange: () => onChange(select.value) },
    ...options.map(([value, text]) => element("option", { value }, text)));
  return element("label", {}, label, select);
}

const note = (text) => element("p", { class: "note" }, text);

function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
