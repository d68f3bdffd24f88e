"use strict";

// The draft as it stands in the form: its rows, what the browser keeps of it over a reload, and the way one step back.
// Whoever changes it here says so by the event "draft".
const draft = (() => {
  const form = document.getElementById("draft");
  const rows = document.getElementById("rows");
  const toggle = document.getElementById("with-cycle");
  const undo = document.getElementById("undo");
  const KEY = "reviewer-draft";
  const FIELDS = ["class", "name", "cycle_value", "annual_value"];
  const HEAD = ["project", "amount", "year", "unit", "goal"];
  const MOST = Number(form.dataset.most);
  document.documentElement.classList.add("js");

  const field = (row, name) => row.querySelector(`[name="${name}"]`);
  const all = () => [...rows.children];
  const values = (row) => FIELDS.map((name) => field(row, name).value);
  const isEmpty = (row) => !field(row, "name").value.trim() && !field(row, "annual_value").value.trim();
  const number = (row) => row.querySelector(".no b").textContent;
  const changed = () => form.dispatchEvent(new Event("draft"));

  // Browsers that do not let a text area grow with its text.
  const fit = CSS.supports("field-sizing", "content") ? () => {} : (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };

  // ── Rows ─────────────────────────────────────────────────────────────────
  const count = () => all().forEach((row, at) => {
    const no = String(at + 1);
    row.id = `row-${no}`;
    row.querySelector(".no b").textContent = no;
    row.querySelector(".cells").setAttribute("aria-label", `第 ${no} 条`);
    const remove = row.querySelector(".remove");
    remove.value = no;
    remove.setAttribute("aria-label", `删除第 ${no} 条`);
  });
  const isFull = () => rows.children.length >= MOST;
  const add = (before = null) => {
    const row = document.getElementById("empty-row").content.firstElementChild.cloneNode(true);
    rows.insertBefore(row, before);
    count();
    return row;
  };
  const remove = (row) => {
    row.remove();
    if (!rows.children.length) add();
    count();
  };
  const write = (row, name, text) => {
    field(row, name).value = text;
    fit(field(row, name));
  };
  const fill = (row, [label, name, cycle, annual]) => {
    const list = field(row, "class");
    const wanted = label === "/" ? "" : label;
    if (wanted && ![...list.options].some((option) => option.value === wanted)) list.add(new Option(wanted, wanted));
    list.value = wanted;
    write(row, "name", name);
    write(row, "cycle_value", cycle || "");
    write(row, "annual_value", annual);
  };
  const showCycle = (wanted) => {
    toggle.checked = wanted;
    form.classList.toggle("with-cycle", wanted);
  };
  // A project with its indicators, as the contract has it.
  const place = (project, year, from) => {
    const { name, amount, unit, goal } = project;
    Object.entries({ project: name, amount, year, unit, goal }).forEach(([key, value]) => {
      if (!form.elements[key].value && value) form.elements[key].value = value;
    });
    let at = from;
    let placed = 0;
    for (const one of project.indicators) {
      if (!(at && isEmpty(at)) && isFull()) break;
      const target = at && isEmpty(at) ? at : add(at);
      fill(target, [`${one.level1}/${one.level2}`, one.name, one.cycle_value, one.annual_value]);
      at = target.nextElementSibling;
      placed += 1;
    }
    if (project.indicators.some((one) => one.cycle_value)) showCycle(true);
    fit(form.elements.goal);
    return placed;
  };

  // ── What is kept ─────────────────────────────────────────────────────────
  const snapshot = () => ({ head: HEAD.map((name) => form.elements[name].value), rows: all().map(values), cycle: toggle.checked });
  const restore = (kept) => {
    HEAD.forEach((name, at) => { form.elements[name].value = kept.head[at] || ""; });
    fit(form.elements.goal);
    rows.replaceChildren();
    kept.rows.forEach((row) => fill(add(), row));
    if (!kept.rows.length) add();
    showCycle(kept.cycle);
  };
  const clear = () => restore({ head: [], rows: Array(4).fill(["", "", "", ""]), cycle: false });
  const warn = (event) => event.preventDefault(); // where nothing can be kept, leaving the page asks first
  const keep = () => {
    try {
      localStorage.setItem(KEY, JSON.stringify(snapshot()));
      removeEventListener("beforeunload", warn);
    } catch (error) {
      addEventListener("beforeunload", warn);
    }
  };
  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      return found && Array.isArray(found.head) && Array.isArray(found.rows) ? found : null;
    } catch (error) { return null; }
  };

  // ── One step back ────────────────────────────────────────────────────────
  // What `back` does must leave later typing alone; where it cannot, `whole`, typing takes the offer away.
  let offered = null;
  const offer = (said, back, whole = false) => {
    offered = { back, whole, fresh: true };
    undo.querySelector("span").textContent = said;
    undo.hidden = false;
  };
  const takeBack = () => {
    undo.hidden = true;
    offered.back();
    changed();
  };
  undo.querySelector("button").addEventListener("click", takeBack);
  form.addEventListener("input", (event) => {
    if (event.target.tagName === "TEXTAREA") fit(event.target);
    if (offered) offered.fresh = false;
    if (offered && offered.whole) undo.hidden = true;
  });
  addEventListener("keydown", (event) => {
    if (undo.hidden || !offered.fresh || event.shiftKey || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    takeBack();
  });

  toggle.closest("label").hidden = false;
  toggle.addEventListener("change", () => {
    const state = snapshot();
    showCycle(toggle.checked);
    if (toggle.checked || !all().some((row) => field(row, "cycle_value").value)) return;
    // What is not seen must not be judged.
    all().forEach((row) => { field(row, "cycle_value").value = ""; });
    offer("周期指标值已去掉。", () => restore({ ...state, cycle: true }), true);
    changed();
  });

  // A page that answers a form shows what was sent; a fresh one shows what was kept.
  const found = "given" in form.dataset ? null : kept();
  if (found) restore(found);
  document.querySelectorAll("#draft textarea").forEach(fit);

  return { form, rows, MOST, field, all, values, isEmpty, number, changed, isFull, add, remove, fill, write, place, snapshot, restore, clear, keep, count, offer };
})();
