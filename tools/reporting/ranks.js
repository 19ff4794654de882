"use strict";
// Rank histograms, reliability diagrams and ROC curves.

// Not of a forecast with a lead time.
T.isAnalysis = (row) => (row.lead_days ?? null) === null;

T.rankSets = (run) => {
  // (name, bins, source part, counts) of verification.nc, and of the observations of every stream.
  const out = [], table = new Map();
  for (const r of T.rows(run.tables.rank_histogram).filter(T.isAnalysis)) {
    const key = [r.reference, r.variable, r.region ?? "global", r.source].join("\t");
    if (!table.has(key)) table.set(key, []);
    table.get(key)[Math.round(r.bin) - (run.binOffset ??= Math.min(...T.rows(run.tables.rank_histogram).map((q) => q.bin)))] = r.count;
  }
  for (const [key, counts] of table) { const [reference, variable, region, part] = key.split("\t"); out.push({ name: `${T.title(variable)} against ${reference}, ${region}`, part, counts: Array.from(counts, (c) => c ?? 0) }); }
  for (const [part, streams] of Object.entries(run.shapes)) for (const [name, s] of Object.entries(streams)) if (s.ranks) out.push({ name: `${T.title(name)}: observations among the members`, part, counts: s.ranks, widths: s.rank_widths });
  for (const [part, streams] of Object.entries(run.diagnostics)) for (const [name, d] of Object.entries(streams)) {
    if (run.shapes[part]?.[name]?.ranks || !d.rank_tenth_1) continue;
    const counts = Array.from({ length: 10 }, (_, k) => d.time.reduce((sum, _, i) => sum + (d[`rank_tenth_${k + 1}`][i] ?? 0) * (d.used[i] ?? 0), 0));
    if (counts.some((c) => c > 0)) out.push({ name: `${T.title(name)}: observations among the members`, part, counts });
  }
  return out;
};

T.panels.ranks = (section) => {
  const sets = T.data.runs.flatMap((run) => T.rankSets(run).map((s) => ({ ...s, run, source: T.source(`${run.id}/${s.part}`) }))).filter((s) => s.source);
  if (!sets.length) section.append(T.absent("no rank histograms", "diagnostics.nc and the feedback of an assimilation hold those of observations, `tilth verify` writes those of variables (verification.nc, table rank_histogram)."));
  else {
    const bar = T.controls(section), names = T.unique(sets.map((s) => s.name));
    const which = T.select(bar, "what", names.map((n) => [n, n]), () => show());
    const picked = T.sourceChecks(bar, () => show(), (s) => sets.some((e) => e.source === s), T.sources().filter((s) => s.part !== "open_loop" && sets.some((e) => e.source === s)).slice(0, 4).map((s) => s.id));
    const plot = T.card(section, "rank-histogram"), words = T.caption("");
    section.append(words);
    // Bars as wide as the ranks they hold; a perfect ensemble has height 1.
    const bars = (s, n, total, chosen) => {
      const widths = s.widths || s.counts.map(() => 1), all = widths.reduce((a, b) => a + b, 0), at = chosen.indexOf(s), share = widths.map((w) => w / all);
      const begin = share.map((_, i) => share.slice(0, i).reduce((a, b) => a + b, 0));
      return { x: share.map((w, i) => begin[i] + w * (0.05 + 0.9 * (at + 0.5) / chosen.length)), width: share.map((w) => 0.9 * w / chosen.length), y: s.counts.map((c, i) => c / total / share[i]) };
    };
    const show = async () => {
      const chosen = sets.filter((s) => s.name === which.value && picked().includes(s.source));
      const traces = chosen.map((s) => { const total = s.counts.reduce((a, b) => a + b, 0) || 1, n = s.counts.length;
        return { type: "bar", name: s.source.label, ...bars(s, n, total, chosen),  marker: { color: s.source.colour }, hovertemplate: "%{y:.3f} of the expected share" }; });
      await T.draw(T.fresh(plot), traces, { title: which.value, x: { title: "rank of the truth or observation among the members (0: below all, 1: above all)", range: [0, 1] }, y: { title: "frequency over expected (dimensionless)", rangemode: "tozero" },
        height: 380, margin: { t: 76 }, barmode: "overlay", shapes: [T.levelLine(1)] });
      words.textContent = "Flat: reliable. U: too little spread (or error). Hill: too much. Slope: bias." + (chosen.length ? ` ${chosen.map((s) => `${s.source.label}: ${s.counts.reduce((a, b) => a + b, 0).toLocaleString("en")} values`).join("; ")}.` : "");
    };
    T.later(show());
  }
  return T.reliability(section);
};

