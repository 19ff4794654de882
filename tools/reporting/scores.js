"use strict";
// Scores of verification.nc by variable, region, plant functional type, season or lead time, with their intervals.

T.DIMENSIONS = { variable: "variable", region: "region", tower: "tower", pft: "plant functional type", season: "season", lead_days: "lead time" };
// Scores whose unit is that of the variable: compared over variables as shares of the open loop's.
T.WITH_UNITS = new Set(["rmse", "ubrmse", "bias", "crps", "crps_fair", "spread"]);
T.IDEAL = { r: 1, anomaly_r: 1, nse: 1, kge: 1, bias: 0, spread_skill: 1, coverage90: 0.9, roc_area: 1, skill_open_loop: 0, skill_climatology: 0 };
T.SCORE_NAMES = { rmse: "RMSE", ubrmse: "unbiased RMSE", bias: "bias", r: "correlation", anomaly_r: "anomaly correlation", nse: "NSE", kge: "KGE", crps: "CRPS", crps_fair: "fair CRPS",
  spread: "spread", spread_skill: "spread / error", coverage90: "coverage of the 90 % interval", roc_area: "ROC area", skill_open_loop: "skill over the open loop", skill_climatology: "skill over climatology" };
T.COLUMNS = [["variable", "variable"], ["region", "region"], ["tower", "tower"], ["pft", "plant functional type"], ["season", "season"], ["lead", "lead time"]];
T.REFERENCES = { nature: "the nature run", withheld: "withheld observations", denied: "observations that these experiments leave out", forthcoming: "observations to come", towers: "withheld observations of towers" };

// `forecast` goes on from the analysis, `forecast:<experiment>` from that of an experiment: one source, by lead time.
T.scoreRows = () => T.data.runs.flatMap((run) => T.withOpenLoop(T.rows(run.tables.score).filter((r) => r.value !== null).map((r) => {
  const [kind, from] = r.source.split(":"), source = kind === "forecast" ? from || "analysis" : r.source, tower = r.reference.startsWith("tower:") ? r.reference.slice(6) : "all";
  return { ...r, run, source, reference: tower === "all" ? r.reference : "towers", tower, pft: r.pft || "all", season: r.season || "all", region: r.region || "global", lead_days: r.lead_days ?? null,
    lead: (r.lead_days ?? null) === null ? "analysis" : `${T.number(r.lead_days)} days`, source_id: `${run.id}/${source}` };
})));

// The open loop at the valid times of forecasts, from their error and their skill over it: skill = 1 - square / square of the open loop.
T.withOpenLoop = (rows) => {
  const key = (r) => [r.reference, r.tower, r.variable, r.region, r.pft, r.season, r.lead, r.source].join("\t");
  const skill = new Map(rows.filter((r) => r.lead_days !== null && r.score === "skill_open_loop").map((r) => [key(r), r.value])), seen = new Set();
  const made = rows.filter((r) => r.lead_days !== null && r.score === "rmse" && skill.get(key(r)) < 1).map((r) => ({ ...r, source: "open_loop", source_id: `${r.run.id}/open_loop`, value: r.value / Math.sqrt(1 - skill.get(key(r))), low: null, high: null }));
  return [...rows, ...made.filter((r) => !seen.has(key(r)) && seen.add(key(r)))];
};

T.scoreStyle = (row) => {
  const source = T.source(row.source_id), several = T.data.runs.length > 1;
  return source || { id: row.source_id, label: (several ? `${row.run.label}: ` : "") + row.source, colour: row.source === "climatology" ? "#7F7F7F" : T.CYCLE[5], dash: "dot" };
};

