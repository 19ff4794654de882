"""What a run's numbers say about its errors, in words: rules with their thresholds, most serious first."""

import numpy as np

import plot_common as common
from tables import rows_of

SEVERE, WARNING, NOTE = "severe", "warning", "note"
CHI2_HIGH, CHI2_LOW = 1.4, 0.6        # mean of departure^2 / (spread^2 + error^2) is 1 when both are right
VARIANCE_HIGH, VARIANCE_LOW = 1.5, 0.6  # estimated over assumed variance (Desroziers et al. 2005)
BIAS_SHARE, BIAS_SEVERE = 0.15, 0.22    # mean departure over its expected standard deviation
SAME_SIGN = 0.85                      # share of windows in which a bias has its sign
DRIFT = 1.0                           # mean increment over its standard deviation between windows
SPREAD_LOW, SPREAD_HIGH = 0.7, 1.5    # spread over error of the ensemble mean
COVERAGE_LOW = 0.75                   # of the 90 % interval
REJECTED = 0.1                        # share of observations
WORSE = 1.02                          # error over that of the open loop
PARAMETER_SIGMAS = 3.0                # distance of a posterior from the truth in its standard deviations


def finding(severity, text, panel, run="", part=""):
    return {"severity": severity, "text": text, "panel": panel, "run": run, "part": part}


def stream_means(columns):
    """Means over windows, weighted by the number of observations used; variances, not standard deviations, are averaged."""
    table = {n: np.array([np.nan if v is None else v for v in c], float) for n, c in columns.items()}
    used = np.nan_to_num(table.get("used", np.zeros(0)))

    def mean(name, power=1):
        values = table.get(name, np.full(len(used), np.nan)) ** power
        known = np.isfinite(values) & (used > 0)
        return float((values[known] * used[known]).sum() / used[known].sum()) if used[known].sum() > 0 else np.nan

    out = {n: mean(n) for n in ("chi2", "bias_prior", "bias_posterior", "error_variance_estimate", "prior_variance_estimate")}
    out |= {n: mean(n, 2) ** 0.5 for n in ("rms_prior", "rms_posterior", "spread_prior", "error_sd")}
    out["used"], out["rejected"] = float(used.sum()), float(np.nansum(table.get("rejected", np.zeros(1))))
    out["withheld"] = float(np.nansum(table.get("withheld", np.zeros(1))))
    out["dfs"] = float(np.nansum(table.get("degrees_of_freedom_for_signal", np.zeros(1))))
    bias = table.get("bias_prior", np.full(len(used), np.nan))[used > 0]
    bias = bias[np.isfinite(bias)]
    out["same_sign"] = float(max((bias > 0).mean(), (bias < 0).mean())) if bias.size else np.nan
    out["ranks"] = [mean(f"rank_tenth_{i}") for i in range(1, 11)]
    return out


def stream_findings(stream, columns, open_loop, where):
    """Findings about one stream of an analysis."""
    m = stream_means(columns)
    if not m["used"]:
        return [] if m["withheld"] else [finding(NOTE, f"No observation of {stream} was used.", "innovations", *where)]
    return [finding(*f, "innovations", *where) for f in
            (*bias_rule(stream, m, open_loop), *consistency_rule(stream, m), *rank_rule(stream, m), *use_rule(stream, m)) if f]


def bias_rule(stream, m, open_loop):
    """A bias that the forecasts of an analysis keep is a fault; one that it has removed is told, for its cause may be either side."""
    share = abs(m["bias_prior"]) / np.hypot(m["spread_prior"], m["error_sd"])
    side = "above" if m["bias_prior"] > 0 else "below"
    if share > BIAS_SHARE and m["same_sign"] > SAME_SIGN:
        yield (SEVERE if share > BIAS_SEVERE else WARNING,
               f"Bias of {stream}: observations are on average {abs(m['bias_prior']):.3g} {side} the forecast ({share:.0%} of the expected departure), "
               f"with the same sign in {m['same_sign']:.0%} of the windows, although they are assimilated. The instrument is biased, or the model in what is not "
               "updated: correct the stream (bias_correction, bias) before touching errors or inflation.")
        return
    free = stream_means(open_loop) if open_loop else None
    if free and free["used"] and free["same_sign"] > SAME_SIGN:
        share = abs(free["bias_prior"]) / np.hypot(free["spread_prior"], free["error_sd"])
        if share > BIAS_SHARE:
            side = "above" if free["bias_prior"] > 0 else "below"
            yield NOTE, (f"The open loop is biased against {stream} (observations {abs(free['bias_prior']):.3g} {side} it, {share:.0%} of the expected "
                         "departure); the analysis has removed it through states and parameters. Right if the model was wrong, harmful if the instrument is.")


