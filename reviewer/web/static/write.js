"use strict";

// The draft is judged while it is typed. Whatever the browser shows was made by the server; this script only decides
// when to ask, puts the pieces in their places, and keeps the draft over a reload.
{
  const form = document.getElementById("draft");
  const rows = document.getElementById("rows");
  const csrf = document.querySelector('meta[name="csrf"]').content;
  const KEY = "reviewer-draft";
  const PAUSE = 70; // ms of quiet before the server is asked
  const FIELDS = ["class", "name", "cycle_value", "annual_value"];
  const HEAD = ["project", "amount", "year", "unit", "goal"];
  document.documentElement.classList.add("js");

  const field = (row, name) => row.querySelector(`[name="${name}"]`);
  const all = () => [...rows.children];
  const isEmpty = (row) => !field(row, "name").value.trim() && !field(row, "annual_value").value.trim();
  const send = (path, body, signal) => fetch(path, { method: "POST", body, signal, headers: { "X-Reviewer-CSRF": csrf } });
  const fields = () => new URLSearchParams(new FormData(form));

  // ── Rows ─────────────────────────────────────────────────────────────────
  const number = () => all().forEach((row, at) => {
    const no = String(at + 1);
    row.id = `row-${no}`;
    row.querySelector(".no").textContent = no;
    const remove = row.querySelector(".remove");
    remove.value = no;
    remove.setAttribute("aria-label", `删除第 ${no} 条`);
  });
  const add = (before = null) => {
    const row = document.getElementById("empty-row").content.firstElementChild.cloneNode(true);
    rows.insertBefore(row, before);
    number();
    return row;
  };
  const select = (row, label) => {
    const list = field(row, "class");
    if (label && label !== "/" && ![...list.options].some((option) => option.value === label)) list.add(new Option(label, label));
    list.value = label === "/" ? "" : label;
  };
  const values = (row) => FIELDS.map((name) => field(row, name).value);
  const fill = (row, [label, name, cycle, annual]) => {
    select(row, label);
    field(row, "name").value = name;
    field(row, "cycle_value").value = cycle || "";
    field(row, "annual_value").value = annual;
  };

  // ── What is kept ─────────────────────────────────────────────────────────
  const snapshot = () => ({ head: HEAD.map((name) => form.elements[name].value), rows: all().map(values), cycle: form.classList.contains("with-cycle") });
  const restore = (kept) => {
    HEAD.forEach((name, at) => { form.elements[name].value = kept.head[at] || ""; });
    rows.replaceChildren();
    (kept.rows.length ? kept.rows : [["", "", "", ""]]).forEach((row) => fill(add(), row));
    showCycle(kept.cycle);
  };
  const keep = () => { try { localStorage.setItem(KEY, JSON.stringify(snapshot())); } catch (error) { /* a full or closed store */ } };
  const kept = () => {
    try {
      const found = JSON.parse(localStorage.getItem(KEY));
      return found && Array.isArray(found.head) && Array.isArray(found.rows) ? found : null;
    } catch (error) { return null; }
  };
  const toggle = document.getElementById("with-cycle");
  const showCycle = (wanted) => {
    toggle.checked = wanted;
    form.classList.toggle("with-cycle", wanted);
  };

  // ── Asking ───────────────────────────────────────────────────────────────
  let timer = 0;
  let latest = 0;
  let asking = null;
  let composing = false;
  const status = document.getElementById("status");
  const put = (place, html) => {
    if (place.made === html) return;
    const open = [...place.querySelectorAll("details")].map((part) => part.open);
    place.innerHTML = html;
    place.made = html;
    place.querySelectorAll("details").forEach((part, at) => { part.open = Boolean(open[at]); });
  };
  const show = (pieces) => {
    put(document.getElementById("summary"), pieces.summary);
    put(document.getElementById("of-goal"), pieces.goal);
    all().forEach((row, at) => put(row.querySelector(".outcome"), pieces.rows[at + 1] || ""));
    status.textContent = document.getElementById("summary").textContent.replace(/\s+/g, " ");
    form.classList.remove("stale");
  };
  const check = async () => {
    const ticket = ++latest;
    if (asking) asking.abort();
    if (all().every(isEmpty) && !form.elements.goal.value.trim()) {
      show({ summary: "", goal: "", rows: {} });
      return;
    }
    asking = new AbortController();
    try {
      const answer = await send("/write/check", fields(), asking.signal);
      const pieces = await answer.json();
      if (ticket !== latest) return; // something newer was asked meanwhile
      if (answer.ok) show(pieces);
      else status.textContent = pieces.error ? pieces.error.message : "没有审核成。";
    } catch (error) {
      if (ticket === latest && error.name !== "AbortError") status.textContent = "服务没有回答。请看它是不是还开着。";
    }
  };
  const changed = () => {
    keep();
    latest += 1; // an answer to what stood there before is of no use any more
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  };
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; changed(); });
  form.addEventListener("input", (event) => { if (!composing && !event.isComposing) changed(); });
  toggle.closest("label").hidden = false;
  toggle.addEventListener("change", () => { showCycle(toggle.checked); changed(); });

  // ── Buttons and keys ─────────────────────────────────────────────────────
  const undo = document.getElementById("undo");
  let before = null;
  const offer = (said, state) => {
    before = state;
    undo.querySelector("span").textContent = said;
    undo.hidden = false;
  };
  undo.querySelector("button").addEventListener("click", () => {
    restore(before);
    undo.hidden = true;
    changed();
    (rows.querySelector("input") || form).focus();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !["take", "remove", "add", "clear", "example"].includes(button.name)) return;
    const row = button.closest(".row");
    const state = snapshot();
    if (button.name === "example") return; // the server has it
    event.preventDefault();
    if (button.name === "take") {
      const { class: label, name, cycle, annual } = button.dataset;
      fill(row, [label, name, cycle, annual]);
      field(row, "annual_value").focus();
      offer(`第 ${row.querySelector(".no").textContent} 条已换成建议的写法。`, state);
    } else if (button.name === "remove") {
      const next = row.nextElementSibling || row.previousElementSibling || add();
      const no = row.querySelector(".no").textContent;
      row.remove();
      number();
      field(next, "name").focus();
      offer(`第 ${no} 条已删除。`, state);
    } else if (button.name === "add") {
      field(add(), "class").focus();
    } else {
      restore({ head: [], rows: Array.from({ length: 4 }, () => ["", "", "", ""]), cycle: false });
      form.elements.project.focus();
      offer("已清空。", state);
    }
    changed();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault(); // nothing is sent by Enter, and least of all the one that ends a composition
    if (event.isComposing || event.keyCode === 229) return;
    const row = event.target.closest(".row");
    if (row && event.target.name === "annual_value") field(row.nextElementSibling || add(), "name").focus();
    else if (row) field(row, "annual_value").focus();
  });

  // ── Rows from a table ────────────────────────────────────────────────────
  rows.addEventListener("paste", async (event) => {
    const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    if (!text.includes("\t") || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const input = event.target;
    const row = input.closest(".row");
    const answer = await send("/write/paste", text);
    const read = await answer.json();
    if (!answer.ok) {
      input.setRangeText(text.replace(/\s+/g, " ").trim(), input.selectionStart, input.selectionEnd, "end");
      status.textContent = read.error.message;
      changed();
      return;
    }
    const state = snapshot();
    const [project] = read.projects;
    const found = read.projects.flatMap((one) => one.indicators);
    const filler = { project: project.name, amount: project.amount, year: read.budget_year, unit: project.unit, goal: project.goal };
    Object.entries(filler).forEach(([name, value]) => { if (!form.elements[name].value && value) form.elements[name].value = value; });
    let at = row;
    found.forEach((indicator) => {
      const target = at && isEmpty(at) ? at : add(at);
      fill(target, [`${indicator.level1}/${indicator.level2}`, indicator.name, indicator.cycle_value, indicator.annual_value]);
      at = target.nextElementSibling;
    });
    if (found.some((indicator) => indicator.cycle_value)) showCycle(true);
    offer(`已粘贴 ${found.length} 条指标。`, state);
    changed();
  });

  // ── A model, if there is one ─────────────────────────────────────────────
  const ask = document.getElementById("ask");
  if (ask) {
    const dialog = document.getElementById("forecast");
    ask.hidden = false;
    ask.addEventListener("click", async () => {
      const answer = await send("/write/forecast", fields());
      const told = await answer.json();
      dialog.querySelector(".told").textContent = answer.ok ? told.text : told.error.message;
      dialog.querySelector('[value="yes"]').hidden = !answer.ok;
      dialog.returnValue = "";
      dialog.showModal();
    });
    dialog.addEventListener("close", async () => {
      if (dialog.returnValue !== "yes") return;
      const ticket = ++latest;
      ask.disabled = true;
      status.textContent = "正在等模型的回答。";
      try {
        const answer = await send("/write/ask", fields());
        const pieces = await answer.json();
        if (ticket !== latest) return; // edited meanwhile: the verdict is on another text
        if (answer.ok) show(pieces);
        else status.textContent = pieces.error.message;
      } catch (error) {
        status.textContent = "服务没有回答。请看它是不是还开着。";
      } finally {
        ask.disabled = false;
      }
    });
  }

  // A page that answers a form shows what was sent; a fresh one shows what was kept.
  const found = "given" in form.dataset ? null : kept();
  if (found) restore(found);
  all().forEach((row) => { row.querySelector(".outcome").made = row.querySelector(".outcome").innerHTML; });
  keep();
  check();
}
