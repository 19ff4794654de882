"use strict";
// Scorecard: change of every score against the control, variables by regions and scores, significance marked.

// Rows of scorecard.nc; without it the change of a set against its first experiment, of an analysis against the open loop.
T.cardRows = (run) => {
  const rows = T.rows(run.tables.cell);
  if (rows.length) return { rows: rows.map((r) => ({ ...r, reference: r.reference || "nature" })), control: (run.tables.cell.attributes.control || "the control").replace("open_loop", "the open loop") };
  const some = run.ensembles.filter((e) => e !== "open_loop"), control = some.length > 1 ? some[0] : "open_loop";
  const errors = ["rmse", "ubrmse", "crps", "crps_fair"], all = T.rows(run.tables.score).filter((r) => errors.includes(r.score) && (r.season ?? "all") === "all" && (r.pft || "all") === "all" && (r.lead_days ?? null) === null && r.value !== null);
  const base = new Map(all.filter((r) => r.source === control).map((r) => [[r.reference, r.variable, r.region, r.score].join("\t"), r.value]));
  const made = all.filter((r) => r.source !== "open_loop" && r.source !== control && run.ensembles.includes(r.source)).map((r) => {
    const before = base.get([r.reference, r.variable, r.region, r.score].join("\t"));
    return { experiment: r.source, reference: r.reference, variable: r.variable, observed: r.observed, region: r.region, score: r.score, value: r.value, control: before, change: before > 0 ? (before - r.value) / before : null, low: null, high: null, significant: 0 };
  }).filter((r) => r.change !== null);
  return { rows: made, control: control.replace("open_loop", "the open loop") };
};

T.panels.scorecard = (section) => {
  const runs = T.data.runs.map((run) => ({ run, ...T.cardRows(run) })).filter((r) => r.rows.length);
  if (!runs.length) return section.append(T.absent("no scores to compare", "a set of experiments (`experiments: {control: all, no_sif: {without: [sif]}}`) with a nature run or withheld observations; `tilth osse` and `tilth verify` write RUN/scorecard.nc."));
  const bar = T.controls(section), several = T.data.runs.length > 1;
  const options = runs.flatMap((r) => T.unique(r.rows.map((c) => c.experiment)).map((e) => [`${r.run.id}/${e}`, (several ? `${r.run.label}: ` : "") + e]));
  const experiment = T.select(bar, "experiment", options, () => show());
  const score = T.select(bar, "scores", [["", "all scores"], ...T.unique(runs.flatMap((r) => r.rows.map((c) => c.score))).map((s) => [s, T.SCORE_NAMES[s] || s])], () => show(),
    runs.some((r) => r.rows.some((c) => c.score === "rmse")) ? "rmse" : "");
  const references = T.unique(runs.flatMap((r) => r.rows.map((c) => c.reference)));
  const reference = T.select(bar, "against", references.map((r) => [r, T.REFERENCES[r] || r]), () => show());
  reference.parentNode.hidden = references.length < 2;
  const only = T.select(bar, "variables", [["", "all"], ["1", "observed"], ["0", "not observed"]], () => show());
  const plot = T.card(section, "scorecard"), words = T.caption("");
  section.append(words);
  if (!runs.some((r) => r.run.tables.cell)) section.append(T.caption("There is no scorecard.nc: shown is the change of root mean square errors against the first experiment or the open loop, without significance. A set of experiments (`experiments:` in the experiment file) gives a scorecard against its control."));
  const show = async () => {
    const [id, name] = experiment.value.split(/\/(.*)/), mine = runs.find((r) => String(r.run.id) === id);
    const cells = mine.rows.filter((c) => c.experiment === name && c.reference === reference.value && (!score.value || c.score === score.value) && (only.value === "" || String(c.observed) === only.value));
    if (!cells.length) return T.clear(plot, "No such cell.");
    const variables = T.unique(cells.map((c) => c.variable)).sort((a, b) => (cells.find((c) => c.variable === b).observed ?? 0) - (cells.find((c) => c.variable === a).observed ?? 0));
    const columns = T.unique(cells.map((c) => `${c.region}\t${c.score}`)), scores = T.unique(cells.map((c) => c.score));
    columns.sort((a, b) => scores.indexOf(a.split("\t")[1]) - scores.indexOf(b.split("\t")[1]));
    const find = new Map(cells.map((c) => [`${c.variable}\t${c.region}\t${c.score}`, c]));
    const at = (v, k) => find.get(`${v}\t${k}`), mark = (c) => c.significant ? (c.change > 0 ? " ▲" : " ▼") : "";
    const z = variables.map((v) => columns.map((k) => at(v, k)?.change ?? null));
    const edge = Math.min(1, Math.max(0.02, T.quantiles(z.flat().filter((x) => x !== null).map(Math.abs), [0.9])[0]));
    const many = columns.length > 16;  // then only the marks of significance have room
    const soft = document.documentElement.dataset.theme === "dark";
    const text = variables.flatMap((v, i) => columns.map((k, j) => { const c = at(v, k); return c && c.change !== null ? { x: j, y: i, text: many ? mark(c).trim() : `${(100 * c.change).toFixed(Math.abs(c.change) < 0.0995 ? 1 : 0)}${mark(c)}`, showarrow: false, font: { size: 11, color: Math.abs(c.change) > 0.62 * edge ? "#ffffff" : "#1b1f23" } } : null; })).filter(Boolean);
    await T.draw(T.fresh(plot), [{ type: "heatmap", z, zmin: -edge, zmax: edge, colorscale: T.SCALES.gain, xgap: 2, ygap: 2, colorbar: { title: { text: "change", side: "top", font: { size: 11 } }, thickness: 12, tickformat: ".0%" },
      customdata: variables.map((v) => columns.map((k) => { const c = at(v, k); return c ? [T.title(v), c.region, T.SCORE_NAMES[c.score] || c.score, T.number(c.value, 4), T.number(c.control, 4), T.percent(c.change, 2), c.low === null ? "" : ` [${T.percent(c.low, 1)}, ${T.percent(c.high, 1)}]`, c.significant ? "significant" : "not significant or not tested"] : null; })),
      hovertemplate: "%{customdata[0]}, %{customdata[1]}, %{customdata[2]}<br>%{customdata[3]} against %{customdata[4]}: %{customdata[5]}%{customdata[6]}<br>%{customdata[7]}<extra></extra>" }],
      { title: `${name}: change against ${mine.control} in %, blue better`, legend: false, height: Math.max(260, 130 + 26 * variables.length), annotations: text, margin: { b: 90 },
        x: { tickvals: columns.map((_, j) => j), ticktext: columns.map((k) => k.split("\t")[0] + (scores.length > 1 ? `${many ? " " : "<br>"}${T.SCORE_NAMES[k.split("\t")[1]] || k.split("\t")[1]}` : "")), ticks: "", tickangle: many ? 90 : 0, showgrid: false, side: "bottom", title: "region and score" },
        y: { tickvals: variables.map((_, i) => i), ticktext: variables.map((v) => T.title(v) + (cells.find((c) => c.variable === v).observed ? " •" : "")), ticks: "", showgrid: false, range: [variables.length - 0.5, -0.5] } });
    words.textContent = `Positive and blue: better than ${mine.control}. For errors the change is (control - value) / control. ▲ ▼: significant (95 %). •: observed by a stream; the others show what observations do to what they do not see.`;
    if (soft) plot.dataset.theme = "dark";
  };
  return show();
};
