"use strict";

// A model is asked about the draft after its price was told, and agreed to.
{
  const ask = document.getElementById("ask");
  const dialog = document.getElementById("forecast");
  ask.hidden = false;

  ask.addEventListener("click", () => page.busy(ask, async () => {
    const { text } = await (await page.send("/write/forecast", page.fields())).json();
    dialog.querySelector(".told").textContent = text;
    dialog.returnValue = "";
    dialog.showModal();
  }));

  dialog.addEventListener("close", () => dialog.returnValue === "yes" && page.busy(ask, async () => {
    const asked = page.fields();
    page.say("正在等模型的回答，要等几十秒。这时改了内容，回答就不采用。", false);
    const pieces = await (await page.send("/write/ask", asked)).json();
    const isLate = String(page.fields()) !== String(asked);
    if (!isLate) page.settle(pieces);
    page.say(isLate ? "等回答的时候内容改了，模型的话没有采用。" : "模型判断完了，结果在目标和各条旁边。", isLate);
  }));
}
