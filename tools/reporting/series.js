"use strict";
// Time series at a place or over a region: ensembles as fans, truth, observations, errors and spreads.

// The place that the panel shows: {region} or {lon, lat}.
T.place = { region: "global" };
T.goToPlace = (lon, lat) => { T.place = { lon, lat }; T.open("series"); T.panels.series.show?.(); };

T.indices = (run) => {
  const places = run.grid.places;
  if (!places) return [];
  if (T.place.region !== undefined) return run.regions[T.place.region] || [];
  if (T.place.index !== undefined) return T.place.index < places.lon.length ? [T.place.index] : [];
  let best = -1, least = Infinity;
  places.lon.forEach((lon, p) => {
    const dx = ((lon - T.place.lon + 540) % 360 - 180) * Math.cos(T.place.lat * Math.PI / 180), d = Math.hypot(dx, places.lat[p] - T.place.lat);
    if (d < least) { least = d; best = p; }
  });
  return least < 8 ? [best] : [];
};

// Area-weighted mean (or root mean square) over the chosen places of f(i), per record.
T.regional = (run, shape, f, square = false) => {
  const chosen = T.indices(run), area = run.grid.places.area;
  return Array.from({ length: shape.times }, (_, t) => {
    let sum = 0, weight = 0;
    for (const p of chosen) {
      const v = f(t * shape.places + p);
      if (isFinite(v)) { sum += area[p] * (square ? v * v : v); weight += area[p]; }
    }
    return weight > 0 ? (square ? Math.sqrt(sum / weight) : sum / weight) : null;
  });
};

T.middle = (run) => T.times(run.grid.times.end.map((end, i) => (end + run.grid.times.begin[i]) / 2));

T.valueTraces = async (variable, sources) => {
  const out = [], done = new Set(), unit = T.units(variable.units);
  for (const source of sources) {
    const found = source.run.grid.variables?.find((v) => v.name === variable.name && v.kind === "product")?.fields || {}, keys = found[source.part];
    if (keys?.mean && keys.sd) {
      const mean = await T.field(keys.mean), sd = await T.field(keys.sd), low = await T.field(keys.q05), high = await T.field(keys.q95);
      const y = T.regional(source.run, mean, (i) => mean.values[i]);
      const bottom = T.regional(source.run, mean, (i) => low ? low.values[i] : mean.values[i] - 1.645 * sd.values[i]);
      const top = T.regional(source.run, mean, (i) => high ? high.values[i] : mean.values[i] + 1.645 * sd.values[i]);
      const fan = T.fan(T.middle(source.run), y, bottom, top, source.label, source.colour, source.dash, unit, source.id);
      out.push(...(sources.length > 3 ? fan.slice(1) : fan));
    }
    if (found.nature?.mean && !done.has(source.run.id)) {
      done.add(source.run.id);
      const truth = await T.field(found.nature.mean);
      out.push(T.line(T.middle(source.run), T.regional(source.run, truth, (i) => truth.values[i]), "truth", T.css("--ink"),
        { showlegend: done.size === 1, line: { dash: "dot", width: 2 }, hovertemplate: `%{y:.4g} ${unit}` }));
    }
  }
  return out;
};

// What streams that see this product itself observed there.
T.observedTraces = async (variable, sources) => {
  const out = [], done = new Set();
  if (T.place.region !== undefined) return out;  // a mean over what was seen is no mean over the region
  for (const source of sources) for (const [stream, product] of Object.entries(source.run.stream_products)) {
    if (product !== variable.name || done.has(`${source.run.id}/${stream}`)) continue;
    for (const suffix of ["", " (withheld)"]) {
      const keys = source.run.streams[source.part]?.[stream + suffix];
      if (!keys?.value) continue;
      done.add(`${source.run.id}/${stream}`);
      const value = await T.field(keys.value);
      out.push({ x: T.middle(source.run), y: T.regional(source.run, value, (i) => value.values[i]), name: `${T.title(stream)} observed${suffix}`, mode: "markers",
        marker: { color: T.css("--ink"), size: 5, symbol: suffix ? "circle-open" : "circle", opacity: 0.75 }, hovertemplate: `%{y:.4g} ${T.units(variable.units)}` });
    }
  }
  return out;
};

