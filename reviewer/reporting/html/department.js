// Sort a table by a column: a number by its value, text as Chinese is ordered; once more turns it round.
{
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  const value = (row, at) => {
    const cell = row.cells[at];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };
  const compare = (one, other) => (typeof one === "number" && typeof other === "number"
    ? one - other : collator.compare(one, other));
  document.querySelectorAll("table.sortable").forEach((table) => {
    const [body] = table.tBodies;
    if (body.rows.length < 3) return;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending"
          || (head.classList.contains("number") && head.getAttribute("aria-sort") !== "descending");
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sign = down ? -1 : 1;
        const rows = [...body.rows].map((row) => [value(row, at), row]);
        rows.sort(([one], [other]) => sign * compare(one, other));
        body.append(...rows.map(([, row]) => row));
      });
    });
  });
}

// Filter the projects: what fits stays, the rest is hidden and counted.
{
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const reset = form.querySelector("[type=reset]");
  const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const rows = [...document.querySelectorAll("#projects-table tbody tr")].map((row) => ({
    row,
    unit: row.cells[1].textContent,
    grade: row.cells[5].textContent.trim(),
    text: folded(row.textContent),
  }));

  const apply = () => {
    const asked = new FormData(form);
    const text = folded(asked.get("text"));
    const grades = asked.getAll("grade");
    const unit = asked.get("unit") || "";
    const active = text !== "" || grades.length > 0 || unit !== "";
    let count = 0;
    for (const each of rows) {
      const fits = each.text.includes(text) && (!grades.length || grades.includes(each.grade))
        && (!unit || each.unit === unit);
      each.row.hidden = !fits;
      count += fits;
    }
    reset.hidden = !active;
    shown.classList.toggle("active", active);
    shown.textContent = count
      ? `${active ? "筛选后显示" : "显示"} ${count} 个项目${active ? `（共列出 ${rows.length} 个）` : ""}`
      : "没有符合条件的项目。";
  };

  // While an input method composes, the field holds pinyin, not words, and its keys are not meant for us.
  const composes = (event) => event.isComposing || event.keyCode === 229;
  form.addEventListener("input", (event) => { if (!composes(event)) apply(); });
  form.addEventListener("compositionend", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied after the event.
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = rows.length === 0;
  shown.hidden = form.hidden;
  apply(); // a reloaded page may have kept what was entered
}
