"use strict";
// Parameters: densities before and after, and how they moved.

T.parameterList = (run) => {
  const out = new Map();
  for (const [part, series] of Object.entries(run.parameters.parts)) for (const s of series) {
    const key = `${s.name}\t${s.pft}`;
    if (!out.has(key)) out.set(key, { key, name: s.name, pft: s.pft, units: s.units, parts: {} });
    out.get(key).parts[part] = s;
  }
  return [...out.values()];
};

// Split normal through the 5th percentile, mean and 95th percentile of the members (sd where they are missing).
T.density = (mean, sd, low, high, points = 161, reach = 4) => {
  const left = Math.max((mean - (low ?? mean - 1.645 * sd)) / 1.645, 1e-12), right = Math.max(((high ?? mean + 1.645 * sd) - mean) / 1.645, 1e-12);
  const top = Math.sqrt(2 / Math.PI) / (left + right), x = [], y = [];
  for (let i = 0; i < points; ++i) {
    const v = mean - reach * left + (i / (points - 1)) * reach * (left + right);
    x.push(v);
    y.push(top * Math.exp(-0.5 * ((v - mean) / (v < mean ? left : right)) ** 2));
  }
  return { x, y };
};

T.panels.parameters = (section) => {
  const runs = T.data.runs.filter((r) => Object.keys(r.parameters.parts).length);
  if (!runs.length) return section.append(T.absent("no shared parameters", "`control.parameters` of an experiment, with scope pft or global; parameters per column are in the maps."));
  const lists = new Map(runs.map((r) => [r.id, T.parameterList(r)]));
  const names = T.unique([...lists.values()].flat().map((p) => p.name));
  const bar = T.controls(section);
  const name = T.select(bar, "parameter", names.map((n) => [n, n]), () => { refill(); show(); });
  const pft = T.select(bar, "plant functional type", [], () => show());
  const picked = T.sourceChecks(bar, () => show(), (s) => s.part !== "open_loop" && s.run.parameters.parts[s.part]);
  const two = T.element("div", { class: "two" });
  section.append(two);
  const density = T.card(two, "parameter-density"), course = T.card(two, "parameter-course"), all = T.card(section, "parameter-all");
  section.append(T.caption("Densities are split normals through the 5th percentile, mean and 95th percentile of the members. Prior: the open loop, or the first window where there is none. The lower figure shows all plant functional types: prior grey, posterior coloured, truth as a cross; bars hold 90 % of the members."));
  const refill = () => T.fill(pft, T.unique([...lists.values()].flat().filter((p) => p.name === name.value).map((p) => p.pft)).map((p) => [p, p || "all (global)"]));
  const priorOf = (run, p, part) => { const s = p.parts.open_loop || p.parts[part]; return [s.mean[0], s.sd?.[0], s.q05?.[0], s.q95?.[0]]; };
  const show = async () => {
    const sources = picked(), shapes = [], lines = [], drawn = new Set();
    let units = "1", truth = null;
    for (const source of sources) {
      const p = lists.get(source.run.id)?.find((q) => q.name === name.value && q.pft === pft.value), s = p?.parts[source.part];
      if (!s) continue;
      units = p.units;
      const last = s.mean.length - 1, true_ = source.run.parameters.truth[p.key];
      if (!drawn.has(source.run.id)) {
        drawn.add(source.run.id);
        const prior = T.density(...priorOf(source.run, p, source.part));
        shapes.push({ ...T.line(prior.x, prior.y, T.data.runs.length > 1 ? `${source.run.label}: prior` : "prior", T.css("--soft"), { line: { dash: "dash" } }), hovertemplate: "%{x:.4g}" });
        if (true_ !== undefined && true_ !== null) truth = true_;
      }
      const after = T.density(s.mean[last], s.sd?.[last], s.q05?.[last], s.q95?.[last]);
      shapes.push({ ...T.line(after.x, after.y, `${source.label}: posterior`, source.colour, { line: { dash: source.dash } }), fill: "tozeroy", fillcolor: T.fade(source.colour, 0.12), hovertemplate: "%{x:.4g}" });
      const low = s.q05 || s.mean.map((m, i) => m - 1.645 * s.sd[i]), high = s.q95 || s.mean.map((m, i) => m + 1.645 * s.sd[i]);
      lines.push(...T.fan(T.times(s.time), s.mean, low, high, source.label, source.colour, source.dash, T.units(units)));
    }
    const mark = truth === null ? {} : { shapes: [T.levelLine(truth, "x", { line: { color: T.css("--ink"), width: 2, dash: "dot" } })], annotations: [{ x: truth, y: 1, yref: "paper", text: "truth", showarrow: false, xanchor: "left", yanchor: "top", font: { size: 11 } }] };
    const heading = `${name.value} ${pft.value}`.trim();
    await T.draw(T.fresh(density), shapes, { title: `${heading}: before and after`, x: { title: T.axis(name.value, units) }, y: { title: `density (1 / ${T.units(units) === "dimensionless" ? "1" : "(" + T.units(units) + ")"})`, rangemode: "tozero" }, height: 350, margin: { t: 78 }, ...mark });
    await T.draw(T.fresh(course), lines, { title: `${heading}: mean and 90 % of the members`, x: { type: "date" }, y: { title: T.axis(name.value, units) }, height: 350, margin: { t: 78 },
      ...(truth === null ? {} : { shapes: [T.levelLine(truth, "y", { line: { color: T.css("--ink"), width: 2, dash: "dot" } })] }) });
    await overview(sources, units);
  };
  const overview = async (sources) => {
    const traces = [];
    let units = "1";
    const interval = (label, colour, entries, shift) => traces.push({ name: label, mode: "markers", x: entries.map((e) => e.at + shift), y: entries.map((e) => e.mean), marker: { color: colour, size: 7 },
      error_y: { type: "data", symmetric: false, array: entries.map((e) => e.high - e.mean), arrayminus: entries.map((e) => e.mean - e.low), color: colour, width: 3, thickness: 1.6 }, hovertemplate: "%{y:.4g}" });
    const kinds = T.unique([...lists.values()].flat().filter((p) => p.name === name.value).map((p) => p.pft));
    const pick = (s, i) => ({ mean: s.mean[i], low: s.q05?.[i] ?? s.mean[i] - 1.645 * s.sd[i], high: s.q95?.[i] ?? s.mean[i] + 1.645 * s.sd[i] });
    const run = sources[0]?.run;
    sources.forEach((source, n) => {
      const mine = kinds.map((k, at) => [lists.get(source.run.id).find((q) => q.name === name.value && q.pft === k), at]).filter(([p]) => p?.parts[source.part]);
      if (mine.length) units = mine[0][0].units;
      if (source.run === run && n === 0) interval("prior", T.css("--soft"), mine.map(([p, at]) => ({ at, ...pick(p.parts.open_loop || p.parts[source.part], 0) })), -0.2);
      interval(`${source.label}: posterior`, source.colour, mine.map(([p, at]) => ({ at, ...pick(p.parts[source.part], p.parts[source.part].mean.length - 1) })), 0.15 * n);
    });
    if (run) {
      const known = kinds.map((k, at) => [run.parameters.truth[`${name.value}\t${k}`], at]).filter(([v]) => v !== undefined && v !== null);
      if (known.length) traces.push({ name: "truth", mode: "markers", x: known.map(([, at]) => at + 0.05), y: known.map(([v]) => v), marker: { symbol: "x", size: 9, color: T.css("--ink") }, hovertemplate: "%{y:.4g}" });
    }
    await T.draw(T.fresh(all), traces, { title: `${name.value}: all plant functional types`, x: { title: "plant functional type", tickvals: kinds.map((_, i) => i), ticktext: kinds.map((k) => k || "all") }, y: { title: T.axis(name.value, units) }, height: 360, margin: { t: 78 } });
  };
  refill();
  return show();
};