def ratios(m):
    """Estimated over assumed variance of observation error and of forecast spread, without what the mean departures make of them."""
    before, after = m["bias_prior"], np.nan_to_num(m["bias_posterior"])
    return (m["error_variance_estimate"] - after * before) / m["error_sd"] ** 2, (m["prior_variance_estimate"] - (before - after) * before) / m["spread_prior"] ** 2


def consistency_rule(stream, m):
    chi2, centred = m["chi2"], m["chi2"] - m["bias_prior"] ** 2 / (m["spread_prior"] ** 2 + m["error_sd"] ** 2)
    error, spread = ratios(m)
    implied = f"assumed {m['error_sd']:.3g}, departures imply {max(error, 0) ** 0.5 * m['error_sd']:.3g}"
    if error > VARIANCE_HIGH:
        yield (SEVERE if error > 2.5 or chi2 > 2 else WARNING,
               f"Observation error of {stream} is too small ({implied}): innovation chi2 is {chi2:.2g} where 1 is consistent. "
               "The analysis trusts this stream too much; raise error_absolute.")
    elif error < VARIANCE_LOW and chi2 < 1:
        yield WARNING, (f"Observation error of {stream} is too large ({implied}): innovation chi2 is {chi2:.2g}. Information is thrown away, unless "
                        "errors that last for many windows are meant.")
    if spread > VARIANCE_HIGH and (centred > 1.1 or spread > 2.5):
        yield (SEVERE if spread > 4 else WARNING,
               f"Forecast spread is too small for {stream}: the departures imply a variance {spread:.2g} times that of the ensemble (spread "
               f"{m['spread_prior']:.3g}, chi2 {chi2:.2g}). Enlarge the uncertainty of parameters and forcing, or inflate.")
    elif spread < VARIANCE_LOW and chi2 < 1:
        yield NOTE, f"Forecast spread is larger than the departures of {stream} imply (variance ratio {spread:.2g}, chi2 {chi2:.2g})."
    if not error > VARIANCE_HIGH and not spread > VARIANCE_HIGH and centred > CHI2_HIGH:
        yield WARNING, f"Innovation chi2 of {stream} is {chi2:.2g}: spread and observation error together are too small."


def rank_rule(stream, m):
    ranks = np.array(m["ranks"])
    if not np.isfinite(ranks).all() or m["used"] < 200:
        return
    outer, slope = (ranks[0] + ranks[-1]) / 0.2, (ranks[5:].sum() - ranks[:5].sum())
    if outer > 1.6 and abs(ranks[0] - ranks[-1]) < 0.7 * (ranks[0] + ranks[-1]):
        yield WARNING, f"Rank histogram of {stream} is a U: {outer:.2g} times the expected share falls outside nearly all members; too little spread or error."
    elif outer < 0.5:
        yield NOTE, f"Rank histogram of {stream} is a hill (outer tenths {outer:.2g} of their share): spread or error is stated too large."
    if abs(slope) > 0.2:
        yield NOTE, f"Rank histogram of {stream} slopes {'up' if slope > 0 else 'down'}: observations lie mostly {'above' if slope > 0 else 'below'} the members."


def increment_findings(diagnostics, where):
    """Increments that keep their sign: the analysis works against a drift. Rows of all streams carry the same numbers."""
    columns = next(iter(diagnostics.values()), {})
    for name, units in (("water_increment", "kg m-2"), ("carbon_increment", "g m-2")):
        values = np.array([np.nan if v is None else v for v in columns.get(name, [])], float)
        values = values[np.isfinite(values) & (values != 0)]
        if len(values) >= 10 and abs(values.mean()) > DRIFT * values.std() and max((values > 0).mean(), (values < 0).mean()) > SAME_SIGN:
            yield finding(WARNING, f"The analysis {'adds' if values.mean() > 0 else 'removes'} {name.split('_')[0]} in nearly every window ({values.mean():+.3g} {units} per window on "
                          "average): it works against a drift of the model, or is drawn away from it by a biased stream.", "innovations", *where)


def use_rule(stream, m):
    total = m["used"] + m["rejected"]
    if m["rejected"] > REJECTED * total:
        yield NOTE, f"{m['rejected'] / total:.0%} of the observations of {stream} were not used (quality control, thinning)."
    if m["dfs"] > 0.5 * m["used"]:
        yield WARNING, f"The analysis takes {m['dfs'] / m['used']:.0%} of the information of {stream}: it copies the observations."


