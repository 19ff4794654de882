"use strict";
// Controls made of plain form elements, so that the keyboard and screen readers know them.

// T.controls(section) -> a bar; each function below adds one control to it and returns it.
T.controls = (section, name = "choices") => {
  const bar = T.element("div", { class: "controls", role: "group", "aria-label": name });
  section.append(bar);
  return bar;
};

// options: [[value, text], ...] or [value, ...]; change() is called without arguments.
T.select = (bar, name, options, change, chosen = undefined) => {
  const box = T.element("select", { "data-control": name, onchange: change });
  T.fill(box, options, chosen);
  bar.append(T.element("label", {}, name, box));
  return box;
};
T.fill = (box, options, chosen = undefined) => {
  const before = chosen ?? box.value;
  box.replaceChildren();
  for (const option of options) {
    const [value, text, group] = Array.isArray(option) ? option : [option, T.title(String(option))];
    let parent = box;
    if (group) {
      parent = [...box.children].find((c) => c.label === group) || T.element("optgroup", { label: group });
      if (!parent.parentNode) box.append(parent);
    }
    parent.append(T.element("option", { value, text }));
  }
  if ([...box.options].some((o) => o.value === String(before))) box.value = before;
  box.disabled = box.options.length < 2;
};

// Several of many: returns a function that tells the chosen values.
T.checks = (bar, name, options, change, chosen) => {
  const set = T.element("fieldset", {}, T.element("legend", { text: name }));
  const boxes = options.map(([value, text, colour]) => {
    const box = T.element("input", { type: "checkbox", value, "data-control": name, onchange: change });
    box.checked = chosen.includes(value);
    const mark = colour ? T.element("span", { style: `color:${colour}`, text: "■", "aria-hidden": "true" }) : "";
    set.append(T.element("label", { class: "choice" }, box, mark, text));
    return box;
  });
  bar.append(set);
  return () => boxes.filter((b) => b.checked).map((b) => b.value);
};

// A slider over records; 0 is the whole period. tell(index) gives the words beside it.
T.slider = (bar, name, last, tell, change) => {
  const words = T.element("output", { text: tell(0) });
  const box = T.element("input", { type: "range", min: 0, max: last, value: 0, step: 1, "data-control": name });
  let pending = 0;
  box.addEventListener("input", () => {
    words.textContent = tell(+box.value);
    clearTimeout(pending);
    pending = setTimeout(change, 60);
  });
  bar.append(T.element("label", {}, name, box), words);
  return { value: () => +box.value, reset: (most, say) => {
    box.max = most;
    tell = say;
    if (+box.value > most) box.value = 0;
    words.textContent = tell(+box.value);
  } };
};

T.numeric = (bar, name, value, change) => {
  const box = T.element("input", { type: "number", step: "any", value, "data-control": name, onchange: change, style: "width:7rem" });
  bar.append(T.element("label", {}, name, box));
  return box;
};

T.tick = (bar, name, checked, change) => {
  const box = T.element("input", { type: "checkbox", "data-control": name, onchange: change });
  box.checked = checked;
  bar.append(T.element("label", { class: "choice" }, box, name));
  return box;
};

T.sourceChecks = (bar, change, keep = () => true, chosen = undefined) => {
  const sources = T.sources().filter(keep);
  const usual = T.data.runs.length > 1 ? sources.filter((s) => s.part !== "open_loop") : sources;
  const first = chosen || (usual.length ? usual : sources).slice(0, 5).map((s) => s.id);
  const read = T.checks(bar, "experiments", sources.map((s) => [s.id, s.label, s.colour]), change, first);
  return () => read().map(T.source);
};

T.card = (parent, name) => {
  const plot = T.element("div", { class: "figure", "data-plot": name });
  const card = T.element("div", { class: "card" }, plot);
  parent.append(card);
  return plot;
};

// A table of rows [[text|number, ...]]; numbers are set right.
T.table = (head, rows) => {
  const classes = head.map((_, i) => rows.some((r) => typeof r[i] === "number") ? "number" : "");
  const cell = (tag, value, i) => T.element(tag, { class: classes[i] || null,
    text: typeof value !== "number" ? value ?? "–" : Number.isInteger(value) ? value.toLocaleString("en") : T.number(value, 4) });
  return T.element("table", {}, T.element("thead", {}, T.element("tr", {}, ...head.map((h, i) => cell("th", h, i)))),
    T.element("tbody", {}, ...rows.map((r) => T.element("tr", {}, ...r.map((v, i) => cell("td", v, i))))));
};
