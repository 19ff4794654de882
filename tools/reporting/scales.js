"use strict";
// Colour scales that keep their order with any colour vision, and what each statistic of a map is.

const stops = (colours) => colours.map((c, i) => [i / (colours.length - 1), c]);
T.SCALES = {
  value: "Viridis", size: "Cividis",
  // ColorBrewer RdBu and BrBG (Brewer 2003), marked colour-blind safe there.
  gain: stops(["#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#f7f7f7", "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061"]),
  signed: stops(["#543005", "#8c510a", "#bf812d", "#dfc27d", "#f6e8c3", "#f5f5f5", "#c7eae5", "#80cdc1", "#35978f", "#01665e", "#003c30"]),
};

// kind of scale: value (2 to 98 %), size (from 0), signed and gain (symmetric about 0), ratio (symmetric about 1 in logarithm), share (0 to 1)
T.limits = (kind, values) => {
  if (kind === "share") return [0, 1];
  if (kind === "ratio") return [0, 2];
  const [low, high, least, most] = T.quantiles(values, [0.02, 0.98, 0, 0.99999]);
  if (kind === "signed" || kind === "gain") {
    const edge = Math.max(Math.abs(low), Math.abs(high)) || Math.max(Math.abs(least), Math.abs(most)) || 1;
    return [-edge, edge];
  }
  if (kind === "size") return [0, high || most || 1];
  return high > low ? [low, high] : [low - 0.5 * Math.abs(low || 1), low + 0.5 * Math.abs(low || 1)];
};
T.scaleOf = (kind) => ({ share: "Viridis", ratio: T.SCALES.gain, ...T.SCALES })[kind];

const each = (n, f) => Float32Array.from({ length: n }, (_, i) => f(i));
// Over the chosen records: root mean square or mean per place of f(i), i the place in the packed arrays.
T.reduce = (shape, record, f, square = false) => each(shape.places, (p) => {
  let sum = 0, count = 0;
  const [from, to] = record > 0 ? [record - 1, record] : [0, shape.times];
  for (let t = from; t < to; ++t) {
    const v = f(t * shape.places + p);
    if (isFinite(v)) { sum += square ? v * v : v; ++count; }
  }
  return count ? (square ? Math.sqrt(sum / count) : sum / count) : NaN;
});