T.errorTraces = async (variable, sources) => {
  const out = [], unit = T.units(variable.units);
  for (const source of sources) {
    const keys = T.keysOf(source, variable);
    if (!keys.mean || !keys.sd) continue;
    const mean = await T.field(keys.mean), sd = await T.field(keys.sd), truth = await T.field(keys.truth);
    const style = { legendgroup: source.id, hovertemplate: `%{y:.4g} ${unit}` }, x = T.middle(source.run);
    if (truth) out.push(T.line(x, T.regional(source.run, mean, (i) => mean.values[i] - truth.values[i], true), `${source.label}: error`, source.colour, style));
    out.push(T.line(x, T.regional(source.run, sd, (i) => sd.values[i], true), `${source.label}: spread`, source.colour, { ...style, line: { dash: "dash" } }));
  }
  return out;
};

T.streamTraces = async (stream, sources) => {
  const out = [];
  for (const source of sources) {
    const keys = source.run.streams[source.part]?.[stream];
    if (!keys?.value || !keys.prior_mean) continue;
    const f = {}, x = T.middle(source.run), unit = T.units(T.streamUnits(source.run, stream.replace(" (withheld)", "")));
    for (const q of ["value", "error_sd", "prior_mean", "prior_sd", "posterior_mean"]) f[q] = await T.field(keys[q]);
    const at = (q, scale = 0, of = null) => T.regional(source.run, f.value, (i) => f[q].values[i] + (of ? scale * of.values[i] : 0));
    const width = f.prior_sd || { values: new Float32Array(f.value.values.length) };
    if (!out.length) out.push({ x, y: at("value"), name: "observed", mode: "markers", marker: { color: T.css("--ink"), size: 5 },
      error_y: f.error_sd && T.indices(source.run).length === 1 ? { type: "data", array: T.regional(source.run, f.error_sd, (i) => f.error_sd.values[i]), width: 0, thickness: 0.8, color: T.css("--soft") } : undefined,
      hovertemplate: `%{y:.4g} ${unit}` });
    const fan = (...all) => sources.length > 3 ? T.fan(...all).slice(1) : T.fan(...all);
    out.push(...fan(x, at("prior_mean"), at("prior_mean", -1.645, width), at("prior_mean", 1.645, width), `${source.label}: forecast`, source.colour, source.dash, unit, source.id));
    if (f.posterior_mean && source.part !== "open_loop")
      out.push({ x, y: at("posterior_mean"), name: `${source.label}: analysis`, mode: "markers", marker: { color: source.colour, size: 6, symbol: "diamond-open" }, hovertemplate: `%{y:.4g} ${unit}`, legendgroup: source.id });
  }
  return out;
};