def score_findings(table, where):
    """Findings from scores against a nature run: confidence, coverage, harm; global, all seasons, no lead."""
    chosen = {}
    for r in rows_of(table):
        if r.get("region") in ("global", "all") and r.get("season") in ("all", None) and r.get("pft") in ("all", None, "") \
                and r.get("lead_days") in (None, 0) and r.get("reference") == "nature" and r.get("kind") == "variable" and r["value"] is not None:
            chosen[r["source"], r["variable"], r["score"]] = r["value"]
    free = [(common.title_of(v), x) for (s, v, score), x in chosen.items() if s == "open_loop" and score == "spread_skill"]
    yield from spread_rule(free, "open_loop", chosen, where)
    for source in dict.fromkeys(s for s, _, _ in chosen if s not in ("open_loop", "climatology", "forecast")):
        mine = [(common.title_of(v), x) for (s, v, score), x in chosen.items() if s == source and score == "spread_skill"]
        yield from spread_rule(mine, source, chosen, where)
        worse = [(v, chosen[source, v, "rmse"] / x) for (s, v, score), x in chosen.items()
                 if s == "open_loop" and score == "rmse" and x > 0 and (source, v, "rmse") in chosen]
        worse = [f"{common.title_of(v).lower()} ({r:.2f})" for v, r in worse if r > WORSE]
        if worse:
            yield finding(WARNING, f"Assimilation makes worse (RMSE over that of the open loop): {', '.join(worse)}.", "scores", where, source)


def spread_rule(ratios_by_name, source, chosen, where):
    """Of an open loop only what holds for most variables: there, the prior is at fault."""
    low = [f"{n.lower()} {x:.2f}" for n, x in sorted(ratios_by_name, key=lambda p: p[1]) if x < SPREAD_LOW]
    high = [f"{n.lower()} {x:.2f}" for n, x in sorted(ratios_by_name, key=lambda p: -p[1]) if x > SPREAD_HIGH]
    median = float(np.median([x for _, x in ratios_by_name])) if ratios_by_name else np.nan
    free = source == "open_loop"
    if low and median < SPREAD_LOW:
        whose, remedy = (("Prior spread too small: the open loop, before any observation,", "Widen the uncertainty of parameters and forcing.") if free
                         else (f"Ensemble too confident: {source}", "Inflate, or widen the prior."))
        yield finding(SEVERE, f"{whose} has a median spread/error of {median:.2g} (1 is honest); lowest: {', '.join(low[:5])}. {remedy}", "scores", where, source)
    elif low and not free:
        yield finding(WARNING, f"Too confident in some variables ({source}, spread/error): {', '.join(low[:6])}; the median of all is {median:.2g}.", "scores", where, source)
    if high and median > SPREAD_HIGH:
        yield finding(NOTE, f"Ensemble not confident enough ({source}): median spread/error is {median:.2g}; highest: {', '.join(high[:5])}.", "scores", where, source)


def parameter_findings(parameters, where):
    """Posteriors that exclude their truth."""
    for part, series in parameters["parts"].items():
        if part == "open_loop":
            continue
        off = []
        for s in series:
            truth, mean, sd = parameters["truth"].get(f"{s['name']}\t{s['pft']}"), s["mean"][-1], (s.get("sd") or [None])[-1]
            if None not in (truth, mean, sd) and sd > 0 and abs(mean - truth) > PARAMETER_SIGMAS * sd:
                off.append(f"{s['name']} {s['pft']}".strip() + f" ({abs(mean - truth) / sd:.1f} sd)")
        if off:
            yield finding(WARNING, f"Posterior excludes the truth by more than {PARAMETER_SIGMAS:.0f} standard deviations: {', '.join(off)}.",
                          "parameters", where, part)


def record_findings(record, where):
    """What run.json tells."""
    status = record.get("status")
    if status not in ("finished", None):
        yield finding(SEVERE, f"The run is not finished: status '{status}'{': ' + record['message'] if record.get('message') else ''}.", "provenance", where)
    for text in record.get("warnings") or []:
        yield finding(NOTE, f"Warning of the run: {text if isinstance(text, str) else text.get('message', text)}", "provenance", where)
    for part, about in (record.get("parts") or {}).items():
        if isinstance(about, dict) and about.get("members_replaced"):
            yield finding(NOTE, f"{about['members_replaced']} member days failed and were replaced ({part}).", "maps", where)
