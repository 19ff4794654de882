"use strict";
// Where the numbers come from: version, options, inputs, starts; and where the time went.

T.panels.provenance = async (section) => {
  for (const run of T.data.runs) {
    const record = run.record;
    section.append(T.element("h3", { text: run.label }));
    if (!record.version) { section.append(T.absent("no run.json", "every command of tilth writes it into the folder of the run.")); continue; }
    section.append(T.element("dl", { class: "facts" }, ...run.facts.map(([k, v]) => T.element("div", {}, T.element("dt", { text: k }), T.element("dd", { text: v }))),
      ...Object.entries(record.build?.libraries || {}).map(([k, v]) => T.element("div", {}, T.element("dt", { text: k }), T.element("dd", { text: v }))),
      T.element("div", {}, T.element("dt", { text: "Compiler" }), T.element("dd", { text: `${record.build?.compiler ?? ""} ${record.build?.options ?? ""}` }))));
    const phases = (record.phases || []).filter((p) => p.max_s > 0.002 * (record.wall_s || 1));
    if (phases.length) {
      const plot = T.card(section, `timing-${run.id}`), level = (p) => p.phase.split("/").length, shown = phases.filter((p) => level(p) <= 4).reverse();
      const names = shown.map((p) => p.phase.replaceAll("/", " › "));
      await T.draw(plot, [{ type: "bar", orientation: "h", name: "slowest rank", y: shown.map((_, i) => i), x: shown.map((p) => p.max_s), marker: { color: shown.map((p) => T.CYCLE[(level(p) - 1) % 4]) }, showlegend: false,
        customdata: shown.map((p) => [p.phase, p.calls, p.mean_s, p.cpu_s, p.share, p.imbalance]),
        hovertemplate: "%{customdata[0]}: %{x:.3g} s on the slowest rank<br>mean %{customdata[2]:.3g} s, processor %{customdata[3]:.3g} s, %{customdata[1]} calls<br>share %{customdata[4]:.1%}, imbalance %{customdata[5]:.2f}<extra></extra>" }],
        { title: `Time by phase, ${T.number(record.wall_s, 4)} s in all`, legend: false, x: { title: "time on the slowest rank (s)" }, y: { tickvals: shown.map((_, i) => i), ticktext: names, ticks: "" }, height: 90 + 20 * shown.length, bargap: 0.25 });
    }
    const starts = (record.runs || []).map((r) => [r.started, r.status, r.ranks, r.threads, Object.keys(r.hosts || {}).join(", "), r.seconds, r.command]);
    if (starts.length) section.append(T.element("h3", { text: "Starts" }), T.element("div", { class: "wide" }, T.table(["started (UTC)", "status", "ranks", "threads", "hosts", "seconds", "command"], starts)));
    const parts = Object.entries(record.parts || {}), columns = T.unique(parts.flatMap(([, p]) => Object.keys(p)));
    if (parts.length) section.append(T.element("h3", { text: "Closure and use" }), T.element("div", { class: "wide" }, T.table(["part", ...columns.map((c) => c.replaceAll("_", " "))], parts.map(([n, p]) => [n, ...columns.map((c) => p[c] ?? "–")]))));
    const inputs = (record.inputs || []).map((i) => [i.file, i.checksum]);
    if (inputs.length) section.append(T.element("h3", { text: "Inputs" }), T.element("div", { class: "scroll" }, T.table(["file", "checksum"], inputs)));
    const remarks = [...(record.warnings || []), ...T.unique(record.forcing_remarks || [])].map((w) => typeof w === "string" ? w : JSON.stringify(w));
    if (remarks.length) section.append(T.element("h3", { text: "Remarks and warnings" }), T.element("ul", {}, ...remarks.slice(0, 60).map((r) => T.element("li", { text: r }))));
    if (record.configuration) section.append(T.element("h3", { text: "Every option, resolved" }), T.element("pre", { tabindex: 0, text: record.configuration }));
  }
};
