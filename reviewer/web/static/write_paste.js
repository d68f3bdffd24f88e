"use strict";

// Cells copied from a table: rows are read by the server, with their header or without; a column goes downwards.
document.addEventListener("paste", (event) => {
  const { rows } = draft;
  const at = document.activeElement;
  if (at !== document.body && !rows.contains(at)) return;
  const text = event.clipboardData.getData("text/plain").trimEnd();
  const isTable = event.clipboardData.getData("text/html").includes("<table");
  const isCell = at.tagName === "TEXTAREA";

  const read = async (row) => {
    try {
      const found = await (await page.send("/write/paste", text)).json();
      const before = draft.snapshot();
      const [project] = found.projects;
      const placed = draft.place(project, found.budget_year, row && row.isConnected ? row : null);
      const others = found.projects.length - 1;
      const left = project.indicators.length - placed;
      draft.offer(`已粘贴 ${placed} 条指标。`, () => draft.restore(before), true);
      draft.changed();
      if (others) page.say(`粘贴的内容另有 ${others} 个项目，没有放进来：这里一次写一个。多个项目请存成文件，到“审核文件”一页审核。`);
      else if (left) page.say(`最多 ${draft.MOST} 条指标，有 ${left} 条没有放进来。`);
    } catch (error) { page.say(error.message); }
  };
  const fillDown = (lines) => {
    const before = draft.snapshot();
    let row = at.closest(".row");
    for (const line of lines) {
      if (!row && draft.isFull()) break;
      row = row || draft.add();
      draft.write(row, at.name, line.trim());
      row = row.nextElementSibling;
    }
    draft.offer(`已粘贴 ${lines.length} 格。`, () => draft.restore(before), true);
    draft.changed();
  };

  if (text.includes("\t")) {
    event.preventDefault();
    read(at.closest(".row") || draft.all().find(draft.isEmpty));
  } else if (isCell) {
    event.preventDefault();
    // A cell with line breaks comes in quotes.
    const quoted = /^"(?:[^"]|"")*"$/.test(text) && text.includes("\n");
    const lines = (quoted ? text.slice(1, -1).replaceAll('""', '"') : text).split(/\r?\n/);
    if (lines.length > 1 && isTable && !quoted) fillDown(lines);
    // Not by setting the value: what the browser inserts, its own undo takes back.
    else document.execCommand("insertText", false, lines.map((line) => line.trim()).join(""));
  }
});
