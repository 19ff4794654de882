"use strict";
// Impact of the observations: degrees of freedom for signal, EFSO, denial, by stream, region and plant functional type.

// Rows of impact.nc, or the degrees of freedom that diagnostics.nc holds.
T.impactRows = (run) => {
  const rows = T.rows(run.tables.impact);
  if (rows.length) return rows;
  return Object.entries(run.diagnostics).filter(([part]) => part !== "open_loop").flatMap(([part, streams]) => Object.entries(streams).map(([stream, d]) => {
    const sum = (name) => (d[name] || []).reduce((a, v) => a + (v ?? 0), 0);
    return { experiment: part, stream, region: "global", pft: "all", n: sum("used"), dfs: sum("degrees_of_freedom_for_signal"), efso: null, efso_share_beneficial: null, denial: null };
  })).filter((r) => r.n > 0);
};

T.panels.impact = (section) => {
  const runs = T.data.runs.map((run) => ({ run, rows: T.impactRows(run), attributes: run.tables.impact?.attributes || {} })).filter((r) => r.rows.length);
  if (!runs.length) return section.append(T.absent("no impact of observations", "an assimilation with `impact: {}` writes RUN/impact.nc."));
  const bar = T.controls(section), several = T.data.runs.length > 1;
  const experiment = T.select(bar, "experiment", runs.flatMap((r) => T.unique(r.rows.map((c) => c.experiment)).map((e) => [`${r.run.id}/${e}`, (several ? `${r.run.label}: ` : "") + e])), () => { fix(); show(); });
  const by = T.select(bar, "by", [["stream", "stream"], ["region", "stream and region"], ["pft", "stream and plant functional type"]], () => { fix(); show(); });
  const region = T.select(bar, "of region", [], () => show()), pft = T.select(bar, "of plant functional type", [], () => show());
  const per = T.select(bar, "sums", [["total", "totals"], ["each", "per observation"]], () => show());
  const grid = T.element("div", { class: "two" });
  section.append(grid);
  const plots = Object.fromEntries(["dfs", "efso", "share", "denial"].map((n) => [n, T.card(grid, `impact-${n}`)])), words = T.caption(""), table = T.element("div", { class: "scroll" });
  section.append(words, table);
  const current = () => { const [id, name] = experiment.value.split(/\/(.*)/), r = runs.find((x) => String(x.run.id) === id); return { ...r, rows: r.rows.filter((c) => c.experiment === name), name }; };
  const fix = () => {
    const { rows } = current();
    for (const [box, column, usual] of [[region, "region", "global"], [pft, "pft", "all"]]) {
      const values = T.unique(rows.map((r) => r[column]));
      T.fill(box, values.map((v) => [v, v]), values.includes(box.value) ? box.value : values.includes(usual) ? usual : values[0]);
      box.parentNode.hidden = by.value === column || values.length < 2;
    }
  };
  const show = async () => {
    const { rows, attributes, run, name } = current(), key = by.value;
    const chosen = rows.filter((r) => (key === "region" || r.region === region.value) && (key === "pft" || r.pft === pft.value));
    const streams = T.unique(chosen.map((r) => r.stream)), kinds = key === "stream" ? [""] : T.unique(chosen.map((r) => r[key])), each = per.value === "each";
    const bars = (column, scale = (r) => 1) => kinds.map((k, i) => ({ type: "bar", name: k, showlegend: k !== "", marker: { color: T.CYCLE[i % 8] }, x: streams.map(T.title),
      y: streams.map((s) => { const r = chosen.find((c) => c.stream === s && (k === "" || c[key] === k)); return r && r[column] !== null && r[column] !== undefined ? r[column] / scale(r) : null; }), hovertemplate: "%{y:.4g}" }));
    const draw = async (plot, column, title, y, none, scale) => {
      const traces = bars(column, scale);
      if (!traces.some((t) => t.y.some((v) => v !== null))) return T.clear(plot, none);
      return T.draw(T.fresh(plot), traces, { title, x: { title: "stream" }, y: { title: y, rangemode: "tozero" }, height: 320, barmode: "group", margin: { t: kinds.length > 1 ? 76 : 40 } });
    };
    const number = (r) => each ? r.n || 1 : 1, suffix = each ? " per observation" : "";
    await draw(plots.dfs, "dfs", `Degrees of freedom for signal${suffix}`, `degrees of freedom${suffix} (dimensionless)`, "No degrees of freedom.", number);
    await draw(plots.efso, "efso", `Error reduction by EFSO${suffix}`, "error reduction (dimensionless)", "No EFSO: `impact: {}` in the experiment computes it.".replaceAll("`", ""), number);
    await draw(plots.share, "efso_share_beneficial", "Share of observations that reduce the forecast error", "share (dimensionless)", "No shares of beneficial observations: they come with EFSO.");
    await draw(plots.denial, "denial", "Denial: error increase without the stream", "relative increase (dimensionless)", "No denial: a set of experiments without each stream (experiments: {control: all, no_sif: {without: [sif]}}) gives it.");
    const told = Object.entries(attributes).filter(([k]) => ["norm", "lead", "lead_windows", "rank_correlation"].includes(k)).map(([k, v]) => `${k.replaceAll("_", " ")}: ${v}`);
    words.textContent = (run.tables.impact ? `Positive: the observations help. ${told.join("; ")}.` : "From diagnostics.nc; impact.nc is absent. Degrees of freedom tell how much the analysis listens to a stream, not whether that helps.");
    table.replaceChildren(T.table(["experiment", "stream", "region", "pft", "observations", "DFS", "EFSO", "beneficial", "denial"], chosen.map((r) => [name, T.title(r.stream), r.region, r.pft, r.n, r.dfs, r.efso, r.efso_share_beneficial, r.denial].map((v) => v ?? "–"))));
  };
  fix();
  return show();
};
