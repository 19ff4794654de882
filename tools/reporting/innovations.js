"use strict";
// Departures of observations from forecasts: bias, size against expectation, chi-square, Desroziers' estimates, use.

T.panels.innovations = (section) => {
  const sources = T.sources().filter((s) => Object.keys(s.run.diagnostics[s.part] || {}).length);
  if (!sources.length) return section.append(T.absent("no statistics of departures", "every `tilth assimilate` with observations writes RUN/<part>/diagnostics.nc."));
  const streams = T.unique(sources.flatMap((s) => Object.keys(s.run.diagnostics[s.part])));
  const bar = T.controls(section), stream = T.select(bar, "stream", streams.map((s) => [s, T.title(s)]), () => show());
  const first = sources.filter((s) => s.part !== "open_loop").slice(0, 6).map((s) => s.id);
  const picked = T.sourceChecks(bar, () => show(), (s) => sources.includes(s), first.length ? first : [sources[0].id]);
  const smooth = T.select(bar, "average over", [["1", "single windows"], ["4", "4 windows"], ["12", "12 windows"]], () => show());
  const grid = T.element("div", { class: "three" });
  section.append(grid);
  const plots = Object.fromEntries(["bias", "size", "chi2", "error", "spread", "use", "shape", "crps", "dfs", "water", "carbon"].map((n) => [n, T.card(grid, `innovation-${n}`)]));
  section.append(T.caption("d: observation minus forecast, a: observation minus analysis. Consistent: bias 0; RMS of d equal to the dashed expectation; chi² 1; both variance ratios 1 (Desroziers et al. 2005). " +
    "chi² above 1 with the error ratio above 1: observation error too small. chi² above 1 with the spread ratio above 1: too little spread. A bias comes before both: correct it first. Colours of several experiments are those beside their names above."));
  const table = T.element("div", { class: "wide" });
  section.append(table);

  const series = (source) => {
    const d = source.run.diagnostics[source.part][stream.value];
    if (!d) return null;
    const n = +smooth.value, used = d.used || d.time.map(() => 1), half = Math.floor(n / 2);
    // Means over windows weighted by observations; variances are averaged, not standard deviations.
    const mean = (f) => d.time.map((_, i) => {
      let sum = 0, weight = 0;
      for (let j = Math.max(0, i - half); j < Math.min(d.time.length, i - half + n); ++j) { const v = f(j); if (v !== null && isFinite(v) && used[j] > 0) { sum += v * used[j]; weight += used[j]; } }
      return weight > 0 ? sum / weight : null;
    });
    const square = (a) => mean((i) => a?.[i] === null || a?.[i] === undefined ? null : a[i] ** 2), root = (a) => a.map((v) => v === null ? null : Math.sqrt(Math.max(v, 0)));
    const over = (a, b) => a.map((v, i) => v === null || !b[i] ? null : v / b[i]), plain = (name) => mean((i) => d[name]?.[i] ?? null);
    const spread = square(d.spread_prior), error = square(d.error_sd);
    return { x: T.times(d.time), used, rejected: d.rejected, withheld: d.withheld, bias: plain("bias_prior"), bias_after: plain("bias_posterior"), rms: root(square(d.rms_prior)), rms_after: root(square(d.rms_posterior)),
      expected: root(spread.map((v, i) => v === null ? null : v + error[i])), chi2: plain("chi2"), error: over(plain("error_variance_estimate"), error), spread: over(plain("prior_variance_estimate"), spread),
      crps: plain("crps_prior"), water: plain("water_increment"), carbon: plain("carbon_increment"), dfs: mean((i) => d.used[i] > 0 ? (d.degrees_of_freedom_for_signal?.[i] ?? NaN) / d.used[i] : null) };
  };
  const show = async () => {
    const chosen = picked().map((s) => [s, series(s)]).filter(([, d]) => d);
    const units = chosen.length ? T.streamUnits(chosen[0][0].run, stream.value) : "1", few = chosen.length < 2;
    const draw = (name, title, y, make, more = {}) => T.draw(T.fresh(plots[name]), chosen.flatMap(([s, d]) => make(s, d)), { title, legend: few, x: { type: "date" }, y, height: 290, margin: { t: few ? 58 : 34, l: 56 }, ...more });
    const key = (words) => few ? "" : ` (${words})`;
    const named = (s, what) => few ? what : `${s.label}${what ? ", " + what : ""}`;
    const one = { shapes: [T.levelLine(1)] }, zero = { shapes: [T.levelLine(0)] };
    await draw("bias", `mean departure${key("dotted: analysis")}`, { title: T.axis("bias", units) }, (s, d) => [T.line(d.x, d.bias, named(s, "forecast"), s.colour), ...(s.part === "open_loop" ? [] : [T.line(d.x, d.bias_after, named(s, "analysis"), s.colour, { line: { dash: "dot" } })])], zero);
    await draw("size", `RMS departure${key("dashed: expected, dotted: analysis")}`, { title: T.axis("RMS", units), rangemode: "tozero" }, (s, d) => [T.line(d.x, d.rms, named(s, "forecast"), s.colour), T.line(d.x, d.expected, named(s, "expected"), s.colour, { line: { dash: "dash", width: 1.2 } }), ...(s.part === "open_loop" ? [] : [T.line(d.x, d.rms_after, named(s, "analysis"), s.colour, { line: { dash: "dot" } })])]);
    await draw("chi2", "chi²: d² / (spread² + error²)", { title: "chi² (dimensionless)", rangemode: "tozero" }, (s, d) => [T.line(d.x, d.chi2, s.label, s.colour)], one);
    await draw("error", "error variance, implied / assumed", { title: "ratio (dimensionless)", rangemode: "tozero" }, (s, d) => s.part === "open_loop" ? [] : [T.line(d.x, d.error, s.label, s.colour)], one);
    await draw("spread", "forecast variance, implied / spread²", { title: "ratio (dimensionless)", rangemode: "tozero" }, (s, d) => s.part === "open_loop" ? [] : [T.line(d.x, d.spread, s.label, s.colour)], one);
    await draw("use", `observations per window${key("dotted: rejected")}`, { title: "number of observations", rangemode: "tozero" }, (s, d) => [T.line(d.x, d.used, named(s, "used"), s.colour), T.line(d.x, d.rejected, named(s, "rejected"), s.colour, { line: { dash: "dot" } })]);
    await draw("crps", "CRPS of the forecast", { title: T.axis("CRPS", units), rangemode: "tozero" }, (s, d) => [T.line(d.x, d.crps, s.label, s.colour)]);
    await draw("dfs", "share of information taken", { title: "degrees of freedom / observation", rangemode: "tozero" }, (s, d) => s.part === "open_loop" ? [] : [T.line(d.x, d.dfs, s.label, s.colour)]);
    for (const [name, unit] of [["water", "kg m-2"], ["carbon", "g m-2"]])
      await draw(name, `${name} added by the analysis`, { title: T.axis("increment per window", unit) }, (s, d) => s.part === "open_loop" ? [] : [T.line(d.x, d[name], s.label, s.colour)], zero);
    await shape(chosen.map(([s]) => s));
    tabulate(picked());
  };
  const shape = async (chosen) => {
    const traces = [];
    let edges = null;
    for (const s of chosen) {
      const h = s.run.shapes[s.part]?.[stream.value];
      if (!h) continue;
      edges = h.edges;
      const width = edges[1] - edges[0], total = h.prior.reduce((a, b) => a + b, 0) || 1, middle = edges.slice(0, -1).map((e) => e + width / 2);
      traces.push({ ...T.line(middle, h.prior.map((c) => c / total / width), s.label, s.colour, { line: { shape: "hvh" } }), hovertemplate: "%{y:.3f}" });
    }
    if (!traces.length) return T.clear(plots.shape, "No distribution of departures: output.feedback: true writes the observations.");
    const x = Array.from({ length: 101 }, (_, i) => -5 + i / 10);
    traces.push(T.line(x, x.map((v) => Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI)), "expected (normal)", T.css("--ink"), { line: { dash: "dot" } }));
    return T.draw(T.fresh(plots.shape), traces, { title: "d over its expected deviation", x: { title: "d / √(spread² + error²) (dimensionless)" }, y: { title: "density (dimensionless)", rangemode: "tozero" }, height: 290, legend: chosen.length < 2, margin: { t: chosen.length < 2 ? 58 : 34 } });
  };
  const tabulate = (chosen) => {
    const rows = chosen.flatMap((s) => Object.entries(s.run.shapes[s.part] || {}).map(([name, h]) => [s.label, T.title(name), T.units(T.streamUnits(s.run, h.stream)), h.n, h.prior_bias, h.prior_rms, h.prior_chi2, h.posterior_bias, h.posterior_rms, h.crps].map((v) => v ?? "–")));
    table.replaceChildren(T.element("h3", { text: "All streams, whole period" }), T.table(["experiment", "stream", "units", "observations", "bias d", "RMS d", "chi²", "bias a", "RMS a", "CRPS"], rows));
  };
  return show();
};