// Statistics of a product; needs: fields that must exist. make(fields, record) -> value per place.
T.STATISTICS = {
  mean: { text: "ensemble mean", kind: "value", needs: ["mean"], make: (f, r) => T.reduce(f.mean, r, (i) => f.mean.values[i]) },
  truth: { text: "truth (nature run)", kind: "value", needs: ["truth"], make: (f, r) => T.reduce(f.truth, r, (i) => f.truth.values[i]) },
  rmse: { text: "error (RMS against truth)", kind: "size", needs: ["mean", "truth"], make: (f, r) => T.reduce(f.mean, r, (i) => f.mean.values[i] - f.truth.values[i], true) },
  bias: { text: "bias (mean minus truth)", kind: "signed", needs: ["mean", "truth"], make: (f, r) => T.reduce(f.mean, r, (i) => f.mean.values[i] - f.truth.values[i]) },
  reduction: { text: "error removed (blue) or added (red)", kind: "gain", needs: ["mean", "truth", "other"],
    make: (f, r) => { const a = T.STATISTICS.rmse.make({ mean: f.other, truth: f.truth }, r), b = T.STATISTICS.rmse.make(f, r); return a.map((v, i) => v - b[i]); } },
  relative: { text: "share of error removed", kind: "gain", units: "1", needs: ["mean", "truth", "other"],
    make: (f, r) => { const a = T.STATISTICS.rmse.make({ mean: f.other, truth: f.truth }, r), b = T.STATISTICS.rmse.make(f, r); return a.map((v, i) => v > 0 ? 1 - b[i] / v : NaN); } },
  spread: { text: "ensemble spread", kind: "size", needs: ["sd"], make: (f, r) => T.reduce(f.sd, r, (i) => f.sd.values[i], true) },
  confidence: { text: "spread over error (1: honest)", kind: "ratio", units: "1", needs: ["mean", "sd", "truth"],
    make: (f, r) => { const e = T.STATISTICS.rmse.make(f, r), s = T.STATISTICS.spread.make(f, r); return s.map((v, i) => e[i] > 0 ? v / e[i] : NaN); } },
  coverage: { text: "share of truths in the 90 % interval", kind: "share", units: "1", needs: ["q05", "q95", "truth"],
    make: (f, r) => T.reduce(f.truth, r, (i) => isFinite(f.q05.values[i]) && isFinite(f.truth.values[i]) ? +(f.truth.values[i] >= f.q05.values[i] && f.truth.values[i] <= f.q95.values[i]) : NaN) },
  increment: { text: "increment (mean)", kind: "signed", needs: ["increment"], make: (f, r) => T.reduce(f.increment, r, (i) => f.increment.values[i]) },
  increment_size: { text: "increment (RMS)", kind: "size", needs: ["increment"], make: (f, r) => T.reduce(f.increment, r, (i) => f.increment.values[i], true) },
  against: { text: "difference of means to the other experiment", kind: "signed", needs: ["mean", "other"], make: (f, r) => T.reduce(f.mean, r, (i) => f.mean.values[i] - f.other.values[i]) },
};
T.MAP_STATISTICS = { mean: { text: "as written", kind: "value", needs: ["mean"], make: T.STATISTICS.mean.make } };
const departure = (which) => (f) => (i) => f.value.values[i] - f[`${which}_mean`].values[i];
T.STREAM_STATISTICS = {
  count: { text: "observations used", kind: "size", units: "observations", needs: ["count"], make: (f, r) => T.reduce(f.count, r, (i) => f.count.values[i]).map((v, p) => r > 0 ? v : T.total(f.count, p)) },
  rejected: { text: "observations rejected", kind: "size", units: "observations", needs: ["rejected"], make: (f, r) => T.reduce(f.rejected, r, (i) => f.rejected.values[i]).map((v, p) => r > 0 ? v : T.total(f.rejected, p)) },
  value: { text: "observed mean", kind: "value", needs: ["value"], make: (f, r) => T.reduce(f.value, r, (i) => f.value.values[i]) },
  prior_bias: { text: "observation minus forecast (mean)", kind: "signed", needs: ["value", "prior_mean"], make: (f, r) => T.reduce(f.value, r, departure("prior")(f)) },
  prior_rms: { text: "observation minus forecast (RMS of window means)", kind: "size", needs: ["value", "prior_mean"], make: (f, r) => T.reduce(f.value, r, departure("prior")(f), true) },
  posterior_bias: { text: "observation minus analysis (mean)", kind: "signed", needs: ["value", "posterior_mean"], make: (f, r) => T.reduce(f.value, r, departure("posterior")(f)) },
  posterior_rms: { text: "observation minus analysis (RMS of window means)", kind: "size", needs: ["value", "posterior_mean"], make: (f, r) => T.reduce(f.value, r, departure("posterior")(f), true) },
  prior_sd: { text: "forecast spread of the prediction", kind: "size", needs: ["prior_sd"], make: (f, r) => T.reduce(f.prior_sd, r, (i) => f.prior_sd.values[i], true) },
  error_sd: { text: "assumed observation error", kind: "size", needs: ["error_sd"], make: (f, r) => T.reduce(f.error_sd, r, (i) => f.error_sd.values[i], true) },
};
T.total = (field, place) => {
  let sum = 0, any = false;
  for (let i = place; i < field.values.length; i += field.places) if (isFinite(field.values[i])) { sum += field.values[i]; any = true; }
  return any ? sum : NaN;
};
