"use strict";
// Maps: two panels side by side, each with its own experiment and statistic; zooming one zooms the other.

T.mapped = (run) => run.geography && run.grid.places;

// Variables that any run can show: products, maps of the analysis, observations.
T.mapVariables = (runs) => {
  const out = new Map();
  for (const run of runs) {
    for (const v of run.grid.variables || []) out.set(`${v.kind}/${v.name}`, { ...v, group: v.kind === "map" ? "analysis" : "products" });
    for (const [part, streams] of Object.entries(run.streams)) for (const name of Object.keys(streams)) {
      const stream = name.replace(" (withheld)", "");
      if (part !== "open_loop" || !out.has(`stream/${name}`))
        out.set(`stream/${name}`, { name, kind: "stream", group: "observations", title: `${T.title(stream)} observations${name === stream ? "" : " (withheld)"}`, units: T.streamUnits(run, stream) });
    }
  }
  return [...out].map(([id, v]) => ({ id, ...v }));
};
T.streamUnits = (run, stream) => {
  for (const shapes of Object.values(run.shapes)) if (shapes[stream]?.units) return shapes[stream].units;
  const product = run.stream_products[stream];
  return run.stream_units[stream] ?? (run.grid.variables || []).find((v) => v.name === product)?.units ?? "units of the stream";
};
T.statisticsOf = (kind) => ({ product: T.STATISTICS, map: T.MAP_STATISTICS, stream: T.STREAM_STATISTICS })[kind];

// Packed fields of a variable in a source, by the name that statistics use.
T.keysOf = (source, variable, other) => {
  if (variable.kind === "stream") return source.run.streams[source.part]?.[variable.name] || {};
  const found = (source.run.grid.variables || []).find((v) => v.kind === variable.kind && v.name === variable.name)?.fields || {};
  const theirs = other && other.run.grid.variables?.find((v) => v.kind === variable.kind && v.name === variable.name)?.fields[other.part];
  return { ...(found[source.part] || {}), truth: found.nature?.mean, other: theirs?.mean };
};
T.available = (source, variable, other) => {
  const keys = T.keysOf(source, variable, other);
  return Object.entries(T.statisticsOf(variable.kind)).filter(([, s]) => s.needs.every((n) => keys[n]));
};

T.statisticMap = async (source, variable, name, record, other) => {
  const statistic = T.statisticsOf(variable.kind)[name], keys = T.keysOf(source, variable, other), fields = {};
  for (const need of statistic.needs) fields[need] = await T.field(keys[need]);
  const shapes = T.unique(Object.values(fields).map((f) => `${f.times}x${f.places}`));
  if (shapes.length > 1) return null;  // runs on different grids or periods cannot be subtracted
  const last = Math.min(record, fields[statistic.needs[0]].times);
  return { values: statistic.make(fields, last), statistic, units: statistic.units ?? variable.units };
};

// Traces of values per place: a heat map on a raster, circles at stations; coast on top.
T.mapTraces = (run, shown, title, limits) => {
  const places = run.grid.places, unit = T.units(shown.units), scale = T.scaleOf(shown.statistic.kind), [low, high] = limits;
  const bar = { title: { text: unit, side: "top", font: { size: 11 } }, thickness: 12, len: 1, outlinewidth: 0 };
  const coast = { x: T.data.coast.lon, y: T.data.coast.lat, mode: "lines", line: { color: T.css("--soft"), width: 0.8 }, hoverinfo: "skip", showlegend: false };
  if (!places.raster)
    return [coast, { x: places.lon, y: places.lat, text: places.names, mode: "markers", showlegend: false, customdata: Array.from(shown.values),
      marker: { color: Array.from(shown.values), cmin: low, cmax: high, colorscale: scale, size: 12, line: { color: T.css("--ink"), width: 0.8 }, colorbar: bar },
      hovertemplate: `%{text} (%{x:.2f}° E, %{y:.2f}° N)<br>%{customdata:.4g} ${unit}<extra></extra>` }];
  const z = places.lats.map(() => new Array(places.lons.length).fill(null));
  places.cells.forEach((cell, p) => { if (isFinite(shown.values[p])) z[Math.floor(cell / places.lons.length)][cell % places.lons.length] = shown.values[p]; });
  return [{ type: "heatmap", x: places.lons, y: places.lats, z, zmin: low, zmax: high, colorscale: scale, colorbar: bar, hoverongaps: false,
    hovertemplate: `%{x:.2f}° E, %{y:.2f}° N<br>%{z:.4g} ${unit}<extra></extra>` }, coast];
};

// Ranges of the axes around the places of a run, and the height that keeps the map's shape.
T.mapFrame = (run, width) => {
  const places = run.grid.places, pad = places.raster ? Math.abs((places.lons[1] ?? places.lons[0] + 1) - places.lons[0]) / 2 : 8;
  const lon = [Math.min(...places.lon) - pad, Math.max(...places.lon) + pad], lat = [Math.min(...places.lat) - pad, Math.max(...places.lat) + pad];
  const middle = (lat[0] + lat[1]) / 2, stretch = lat[1] - lat[0] > 60 ? 1 : 1 / Math.cos(middle * Math.PI / 180);
  const height = Math.max(260, Math.min(620, (width - 150) * (lat[1] - lat[0]) * stretch / (lon[1] - lon[0]) + 80));
  return { lon, lat, stretch, height };
};