T.panels.series = (section) => {
  const sources = T.sources().filter((s) => s.run.grid.places);
  if (!sources.length) return section.append(T.absent("no products", "`tilth osse`, `tilth assimilate` and `tilth forecast` write RUN/<part>/products.nc."));
  const runs = T.unique(sources.map((s) => s.run)), bar = T.controls(section);
  const variables = T.mapVariables(runs).filter((v) => v.kind === "product"), streams = T.mapVariables(runs).filter((v) => v.kind === "stream");
  const variable = T.select(bar, "variable", variables.map((v) => [v.id, v.title]), () => show());
  const regions = T.unique(runs.flatMap((r) => Object.keys(r.regions))), first = runs[0].grid.places;
  const named = (first.names.length && first.names.every(Boolean) ? first.names : first.raster ? [] : first.lon.map((_, i) => `place ${i + 1}`)).map((n, i) => [`place/${i}`, n, "places"]);
  const place = T.select(bar, "place", [...regions.map((r) => [`region/${r}`, r === "global" && !first.raster ? "all places" : T.title(r), "regions"]), ...named,
    ...(runs.some(T.mapped) ? [["cell", "cell nearest to …", "places"]] : [])], () => fromControls());
  // Stations end and begin at different times: a mean of all says little.
  if (named.length && T.place.region === "global") { T.place = { index: 0 }; place.value = "place/0"; }
  const lon = T.numeric(bar, "longitude (°E)", 0, () => { place.value = "cell"; fromControls(); }), lat = T.numeric(bar, "latitude (°N)", 0, () => { place.value = "cell"; fromControls(); });
  for (const box of [lon, lat]) box.parentNode.hidden = !runs.some(T.mapped);
  const picked = T.sourceChecks(bar, () => show(), (s) => s.run.grid.places);
  const values = T.card(section, "series-values"), two = T.element("div", { class: "two" });
  section.append(two);
  const errors = T.card(two, "series-errors"), seen = T.card(two, "series-stream");
  const stream = streams.length ? T.select(bar, "stream", streams.map((s) => [s.name, s.title]), () => show()) : null;
  section.append(T.caption("Bands hold 90 % of the members (5th to 95th percentile; mean ± 1.645 standard deviations where the run has no quantiles); they are left out when more than three experiments are chosen. Over a region mean and band are area-weighted means over cells, " +
    "so the band shows the uncertainty of a typical cell, not of the mean; errors and spreads are area-weighted root mean squares. Observations are means of a window and a cell, over a region with predictions at the same places; bars are the assumed error of one observation."));
  const fromControls = () => {
    const [kind, name] = place.value.split("/");
    if (kind === "region") T.place = { region: name };
    else if (kind === "place") T.place = { index: +name };
    else T.place = { lon: +lon.value, lat: +lat.value };
    return show();
  };
  const words = () => {
    if (T.place.region !== undefined) return T.place.region === "global" && !first.raster ? "all places" : T.title(T.place.region);
    const run = runs.find((r) => T.indices(r).length), p = run && T.indices(run)[0];
    if (run === undefined) return "no land cell near";
    const at = run.grid.places;
    return at.names[p] || (run.geography ? `cell ${at.lon[p].toFixed(2)}° E, ${at.lat[p].toFixed(2)}° N` : `place ${p + 1}`);
  };
  const show = T.panels.series.show = async () => {
    if (T.place.lon !== undefined) { place.value = "cell"; lon.value = (+T.place.lon).toFixed(2); lat.value = (+T.place.lat).toFixed(2); }
    const v = variables.find((x) => x.id === variable.value), chosen = picked(), where = words();
    const date = { title: "", type: "date" }, unit = T.axis(v.title, v.units);
    const plot = async (into, traces, layout, none) => traces.length ? T.draw(T.fresh(into), traces, { x: date, hovermode: "x unified", ...layout }) : T.clear(into, none);
    await plot(values, [...await T.valueTraces(v, chosen), ...await T.observedTraces(v, chosen)], { title: `${v.title} · ${where}`, y: { title: unit }, height: 370 }, "No experiment with this variable is chosen.");
    await plot(errors, await T.errorTraces(v, chosen), { title: `Error and spread${chosen.length < 3 ? "" : " (dashed)"} of ${v.title.toLowerCase()} · ${where}`, y: { title: T.axis("RMS", v.units), rangemode: "tozero" }, height: 330, legend: chosen.length < 3, margin: { t: chosen.length < 3 ? 70 : 34 } }, "No ensemble with spread is chosen.");
    if (!stream) return T.clear(seen, "No observation per place: `output.feedback: true` writes them (RUN/<part>/feedback).".replaceAll("`", ""));
    const units = T.streamUnits(runs[0], stream.value.replace(" (withheld)", ""));
    await plot(seen, await T.streamTraces(stream.value, chosen), { title: `${T.title(stream.value)}: observed, forecast${chosen.length < 3 ? "" : " (lines), analysis (diamonds)"} · ${where}`, y: { title: T.axis(T.title(stream.value), units) }, height: 330, legend: chosen.length < 3, margin: { t: chosen.length < 3 ? 70 : 34 } }, "No observation of this stream in the chosen experiments.");
  };
  return show();
};
