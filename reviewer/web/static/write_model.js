"use strict";

// A model is asked about the draft after its price was told, and agreed to.
{
  const ask = document.getElementById("ask");
  const dialog = document.getElementById("forecast");
  ask.hidden = false;

  ask.addEventListener("click", async () => {
    ask.disabled = true;
    try {
      const { text } = await (await page.send("/write/forecast", page.fields())).json();
      dialog.querySelector(".told").textContent = text;
      dialog.returnValue = "";
      dialog.showModal();
    } catch (error) {
      page.say(error.message);
    } finally {
      ask.disabled = false;
    }
  });

  dialog.addEventListener("close", async () => {
    if (dialog.returnValue !== "yes") return;
    const ticket = page.ticket();
    ask.disabled = true;
    page.say("正在等模型的回答，要等几十秒。这时改了内容，回答就不采用。", false);
    try {
      const pieces = await (await page.send("/write/ask", page.fields())).json();
      const isLate = !page.isLatest(ticket);
      if (!isLate) page.show(pieces);
      page.say(isLate ? "等回答的时候内容改了，模型的话没有采用。" : "模型判断完了，结果在目标和各条旁边。", isLate);
    } catch (error) {
      page.say(error.message);
    } finally {
      ask.disabled = false;
      ask.focus();
    }
  });
}
