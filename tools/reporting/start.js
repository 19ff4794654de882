"use strict";
// Unpacks the data and the plotting library, makes the tabs, draws a panel when it is first opened.

T.TABS = [["summary", "Summary"], ["maps", "Maps"], ["series", "Time series"], ["parameters", "Parameters"], ["innovations", "Innovations"], ["ranks", "Ranks"],
  ["scores", "Verification"], ["scorecard", "Scorecard"], ["impact", "Impact"], ["provenance", "Provenance"]];
T.drawn = new Set();
T.pending = 0;  // panels and plots being drawn; 0 when the page is at rest

T.state = (text, failed = false) => {
  const line = document.getElementById("state");
  line.textContent = text;
  line.classList.toggle("failed", failed);
};
T.later = (promise) => {
  ++T.pending;
  return Promise.resolve(promise).catch((error) => { T.state(`A panel failed: ${error.message}`, true); console.error(error); }).finally(() => { --T.pending; });
};

T.open = (name) => {
  if (!T.TABS.some(([n]) => n === name)) name = "summary";
  for (const [n] of T.TABS) {
    const selected = n === name, tab = document.getElementById(`tab-${n}`);
    document.getElementById(n).hidden = !selected;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
  }
  if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
  if (!T.drawn.has(name)) { T.drawn.add(name); T.later((async () => T.panels[name](document.getElementById(name)))()); }
  else document.querySelectorAll(`#${name} .js-plotly-plot`).forEach((p) => Plotly.Plots.resize(p));
};

T.tabs = () => {
  const nav = document.getElementById("tabs");
  for (const [name, text] of T.TABS) {
    nav.append(T.element("button", { id: `tab-${name}`, type: "button", role: "tab", "aria-controls": name, text, onclick: () => T.open(name) }));
    document.getElementById(name).setAttribute("aria-labelledby", `tab-${name}`);
  }
  nav.addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key], all = [...nav.children], now = all.indexOf(document.activeElement);
    if (!step || now < 0) return;
    const next = all[(now + step + all.length) % all.length];
    next.focus();
    next.click();
    e.preventDefault();
  });
  window.addEventListener("hashchange", () => T.open(location.hash.slice(1)));
};

T.theme = (name) => {
  document.documentElement.dataset.theme = name;
  const look = T.look(), change = { paper_bgcolor: look.back, plot_bgcolor: look.back, "font.color": look.ink, "title.font.color": look.ink };
  for (const axis of ["xaxis", "yaxis"]) Object.assign(change, { [`${axis}.gridcolor`]: look.grid, [`${axis}.linecolor`]: look.line, [`${axis}.tickcolor`]: look.line });
  document.querySelectorAll(".js-plotly-plot").forEach((p) => Plotly.relayout(p, change));
};

T.start = async () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  if (typeof DecompressionStream === "undefined")
    return T.state("This browser is too old for the figures: it cannot unpack data (DecompressionStream: Chromium 80, Firefox 113, Safari 16.4). The summary is complete.", true);
  const text = (id) => document.getElementById(id).textContent, decoder = new TextDecoder();
  T.data = JSON.parse(decoder.decode(await T.inflate(text("data"))));
  T.texts = JSON.parse(text("blobs"));
  const library = document.createElement("script");
  library.textContent = decoder.decode(await T.inflate(text("plotly")));
  document.head.append(library);
  document.getElementById("title").textContent = T.data.title;
  document.getElementById("theme").addEventListener("click", () => T.theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  T.tabs();
  T.state("");
  T.open(location.hash.slice(1) || "summary");
};
T.later(T.start());
