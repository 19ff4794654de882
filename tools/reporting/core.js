"use strict";
// What all panels share: unpacking, fields, colours, small helpers. Everything hangs on T.
const T = { panels: {}, cache: new Map(), data: null, texts: null };

// Okabe & Ito (2008): told apart with any colour vision; dashes repeat the distinction where colours run out.
T.CYCLE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#332288"];
T.DASHES = ["solid", "dash", "dot", "dashdot"];
T.OPEN_LOOP = "#D55E00";

T.inflate = async (text) => {
  const packed = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

T.element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
};

T.title = (name) => T.ABBREVIATIONS.has(name.split(" ")[0]) ? name.replace(/^\S+/, (w) => w.toUpperCase()) : (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");
T.ABBREVIATIONS = new Set(["ndvi", "fapar", "fpar", "lai", "sif", "gpp", "nee", "le", "smap", "evi", "nirv", "rmse", "nse", "kge", "crps"]);

// kg m-2 day-1 -> kg m⁻² day⁻¹; what has no unit is said to have none.
T.units = (units) => {
  if (units === "" || units === "1" || units === undefined || units === null) return "dimensionless";
  const raised = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹", ".": "·" };
  return units.split(" ").map((w) => w.replace(/(-?\d+(\.\d+)?)$/, (n) => [...n].map((c) => raised[c]).join(""))).join(" ");
};
T.axis = (name, units) => `${name} (${T.units(units)})`;

T.number = (v, digits = 3) => (v === null || v === undefined || !isFinite(v)) ? "–" : Number(v.toPrecision(digits)).toString();
T.percent = (v, digits = 0) => (v === null || v === undefined || !isFinite(v)) ? "–" : `${(100 * v).toFixed(digits)} %`;
T.date = (ms) => new Date(ms).toISOString().slice(0, 10);
T.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
T.unique = (list) => [...new Set(list)];
T.rows = (table) => {
  if (!table) return [];
  const names = Object.keys(table.columns);
  return Array.from({ length: table.rows }, (_, i) => Object.fromEntries(names.map((n) => [n, table.columns[n][i]])));
};

// A packed field as {values: Float32Array, times, places}; see pack.py for the steps that this undoes.
T.field = async (key) => {
  if (!key) return null;
  if (!T.cache.has(key)) T.cache.set(key, T.unpack(key));
  return T.cache.get(key);
};
T.unpack = async (key) => {
  const about = T.data.fields[key];
  const bytes = await T.inflate(T.texts[key]);
  const [times, places] = about.shape, size = times * places;
  const wide = about.bits === 16, missing = wide ? 65535 : 255;
  const codes = wide ? new Uint16Array(size) : new Uint8Array(size), values = new Float32Array(size);
  for (let i = 0; i < size; ++i) {
    const difference = wide ? bytes[i] | (bytes[size + i] << 8) : bytes[i];
    codes[i] = difference + (i >= places ? codes[i - places] : 0);
    values[i] = codes[i] === missing ? NaN : about.low + about.step * codes[i];
  }
  return { values, times, places };
};

// Runs and their ensembles as flat list of sources; labels are short when there is one run only.
T.sources = () => {
  if (!T.sourceList) {
    const several = T.data.runs.length > 1;
    T.sourceList = T.data.runs.flatMap((run) => run.ensembles.map((part) => ({
      run, part, id: `${run.id}/${part}`, label: (several ? `${run.label}: ` : "") + part.replaceAll("_", " ") })));
    // Colours are for what assimilates; open loops share one, and dashes when there are several runs.
    const colours = several ? T.CYCLE : T.CYCLE.filter((c) => c !== T.OPEN_LOOP);
    let next = 0;
    for (const s of T.sourceList) {
      const free = s.part === "open_loop", turn = free ? s.run.id : Math.floor(next / colours.length);
      s.colour = free ? (several ? "#7F7F7F" : T.OPEN_LOOP) : colours[next % colours.length];
      s.dash = T.DASHES[turn % T.DASHES.length];
      if (!free) ++next;
    }
  }
  return T.sourceList;
};
T.source = (id) => T.sources().find((s) => s.id === id);
// Ensembles that assimilate first: what a panel shows when nothing is chosen.
T.preferred = (keep = () => true) => {
  const some = T.sources().filter(keep);
  return some.find((s) => s.part !== "open_loop") || some[0];
};
T.fade = (colour, alpha) => {
  const n = parseInt(colour.slice(1), 16);
  return `rgba(${n >> 16}, ${(n >> 8) & 255}, ${n & 255}, ${alpha})`;
};

T.absent = (what, how) => T.element("p", { class: "absent" }, `No data: ${what}. `, T.element("span", {}, ...T.code(how)));
// `words` in back quotes become code.
T.code = (text) => text.split("`").map((part, i) => i % 2 ? T.element("code", { text: part }) : part);
T.caption = (text) => T.element("p", { class: "caption" }, ...T.code(text));
