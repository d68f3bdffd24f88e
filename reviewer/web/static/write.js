"use strict";

// The draft is judged while it is typed. Whatever the page shows was made by the server; this script only decides when
// to ask, and puts the pieces in their places.
const page = (() => {
  const { form, rows, field, all } = draft;
  const status = document.getElementById("status");
  const notice = document.getElementById("notice");
  const summary = document.getElementById("summary");
  const PAUSE = 50; // ms of quiet before the server is asked
  const AGAIN = 3000; // ms until a server that did not answer is asked again
  const csrf = document.querySelector('meta[name="csrf"]');
  const AWAY = "服务没有回答。写的内容还在这个浏览器里；请看服务是不是还开着，开着就会接着审核。";

  // ── Talking with the server ──────────────────────────────────────────────
  const post = (path, body, signal) =>
    fetch(path, { method: "POST", body, signal, headers: { "X-Reviewer-CSRF": csrf.content, Accept: "application/json" } });
  // A server that was started anew does not know what the one before gave out.
  const renew = async () => {
    const fresh = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
    const found = fresh.querySelector('meta[name="csrf"]');
    if (found) form.elements.csrf.value = csrf.content = found.content;
  };
  // Returns the answer; throws an Error to show, or an AbortError.
  const send = async (path, body, signal) => {
    let answer;
    try {
      answer = await post(path, body, signal);
      if (answer.status === 403) {
        await renew();
        answer = await post(path, body, signal);
      }
    } catch (error) {
      throw error.name === "AbortError" ? error : new Error(AWAY);
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => null);
    throw new Error(told && told.error ? told.error.message : "服务出了错，请过一会儿再试。");
  };
  const fields = () => new URLSearchParams(new FormData(form));
  const say = (text, wrong = true) => {
    notice.hidden = !text;
    notice.classList.toggle("good", !wrong);
    notice.textContent = text;
  };

  // Does what a button is for, once at a time, and tells what goes wrong. A button that is disabled loses the focus.
  const busy = async (button, work) => {
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    try {
      await work();
    } catch (error) {
      say(error.message);
    } finally {
      button.ariaDisabled = null;
    }
  };

  // ── Showing ──────────────────────────────────────────────────────────────
  const put = (place, html) => {
    if (place.made === html) return;
    const parts = () => [...place.querySelectorAll("a, button, summary")];
    const focused = parts().indexOf(document.activeElement);
    const open = [...place.querySelectorAll("details")].map((part) => part.open);
    place.innerHTML = html;
    place.made = html;
    place.querySelectorAll("details").forEach((part, at) => { part.open = Boolean(open[at]); });
    if (focused >= 0 && parts().length) parts()[Math.min(focused, parts().length - 1)].focus();
  };
  const show = (pieces) => {
    put(summary, pieces.summary);
    put(document.getElementById("of-goal"), pieces.goal);
    all().forEach((row, at) => put(row.querySelector(".outcome"), pieces.rows[at + 1] || ""));
    const told = summary.textContent.replace(/\s+/g, " ");
    if (status.textContent !== told) status.textContent = told;
    if (form.classList.contains("stale")) say("");
    form.classList.remove("stale");
  };

  // ── Asking ───────────────────────────────────────────────────────────────
  let timer = 0;
  let latest = 0; // counts what was asked and what was typed: an answer to anything older is late
  let asking = null;
  let composed = null; // the field in which an input method composes
  const isComposing = () => composed !== null && composed === document.activeElement;
  const check = async () => {
    const ticket = ++latest;
    if (asking) asking.abort();
    if (all().every(draft.isEmpty) && !form.elements.goal.value.trim()) return show({ summary: "", goal: "", rows: {} });
    asking = new AbortController();
    try {
      const pieces = await (await send("/write/check", fields(), asking.signal)).json();
      if (ticket === latest) show(pieces); // else something newer was asked, or typed
    } catch (error) {
      if (ticket !== latest || error.name === "AbortError") return;
      form.classList.add("stale");
      say(error.message);
      if (error.message === AWAY && !isComposing()) timer = setTimeout(check, AGAIN);
    }
  };
  const changed = () => {
    draft.keep();
    latest += 1;
    clearTimeout(timer);
    if (!isComposing()) timer = setTimeout(check, PAUSE);
  };
  form.addEventListener("draft", changed);
  form.addEventListener("compositionstart", (event) => {
    composed = event.target;
    clearTimeout(timer);
  });
  form.addEventListener("compositionend", () => {
    composed = null;
    changed();
  });
  form.addEventListener("input", (event) => {
    if (isComposing() || event.isComposing) return;
    if (!form.classList.contains("stale")) say("");
    changed();
  });

  // ── Buttons ──────────────────────────────────────────────────────────────
  const take = (row, { class: label, name, cycle, annual }) => {
    const before = draft.values(row);
    draft.fill(row, [label, name, cycle, annual]);
    draft.offer(`第 ${draft.number(row)} 条已换成建议的写法。`, () => {
      draft.fill(row, before);
      field(row, "annual_value").focus();
    });
    // What is left to be filled in is selected, so that typing fills it in.
    const open = ["name", "cycle_value", "annual_value"].map((key) => field(row, key)).find((area) => area.value.includes("〔"));
    const area = open || field(row, "annual_value");
    area.focus();
    if (open) area.setSelectionRange(area.value.indexOf("〔"), area.value.indexOf("〕") + 1);
  };
  const remove = (row) => {
    const next = row.nextElementSibling;
    const said = `第 ${draft.number(row)} 条已删除。`;
    draft.remove(row);
    const near = next || rows.lastElementChild;
    field(near, "name").focus();
    draft.offer(said, () => {
      if (all().length === 1 && draft.isEmpty(near)) near.remove(); // it stood in for the last one
      rows.insertBefore(row, next && next.isConnected ? next : null);
      draft.count();
      field(row, "name").focus();
    });
  };
  const add = () => {
    if (draft.isFull()) return say(`最多 ${draft.MOST} 条指标。`);
    field(draft.add(), "class").focus();
  };
  const whole = (said, work) => {
    const before = draft.snapshot();
    work();
    draft.offer(said, () => {
      draft.restore(before);
      form.elements.project.focus();
    }, true);
    form.elements.project.focus();
    draft.changed();
  };
  const example = async () => {
    try {
      const given = await (await fetch("/write/example")).json();
      whole("这是一个例子。", () => {
        draft.clear();
        draft.place(given.projects[0], given.budget_year, rows.firstElementChild);
      });
    } catch (error) { say(AWAY); }
  };
  const save = (button) => {
    if (all().every(draft.isEmpty)) return say("还没有写指标，没有可以导出的。");
    return busy(button, async () => {
      const answer = await send(button.getAttribute("formaction"), fields());
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = decodeURIComponent(answer.headers.get("Content-Disposition").split("''")[1]);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      say("");
    });
  };
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    event.preventDefault();
    if (!button) return;
    if (button.hasAttribute("formaction")) return save(button);
    if (button.name === "clear") return whole("已清空。", draft.clear);
    if (button.name === "example") return example();
    if (button.name === "add") add();
    else if (button.name === "remove") remove(button.closest(".row"));
    else if (button.name === "take") take(button.closest(".row"), button.dataset);
    draft.changed();
  });

  // ── Keys and links ───────────────────────────────────────────────────────
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !["INPUT", "TEXTAREA"].includes(event.target.tagName) || event.target.name === "goal") return;
    event.preventDefault(); // nothing is sent by Enter, and least of all the one that ends a composition
    if (isComposing() || event.isComposing || event.keyCode === 229) return;
    const row = event.target.closest(".row");
    if (!row) return;
    const cells = [...row.querySelectorAll("textarea")].filter((area) => area.offsetParent);
    const next = cells[cells.indexOf(event.target) + 1];
    const below = row.nextElementSibling || (draft.isFull() ? row : draft.add());
    (next || field(below, "name")).focus();
  });
  form.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#row-"]');
    const row = link && document.getElementById(link.hash.slice(1));
    if (!row) return;
    event.preventDefault(); // following it would take the focus away again
    row.scrollIntoView();
    field(row, "name").focus({ preventScroll: true });
  });

  // What came with the page is known to be there.
  document.querySelectorAll(".outcome, #summary, #of-goal").forEach((place) => { place.made = place.innerHTML; });
  draft.keep();
  check();
  // A verdict that took its time; answers that are still on their way are to the same draft, and say less.
  const settle = (pieces) => {
    latest += 1;
    clearTimeout(timer);
    show(pieces);
  };
  return { send, fields, say, settle, busy };
})();
