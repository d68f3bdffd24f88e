// Filter and search: what fits stays, the rest is hidden and counted.
{
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const reset = form.querySelector("[type=reset]");
  const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const findings = (part) => [...part.querySelectorAll("li[data-code]")].map((item) => item.dataset);
  const links = {};
  document.querySelectorAll("[data-project]").forEach((item) => { links[item.dataset.project] = item; });

  const projects = [...document.querySelectorAll(".project")].map((part) => ({
    part,
    link: links[part.id],
    unit: part.dataset.unit,
    grade: part.dataset.grade,
    leftOut: part.querySelector(".left-out"),
    text: folded(part.querySelector("header").textContent + part.querySelector(".about").textContent),
    findings: findings(part.querySelector(".about")),
    indicators: [...part.querySelectorAll(".indicator")].map((row) => ({
      part: row,
      grade: row.dataset.grade,
      title: row.dataset.class,
      vague: "vague" in row.dataset,
      text: folded(row.textContent),
      findings: findings(row),
    })),
  }));
  const all = projects.reduce((sum, project) => sum + project.indicators.length, 0);

  const apply = () => {
    const asked = new FormData(form);
    const text = folded(asked.get("text"));
    const grades = asked.getAll("grade");
    const severities = asked.getAll("severity");
    const code = asked.get("code");
    const unit = asked.get("unit");
    const title = asked.get("class");
    const vague = asked.has("vague");
    const ofFinding = severities.length > 0 || code !== "";
    const ofRow = grades.length > 0 || title !== "" || vague;
    const active = ofFinding || ofRow || text !== "" || Boolean(unit);
    const found = (part) => !ofFinding || part.findings.some((finding) =>
      (!severities.length || severities.includes(finding.severity)) && (!code || finding.code === code));
    let projectsShown = 0;
    let rowsShown = 0;

    for (const project of projects) {
      const inUnit = !unit || project.unit === unit;
      const named = project.text.includes(text);
      let rows = 0;
      for (const row of project.indicators) {
        const fits = inUnit && (named || row.text.includes(text)) && found(row)
          && (!grades.length || grades.includes(row.grade)) && (!title || row.title === title) && (!vague || row.vague);
        row.part.hidden = !fits;
        rows += fits;
      }
      // A project stands for itself where only it was asked for, or where it has no rows to stand for it.
      const gradeFits = !grades.length || (!project.indicators.length && grades.includes(project.grade));
      const itself = inUnit && named && found(project) && gradeFits && !title && !vague;
      const fits = rows > 0 || itself;
      project.part.hidden = !fits;
      project.link.hidden = !fits;
      if (project.leftOut) {
        const missing = project.indicators.length - rows;
        project.leftOut.hidden = missing === 0;
        project.leftOut.textContent = `本项目另有 ${missing} 条指标不符合筛选，没有显示。`;
      }
      projectsShown += fits;
      rowsShown += rows;
    }
    reset.hidden = !active;
    shown.classList.toggle("active", active);
    shown.textContent = projectsShown
      ? `${active ? "筛选后显示" : "显示"} ${projectsShown} 个项目、${rowsShown} 条指标${active ? `（共 ${projects.length} 个、${all} 条）` : ""}`
      : "没有符合条件的项目和指标。";
  };

  // While an input method composes, the field holds pinyin, not words, and its keys are not meant for us.
  const composes = (event) => event.isComposing || event.keyCode === 229;
  form.addEventListener("input", (event) => { if (!composes(event)) apply(); });
  form.addEventListener("compositionend", apply);
  form.addEventListener("keydown", (event) => {
    if (composes(event) || event.target !== form.elements.text) return;
    if (event.key === "Escape") {
      form.elements.text.value = "";
      apply();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied after the event.
  form.addEventListener("reset", () => setTimeout(apply));

  // A link must never lead to something hidden.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("[hidden]")) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
    }
  };
  addEventListener("hashchange", reveal);

  form.hidden = projects.length === 0;
  shown.hidden = form.hidden;
  apply(); // a reloaded page may have kept what was entered
}

// Copy a proposal, its cells parted by tabs as a spreadsheet takes them.
{
  const copied = (button) => {
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = "复制"; }, 1500);
  };
  const byHand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  document.querySelectorAll(".copy").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = button.dataset.copy;
      if (!navigator.clipboard) {
        if (byHand(text)) copied(button);
        return;
      }
      navigator.clipboard.writeText(text).then(() => copied(button), () => { if (byHand(text)) copied(button); });
    });
  });
}