T.drawMap = async (plot, run, shown, title, limits = undefined, more = {}) => {
  const frame = T.mapFrame(run, plot.clientWidth || 600);
  const edges = limits || T.limits(shown.statistic.kind, shown.values);
  await T.draw(T.fresh(plot), T.mapTraces(run, shown, title, edges), { title, legend: false, height: more.height || frame.height, margin: { l: 52, r: 10, t: 34, b: 40 },
    x: { title: "longitude (°E)", range: frame.lon, showgrid: false }, y: { title: "latitude (°N)", range: frame.lat, showgrid: false, scaleanchor: "x", scaleratio: frame.stretch } });
};

T.recordWords = (run) => (record) => {
  const times = run.grid.times;
  if (!record) return `whole period (${times.end.length} records)`;
  return `${record}: ${T.date(times.begin[record - 1])} to ${T.date(times.end[record - 1])}`;
};

T.panels.maps = (section) => {
  const runs = T.data.runs.filter(T.mapped), sources = T.sources().filter((s) => T.mapped(s.run));
  if (!sources.length) {
    const plain = T.data.runs.some((r) => r.grid.places);
    section.append(plain ? T.absent("this model has no geography (a model for proofs: its places are replicas or points of a circle)", "Time series show every place.")
      : T.absent("no gridded products", "`output.products` of an experiment names them; `tilth osse`, `tilth assimilate` and `tilth forecast` write RUN/<part>/products.nc."));
    return;
  }
  const variables = T.mapVariables(runs), bar = T.controls(section, "what both maps show");
  const state = { variable: T.select(bar, "variable", variables.map((v) => [v.id, v.title, v.group]), () => refill().then(show)) };
  state.slider = T.slider(bar, "window", runs[0].grid.times.end.length, T.recordWords(runs[0]), () => show());
  const other = T.select(bar, "error removed relative to", sources.map((s) => [s.id, s.label]), () => refill().then(show), sources.find((s) => s.part === "open_loop")?.id);
  const same = T.tick(bar, "same colours on both", false, () => show());
  const row = T.element("div", { class: "two" });
  const sides = ["left", "right"].map((name) => {
    const holder = T.element("div", { class: "card" }), mine = T.controls(holder, `${name} map`);
    const side = { experiment: T.select(mine, "experiment", sources.map((s) => [s.id, s.label]), () => refill().then(show), T.preferred((s) => T.mapped(s.run)).id),
      statistic: T.select(mine, "statistic", [], () => show()), plot: T.element("div", { class: "figure", "data-plot": `map-${name}` }) };
    holder.append(side.plot);
    row.append(holder);
    return side;
  });
  const words = T.caption("");
  section.append(row, words);
  if (runs.some((r) => r.grid.block > 1 || r.grid.times?.group > 1))
    section.append(T.caption("To keep this file small, " + runs.map((r) => `${r.label} is shown as means over ${r.grid.times.group} records and ${r.grid.block} by ${r.grid.block} cells`).join("; ") + "."));

  const wanted = { product: [["rmse", "mean"], ["reduction", "spread", "mean"]], map: [["mean"], ["mean"]], stream: [["count"], ["prior_bias"]] };
  const chosen = () => variables.find((v) => v.id === state.variable.value);
  const refill = async () => sides.forEach((side, i) => {
    const variable = chosen(), options = T.available(T.source(side.experiment.value), variable, T.source(other.value));
    const kept = options.some(([n]) => n === side.statistic.value) && side.kind === variable.kind ? side.statistic.value : wanted[variable.kind][i].find((w) => options.some(([n]) => n === w));
    side.kind = variable.kind;
    T.fill(side.statistic, options.map(([n, s]) => [n, s.text]), kept);
  });
  const show = async () => {
    const variable = chosen(), record = state.slider.value(), drawn = [];
    for (const side of sides) {
      const source = T.source(side.experiment.value);
      const shown = side.statistic.value ? await T.statisticMap(source, variable, side.statistic.value, record, T.source(other.value)) : null;
      if (!shown || !shown.values.some(isFinite)) { T.clear(side.plot, side.statistic.value ? "Nothing to show here: no value in this window, or grids that differ." : `${source.label} has no field of ${variable.title}.`); continue; }
      drawn.push({ side, source, shown });
    }
    const both = same.checked && drawn.length === 2 ? T.limits(drawn[0].shown.statistic.kind, [...drawn[0].shown.values, ...drawn[1].shown.values]) : undefined;
    for (const { side, source, shown } of drawn) {
      await T.drawMap(side.plot, source.run, shown, `${variable.title}: ${shown.statistic.text} · ${source.label}`, both);
      side.plot.removeAllListeners?.("plotly_click");
      side.plot.on("plotly_click", (e) => T.goToPlace(e.points[0].x, e.points[0].y));
    }
    link(sides.map((s) => s.plot));
    words.textContent = "Over the whole period errors and spreads are root mean squares over windows, others means; in one window they are its own. " +
      "Colours span the 2nd to 98th percentile. Click a cell to see its time series; drag to zoom both maps, double-click to zoom out.";
  };
  const link = ([a, b]) => [[a, b], [b, a]].forEach(([from, to]) => {
    if (!from.on || from.linked) return;
    from.linked = true;
    from.on("plotly_relayout", (change) => {
      const ranges = Object.fromEntries(Object.entries(change).filter(([k]) => /^[xy]axis\.(range|autorange)/.test(k)));
      if (!T.linking && Object.keys(ranges).length && to.layout) { T.linking = true; Plotly.relayout(to, ranges).finally(() => { T.linking = false; }); }
    });
  });
  return refill().then(show);
};
