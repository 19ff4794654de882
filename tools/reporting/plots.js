"use strict";
// Drawing with one look: fonts, grid, theme, a button that saves the figure as SVG for a paper.

T.look = () => ({ ink: T.css("--ink"), soft: T.css("--soft"), grid: T.css("--grid"), line: T.css("--line"), back: T.css("--back") });

T.axisLook = (more = {}) => {
  const look = T.look();
  return { gridcolor: look.grid, linecolor: look.line, zeroline: false, ticks: "outside", tickcolor: look.line, automargin: true,
    showline: true, ...more, title: { text: more.title ?? "", standoff: 8 } };
};

// layout: {title, x: axis, y: axis, height, ...rest}; axes are given as T.axisLook takes them.
T.draw = async (plot, traces, { title = "", x = {}, y = {}, height = 300, legend = true, margin = {}, ...rest } = {}) => {
  const look = T.look();
  const layout = {
    title: { text: title, font: { size: 14, color: look.ink }, x: 0.01, xanchor: "left", y: 0.985, yanchor: "top" },
    font: { family: 'system-ui, "DejaVu Sans", Arial, sans-serif', size: 12, color: look.ink }, paper_bgcolor: look.back, plot_bgcolor: look.back,
    height, margin: { l: 60, r: 16, t: 34, b: 44, ...margin }, hoverlabel: { namelength: -1 }, showlegend: legend,
    legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", font: { size: 11 }, bgcolor: "rgba(0,0,0,0)" },
    xaxis: T.axisLook(x), yaxis: T.axisLook(y), colorway: T.CYCLE, ...rest };
  if (legend && traces.filter((t) => t.name && t.showlegend !== false).length) layout.margin.t = margin.t || 62;
  const name = (T.data.title + " " + title).replace(/[^\w-]+/g, "_").slice(0, 80);
  const config = { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg", filename: name } };
  await Plotly.react(plot, traces, layout, config);
  plot.dataset.drawn = String(+(plot.dataset.drawn || 0) + 1);
  return plot;
};

T.clear = (plot, words) => {
  Plotly.purge(plot);
  plot.replaceChildren(T.element("p", { class: "absent", text: words }));
  plot.dataset.drawn = String(+(plot.dataset.drawn || 0) + 1);
};
// A plot that showed words before must be emptied of them.
T.fresh = (plot) => {
  if (plot.querySelector(":scope > .absent")) plot.replaceChildren();
  return plot;
};

T.times = (list) => list.map((ms) => new Date(ms).toISOString().slice(0, 19));

// Corners of the band between low and high, one closed piece for each stretch without a gap.
T.bandCorners = (x, low, high) => {
  const out = { x: [], y: [] };
  const close = (from, to) => {
    if (to <= from) return;
    const there = x.slice(from, to), back = [...there].reverse();
    out.x.push(...there, ...back, there[0], null);
    out.y.push(...Array.from(low).slice(from, to), ...Array.from(high).slice(from, to).reverse(), low[from], null);
  };
  let from = 0;
  for (let i = 0; i <= x.length; ++i)
    if (i === x.length || low[i] === null || high[i] === null) { close(from, i); from = i + 1; }
  return out;
};

// A band between low and high, and the line of the mean: always two traces, the band first.
T.fan = (x, mean, low, high, name, colour, dash = "solid", units = "", group = undefined) => [
  { ...T.bandCorners(x, low, high), mode: "lines", line: { width: 0 }, fill: "toself", fillcolor: T.fade(colour, 0.16), hoverinfo: "skip", showlegend: false, legendgroup: group || name },
  { x, y: mean, name, mode: "lines", line: { color: colour, dash, width: 1.8 }, legendgroup: group || name,
    customdata: Array.from(mean, (_, i) => [low[i], high[i]]),
    hovertemplate: `%{y:.4g} [%{customdata[0]:.3g}, %{customdata[1]:.3g}] ${units}` }];
T.line = (x, y, name, colour, more = {}) => ({ x, y, name, mode: "lines", ...more, line: { color: colour, width: 1.7, ...(more.line || {}) } });

T.levelLine = (value, axis = "y", more = {}) => ({ type: "line", [axis === "y" ? "xref" : "yref"]: "paper", [axis === "y" ? "x0" : "y0"]: 0,
  [axis === "y" ? "x1" : "y1"]: 1, [axis + "0"]: value, [axis + "1"]: value, line: { color: T.css("--soft"), width: 1, dash: "dot" }, ...more });

T.quantiles = (values, shares) => {
  const sorted = Float64Array.from(values).filter((v) => isFinite(v)).sort();
  return shares.map((p) => sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] : NaN);
};
