"use strict";
// What ran and the headline scores; the findings in words are already in the page.

T.panels.summary = (section) => {
  for (const run of T.data.runs) {
    const heading = [...section.querySelectorAll("h3")].find((h) => h.textContent === run.label);
    const facts = T.element("dl", { class: "facts" }, ...run.facts.map(([k, v]) => T.element("div", {}, T.element("dt", { text: k }), T.element("dd", { text: v }))));
    const list = heading.nextElementSibling, left = T.element("div"), right = T.element("div"), grid = T.element("div", { class: "summary-grid" }, left, right);
    heading.after(facts, grid);
    left.append(list, T.departures(run));
    right.append(T.headline(run));
  }
};

const ratio = (r, better) => {
  const cell = T.element("td", { class: `number ${better === undefined ? "" : better ? "better" : "worse"}`, text: typeof r === "number" ? T.number(r, 3) : r });
  return cell;
};

T.headline = (run) => {
  const box = T.element("div", { class: "wide" });
  const twin = run.headline.filter((r) => r.rmse !== undefined && r.reference === "nature"), withheld = run.headline.filter((r) => r.reference !== "nature");
  const several = T.unique(run.headline.map((r) => r.source)).length > 1;
  if (twin.length) {
    box.append(T.element("h3", { text: "Against the nature run, all places and windows" }));
    const rows = twin.filter((r) => r.kind !== "stream").map((r) => {
      const share = r.open_loop > 0 ? r.rmse / r.open_loop : undefined, honest = r.spread_skill;
      return T.element("tr", {}, T.element("td", { text: `${T.title(r.variable)}${r.observed ? " (observed)" : ""}` }), ...(several ? [T.element("td", { text: r.source })] : []), T.element("td", { text: T.units(r.units) }),
        ratio(r.open_loop), ratio(r.rmse), ratio(share, share === undefined ? undefined : share < 0.995 ? true : share > 1.005 ? false : undefined),
        ratio(honest, honest === undefined ? undefined : honest >= 0.7 && honest <= 1.5 ? undefined : false), ratio(r.coverage90));
    });
    const head = ["variable", ...(several ? ["experiment"] : []), "units", "RMSE open loop", "RMSE analysis", "ratio", "spread / error", "in 90 %"];
    box.append(T.element("table", {}, T.element("thead", {}, T.element("tr", {}, ...head.map((h, i) => T.element("th", { text: h, class: i > head.length - 6 ? "number" : null })))), T.element("tbody", {}, ...rows)));
    box.append(T.caption("Ratio below 1: assimilation helps. Spread over error should be near 1; the share of truths inside the 90 % interval near 0.9."));
  }
  if (withheld.length) {
    box.append(T.element("h3", { text: "Against observations that were not assimilated" }));
    box.append(T.table(["variable", "experiment", "reference", "RMSE", "NSE", "bias", "correlation", "RMSE open loop", "NSE open loop"],
      withheld.map((r) => [T.title(r.variable) + (r.observed ? " (assimilated elsewhere in time)" : ""), r.source, r.reference, ...[r.rmse, r.nse, r.bias, r.r, r.open_loop, r.open_loop_nse].map((v) => v ?? "–")])));
  }
  if (!box.children.length) box.append(T.absent("no scores", "`tilth osse` and `tilth verify` write verification.nc; observations in RUN/<part>/feedback give departures."));
  return box;
};

T.departures = (run) => {
  const box = T.element("div", { class: "wide" }), several = run.ensembles.length > 2;
  const shapes = Object.entries(run.shapes).filter(([part]) => part !== "open_loop");
  if (shapes.length) {
    box.append(T.element("h3", { text: "Observation minus forecast and analysis" }));
    box.append(T.table(["stream", ...(several ? ["experiment"] : []), "units", "used", "bias, forecast", "RMS, forecast", "RMS, analysis", "chi²"],
      shapes.flatMap(([part, streams]) => Object.entries(streams).map(([name, s]) => [T.title(name), ...(several ? [part] : []), T.units(T.streamUnits(run, s.stream)), s.n,
        s.prior_bias, s.prior_rms, s.posterior_rms, s.prior_chi2].map((v) => v ?? "–")))));
  }
  return box;
};
