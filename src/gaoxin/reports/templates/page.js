// The page of a run: language, sorting, filter, the chosen unit, charts. Every figure comes written from the page's
// data; this script only puts it in place (as text, never as markup).
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const state = { language: data.language, unit: data.units.length ? data.units[0].code : null };
  const views = new Map();

  const say = (text) => (typeof text === "string" ? text : text[state.language] || text.zh || text.en);

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // Address: #unit=CODE&lang=en can be mailed; plain anchors (#checks) stay what they are.
  const readAddress = () => {
    const wanted = location.hash.slice(1);
    if (!wanted.includes("=")) return {};
    return Object.fromEntries(new URLSearchParams(wanted));
  };

  const writeAddress = () => {
    const address = new URLSearchParams({ unit: state.unit || "" });
    if (state.language !== data.language) address.set("lang", state.language);
    history.replaceState(null, "", `#${address}`);
  };

  // Charts

  const narrow = () => window.innerWidth < 760;

  const specification = (name) => {
    const chart = data.charts[name];
    const spec = structuredClone(chart[state.language].plot);
    const choice = (spec.params || []).find((param) => param.name === "unit");
    if (choice) choice.value = state.unit;
    spec.datasets = Object.fromEntries(chart[state.language].datasets.map((key) => [key, data.datasets[key]]));
    spec.config = data.config;
    return spec;
  };

  const stackLegends = (part) => {
    if (!part || typeof part !== "object") return;
    if (part.legend && part.legend.columns) part.legend.columns = 1;
    Object.values(part).forEach(stackLegends);
  };

  const title = (name) => {
    const unit = data.units.find((each) => each.code === state.unit);
    if (name === "profile" && unit) return say(unit.profile);
    if (name === "steps" && unit) return say(unit.steps);
    return say(data.charts[name].title);
  };

  const draw = async (figure) => {
    const name = figure.dataset.chart;
    const spec = specification(name);
    const room = narrow() ? 110 : 300;
    const config = structuredClone(spec.config);
    config.axis.labelLimit = room;
    config.legend.labelLimit = room * 2;
    if (narrow()) stackLegends(spec.layer || spec.encoding);
    const plot = find(".plot", figure);
    const options = { mode: "vega-lite", actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { theme: "light" } };
    const shown = { ...spec, config, width: "container", autosize: { type: "fit-x", contains: "padding" }, background: null };
    const result = await vegaEmbed(plot, shown, options);
    views.set(name, result.view);
    const picture = find("svg", plot);
    if (picture) {
      // The picture as a whole has a name, and its figures stand in the table under it; its parts are not read out.
      for (const part of picture.children) part.setAttribute("aria-hidden", "true");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", `${title(name)} · ${say(data.charts[name].measure)}`);
    }
  };

  const drawAll = async () => {
    for (const figure of all("figure[data-chart]")) await draw(figure);
    root.dataset.drawn = state.language;
  };

  const save = async (name, kind) => {
    const plot = specification(name);
    const shell = structuredClone(data.charts[name][state.language].shell);
    const { datasets, params, config, $schema, ...bare } = plot;
    shell.concat[0] = { width: data.width, ...bare };
    if (data.charts[name].ofUnit) shell.title.text = title(name);
    const box = element("div");
    const result = await vegaEmbed(box, { ...shell, datasets, params }, { actions: false, renderer: "svg", ast: true });
    let address;
    if (kind === "svg") {
      address = URL.createObjectURL(new Blob([await result.view.toSVG()], { type: "image/svg+xml" }));
    } else {
      address = await result.view.toImageURL("png", 2);
    }
    const link = element("a");
    link.href = address;
    link.download = `${name}.${kind}`;
    link.click();
    result.finalize();
  };

  // Tables

  const fillTable = (details) => {
    if (details.dataset.filled === state.language) return;
    details.dataset.filled = state.language;
    all(".scroll", details).forEach((old) => old.remove());
    const table = data.tables[details.dataset.table];
    const box = element("div", undefined, "scroll");
    box.tabIndex = 0;
    const made = box.appendChild(element("table"));
    const head = made.createTHead().insertRow();
    table.columns.forEach((column) => {
      const cell = element("th", say(column.header), column.numeric ? "n" : "");
      cell.scope = "col";
      head.append(cell);
    });
    const body = made.createTBody();
    table.rows.forEach((row) => {
      const line = body.insertRow();
      row.forEach((cell, at) => line.append(element("td", say(cell), table.columns[at].numeric ? "n" : "wide")));
    });
    details.append(box);
  };

  const sortBy = (table, at, button) => {
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") === "ascending";
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = new Intl.Collator(state.language === "zh" ? "zh-CN" : "en", { numeric: true });
    const sign = down ? -1 : 1;
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [a.cells[at], b.cells[at]];
      if (!("v" in x.dataset)) return sign * order.compare(x.innerText, y.innerText);
      if (x.dataset.v === "" || y.dataset.v === "") return (x.dataset.v === "") - (y.dataset.v === "");
      return sign * (Number(x.dataset.v) - Number(y.dataset.v));
    });
    body.append(...rows);
  };

  // The chosen unit

  const showUnit = () => {
    const at = data.units.findIndex((unit) => unit.code === state.unit);
    if (at < 0) return;
    const unit = data.units[at];
    find("#pick-unit").value = unit.code;
    find("#previous-unit").disabled = at === 0;
    find("#next-unit").disabled = at === data.units.length - 1;
    find("#unit-headline").textContent = say(unit.headline);
    const facts = find("#unit-facts");
    facts.replaceChildren(
      ...unit.facts.map(([name, value]) => {
        const box = element("div");
        box.append(element("dt", say(name)), element("dd", value));
        return box;
      }),
    );
    const notes = find("#unit-notes");
    notes.replaceChildren();
    for (const [heading, lines] of unit.notes) {
      if (!lines.length) continue;
      notes.append(element("h3", say(heading)));
      const list = notes.appendChild(element("ul"));
      list.append(...lines.map((line) => element("li", say(line))));
    }
    const put = (kind, values) =>
      all(`#table-derivation [data-${kind}]`).forEach((cell) => {
        cell.textContent = values[cell.getAttribute(`data-${kind}`)] ?? "";
      });
    put("raw", unit.raw);
    put("normalised", unit.normalised);
    put("contribution", unit.contribution);
    put("rank", unit.rank);
    put("group", unit.group);
    put("group-rank", unit.groupRank);
    all("#table-derivation [data-raw]").forEach((cell) => {
      const note = unit.marks[cell.dataset.raw];
      cell.className = note ? `n noted ${note.mark}` : "n";
      cell.title = note ? say(note.text) : "";
      if (note) cell.append(element("span", `（${say(note.text)}）`, "hidden"));
    });
    for (const name of ["profile", "steps"]) {
      const figure = find(`#chart-${name}`);
      if (!figure) continue;
      find(".finding", figure).textContent = title(name);
      const view = views.get(name);
      if (view) view.signal("unit", state.unit).runAsync();
      const picture = find(".plot svg", figure);
      if (picture) picture.setAttribute("aria-label", `${title(name)} · ${say(data.charts[name].measure)}`);
    }
  };

  const choose = (code, { move = false } = {}) => {
    if (!data.units.some((unit) => unit.code === code)) return;
    state.unit = code;
    showUnit();
    writeAddress();
    if (move) {
      find("#unit").scrollIntoView();
      find("#unit-name").focus({ preventScroll: true });
    }
  };

  const step = (by) => {
    const at = data.units.findIndex((unit) => unit.code === state.unit) + by;
    if (data.units[at]) choose(data.units[at].code);
  };

  // Checks

  const filterChecks = () => {
    const table = find("#table-checks");
    if (!table) return;
    const severity = find("#filter-severity").value;
    const words = find("#filter-text").value.trim().toLowerCase();
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const fits = (!severity || find(`.severity-${severity}`, row)) && row.textContent.toLowerCase().includes(words);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    find("#filter-count").textContent = `${shown} / ${table.tBodies[0].rows.length}`;
  };

  // Language

  const setLanguage = async (language) => {
    state.language = language;
    root.dataset.language = language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    document.title = say(data.title);
    all("[data-set-language]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.setLanguage === language)),
    );
    all("option[data-zh]").forEach((option) => {
      option.textContent = option.dataset[language];
    });
    all("details[open][data-table]").forEach(fillTable);
    filterChecks();
    showUnit();
    await drawAll();
  };

  all("[data-set-language]").forEach((button) =>
    button.addEventListener("click", async () => {
      await setLanguage(button.dataset.setLanguage);
      writeAddress();
    }),
  );
  all("table[data-sortable] thead th").forEach((head, _, heads) => {
    const table = head.closest("table");
    const button = find("button", head);
    const at = heads.filter((other) => other.closest("table") === table).indexOf(head);
    button.addEventListener("click", () => sortBy(table, at, button));
  });
  all("details[data-table]").forEach((details) => details.addEventListener("toggle", () => details.open && fillTable(details)));
  all("[data-save]").forEach((button) =>
    button.addEventListener("click", () => save(button.closest("figure").dataset.chart, button.dataset.save)),
  );
  find("#pick-unit").addEventListener("change", (event) => choose(event.target.value));
  find("#previous-unit").addEventListener("click", () => step(-1));
  find("#next-unit").addEventListener("click", () => step(1));
  find("#print").addEventListener("click", () => window.print());
  if (find("#filter-text")) {
    find("#filter-text").addEventListener("input", filterChecks);
    find("#filter-severity").addEventListener("change", filterChecks);
  }
  window.addEventListener("hashchange", () => {
    const wanted = readAddress();
    if (wanted.unit) choose(wanted.unit, { move: true });
  });

  const wanted = readAddress();
  if (data.units.some((unit) => unit.code === wanted.unit)) state.unit = wanted.unit;
  setLanguage(wanted.lang === "en" || wanted.lang === "zh" ? wanted.lang : data.language).then(() => {
    if (wanted.unit) find("#unit").scrollIntoView();
  });
})();