T.panels.scores = (section) => {
  const rows = T.scoreRows();
  if (!rows.length) return section.append(T.absent("no scores", "`tilth osse` scores against its nature run, `tilth verify` against a nature run, withheld observations or towers: RUN/verification.nc. Withhold a part of a stream with `observations[].withhold_last`."));
  const bar = T.controls(section), have = (column, keep = () => true) => T.unique(rows.filter(keep).map((r) => r[column] ?? "all"));
  const box = {};
  box.reference = T.select(bar, "reference", have("reference").map((r) => [r, T.REFERENCES[r] || r]), () => { fix(); show(); });
  box.score = T.select(bar, "score", [], () => { fix(); show(); });
  box.along = T.select(bar, "compare over", Object.entries(T.DIMENSIONS), () => { fix(); show(); });
  for (const [column, name] of T.COLUMNS) box[column] = T.select(bar, `of ${name}`, [], () => show());
  const relative = T.tick(bar, "relative to open loop", true, () => show());
  const ids = T.unique(rows.map((r) => r.source_id)), styles = new Map(ids.map((id) => [id, T.scoreStyle(rows.find((r) => r.source_id === id))]));
  const picked = T.checks(bar, "experiments", ids.map((id) => [id, styles.get(id).label, styles.get(id).colour]), () => show(),
    ids.filter((id) => T.data.runs.length < 2 || T.source(id)?.part !== "open_loop").slice(0, 8));
  const plot = T.card(section, "scores"), words = T.caption(""), table = T.element("div", { class: "scroll" });
  section.append(words, table);

  const fix = () => {
    const mine = (r) => r.reference === box.reference.value, scores = have("score", mine);
    T.fill(box.score, scores.map((s) => [s, T.SCORE_NAMES[s] || s]), scores.includes(box.score.value) ? box.score.value : scores.includes("rmse") ? "rmse" : scores[0]);
    const scored = (r) => mine(r) && r.score === box.score.value;
    T.fill(box.along, Object.entries(T.DIMENSIONS).map(([c, t]) => [c, t, have(c === "lead_days" ? "lead" : c, scored).length > 1 ? "several" : "one only"]));
    for (const [column] of T.COLUMNS) {
      const values = have(column, scored), usual = { region: ["global", "median of sites"], tower: ["all"], pft: ["all"], season: ["all"], lead: ["analysis"] }[column] || [];
      T.fill(box[column], values.map((v) => [v, column === "variable" ? T.title(v) : v]), values.includes(box[column].value) ? box[column].value : usual.find((u) => values.includes(u)) ?? values[0]);
      box[column].parentNode.hidden = column === along() || values.length < 2;
    }
  };
  const along = () => box.along.value === "lead_days" ? "lead" : box.along.value;
  const show = async () => {
    const column = along(), score = box.score.value;
    const chosen = rows.filter((r) => r.reference === box.reference.value && r.score === score && T.COLUMNS.every(([c]) => c === column || r[c] === box[c].value));
    const base = new Map(chosen.filter((r) => r.source === "open_loop").map((r) => [`${r.run.id}/${r[column]}`, r.value]));
    const share = relative.checked && T.WITH_UNITS.has(score) && score !== "bias" && base.size > 0;
    relative.parentNode.hidden = !T.WITH_UNITS.has(score) || score === "bias";
    const labels = T.unique(chosen.map((r) => r[column])), lead = column === "lead", lists = picked();
    const of = (r) => share ? base.get(`${r.run.id}/${r[column]}`) : 1;
    const traces = lists.map((id, n) => {
      const style = styles.get(id), mine = chosen.filter((r) => r.source_id === id && of(r)), at = (r) => lead ? r.lead_days ?? 0 : labels.indexOf(r[column]) + (n - (lists.length - 1) / 2) * Math.min(0.14, 0.7 / lists.length);
      if (lead) mine.sort((a, b) => at(a) - at(b));
      const value = mine.map((r) => r.value / of(r)), known = mine.some((r) => r.low !== null && r.high !== null);
      const bars = known ? { type: "data", symmetric: false, array: mine.map((r) => r.high === null ? 0 : (r.high - r.value) / of(r)), arrayminus: mine.map((r) => r.low === null ? 0 : (r.value - r.low) / of(r)), thickness: 1.4, width: 3, color: style.colour } : undefined;
      const place = lead ? { x: mine.map(at), y: value, error_y: bars, mode: "lines+markers" } : { y: mine.map(at), x: value, error_x: bars, mode: "markers" };
      return { ...place, name: style.label, marker: { color: style.colour, size: 8, symbol: T.source(id)?.part === "open_loop" ? "circle-open" : "circle" }, line: { color: style.colour, dash: style.dash },
        customdata: mine.map((r) => [r.value, T.units(T.WITH_UNITS.has(score) ? r.units : "1"), r.low === null ? "" : ` [${T.number(r.low)}, ${T.number(r.high)}]`, r.n, r[column]]),
        hovertemplate: "%{customdata[4]}: %{customdata[0]:.4g} %{customdata[1]}%{customdata[2]}, n = %{customdata[3]}" };
    }).filter((t) => t.x.length);
    const name = T.SCORE_NAMES[score] || score, units = T.unique(chosen.map((r) => r.units)), withUnits = T.WITH_UNITS.has(score);
    const value = { title: share ? `${name} over that of the open loop (dimensionless)` : withUnits ? (units.length === 1 ? T.axis(name, units[0]) : `${name} (units of each variable)`) : `${name} (dimensionless)` };
    const ideal = share ? 1 : T.IDEAL[score], line = ideal === undefined ? [] : [T.levelLine(ideal, lead ? "y" : "x")];
    const category = { tickvals: labels.map((_, i) => i), ticktext: labels.map((l) => column === "variable" ? T.title(l) + (chosen.find((r) => r.variable === l)?.observed ? " •" : "") : l), range: [labels.length - 0.5, -0.5], ticks: "" };
    if (!traces.length) T.clear(plot, "No such score.");
    else await T.draw(T.fresh(plot), traces, { title: `${name} against ${T.REFERENCES[box.reference.value] || box.reference.value}` + T.COLUMNS.map(([c]) => c).filter((c) => c !== column && have(c).length > 1 && !(c === "tower" && box.tower.value === "all")).map((c) => ` · ${c === "variable" ? T.title(box[c].value) : c === "pft" && box[c].value === "all" ? "all types" : c === "season" && box[c].value === "all" ? "all seasons" : box[c].value}`).join(""),
      ...(lead ? { x: { title: "lead time (days)" }, y: value, height: 420 } : { x: value, y: category, height: Math.max(240, 110 + labels.length * Math.max(24, 9 * lists.length)) }), legend: traces.length < 5, margin: { t: traces.length < 5 ? 76 : 34, l: 60 }, shapes: line });
    words.textContent = `${T.unique(rows.map((r) => r.run.tables.origin)).filter(Boolean).map((o) => `Scores of ${o}`).join("; ")}. ` + (chosen.some((r) => r.low !== null) ? "Bars: 95 % intervals of the block bootstrap. " : "No intervals: tilth verify writes them. ") + (column === "variable" ? "•: observed by a stream. " : "") + (lead ? "Forecasts from the analyses, which stand at lead 0 (with all windows); the open loop at the valid times of each lead. " : "") + (["nature", undefined].includes(box.reference.value) ? "" : "Errors hold those of the observations, too: a perfect forecast would show their standard deviation. Spread / error, coverage and CRPS add it to the spread.");
    table.replaceChildren(T.table(["experiment", T.DIMENSIONS[box.along.value], "score", "value", "units", "low", "high", "n"],
      chosen.filter((r) => lists.includes(r.source_id)).map((r) => [styles.get(r.source_id).label, String(r[column]), name, r.value, T.units(withUnits ? r.units : "1"), r.low ?? "–", r.high ?? "–", r.n ?? "–"])));
  };
  fix();
  return show();
};