T.reliability = (section) => {
  const rows = T.data.runs.flatMap((run) => T.rows(run.tables.reliability).filter(T.isAnalysis).map((r) => ({ ...r, at: T.source(`${run.id}/${r.source}`) }))).filter((r) => r.at);
  const curves = T.data.runs.flatMap((run) => T.rows(run.tables.roc).filter(T.isAnalysis).map((r) => ({ ...r, at: T.source(`${run.id}/${r.source}`) }))).filter((r) => r.at);
  section.append(T.element("h3", { text: "Reliability and discrimination of events" }));
  if (!rows.length && !curves.length) return section.append(T.absent("no probabilities of events", "`tilth verify` writes them with the options of `verification` (verification.nc, tables reliability and roc), for droughts for instance."));
  const key = (r) => [r.variable, r.event, r.region ?? "global", r.reference].join(" · ");
  const bar = T.controls(section, "events"), which = T.select(bar, "event", T.unique([...rows, ...curves].map(key)).map((k) => [k, k]), () => show());
  const two = T.element("div", { class: "two" });
  section.append(two);
  const left = T.card(two, "reliability"), right = T.card(two, "roc");
  const diagonal = () => ({ ...T.line([0, 1], [0, 1], "", T.css("--soft"), { line: { dash: "dot" } }), showlegend: false, hoverinfo: "skip" });
  const per = (list, make) => T.unique(list.map((r) => r.at)).map((source) => make(source, list.filter((r) => r.at === source)));
  const show = async () => {
    const mine = rows.filter((r) => key(r) === which.value && r.n !== 0), roc = curves.filter((r) => key(r) === which.value);
    const square = { range: [0, 1], constrain: "domain" };
    if (mine.length) await T.draw(T.fresh(left), [diagonal(), ...per(mine, (s, list) => ({ x: list.map((r) => r.forecast_probability), y: list.map((r) => r.observed_frequency), customdata: list.map((r) => r.n), name: s.label, mode: "lines+markers",
      line: { color: s.colour }, marker: { size: list.map((r) => 5 + 9 * Math.sqrt((r.n || 0) / Math.max(...list.map((q) => q.n || 1)))) }, hovertemplate: "forecast %{x:.2f}, observed %{y:.2f}, %{customdata} cases" }))],
      { title: "Reliability", x: { title: "forecast probability (dimensionless)", ...square }, y: { title: "observed frequency (dimensionless)", ...square, scaleanchor: "x" }, height: 420, margin: { t: 76 } });
    else T.clear(left, "No reliability of this event.");
    if (roc.length) await T.draw(T.fresh(right), [diagonal(), ...per(roc, (s, list) => { const sorted = [{ false_alarm_rate: 0, hit_rate: 0, threshold: null }, ...list, { false_alarm_rate: 1, hit_rate: 1, threshold: 0 }].sort((a, b) => a.false_alarm_rate - b.false_alarm_rate || a.hit_rate - b.hit_rate);
      return { x: sorted.map((r) => r.false_alarm_rate), y: sorted.map((r) => r.hit_rate), customdata: sorted.map((r) => r.threshold), name: s.label, mode: "lines+markers", line: { color: s.colour }, hovertemplate: "hits %{y:.2f}, false alarms %{x:.2f}, threshold %{customdata}" }; })],
      { title: "ROC", x: { title: "false alarm rate (dimensionless)", ...square }, y: { title: "hit rate (dimensionless)", ...square, scaleanchor: "x" }, height: 420, margin: { t: 76 } });
    else T.clear(right, "No ROC curve of this event.");
  };
  return show();
};
