// Files by drag and drop, one after the other, with their progress. Without this script the form sends them itself.
"use strict";

const form = document.getElementById("upload");
const drop = document.getElementById("drop");
const input = document.getElementById("file");
const send = document.getElementById("send");
const said = document.getElementById("status");
const csrf = document.querySelector('meta[name="csrf"]').content;
const most = Number(form.dataset.most);
let busy = false;

drop.querySelector(".drag").hidden = false;

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", (event) => {
  if (!drop.contains(event.relatedTarget)) drop.classList.remove("over");
});
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  review([...event.dataTransfer.files]);
});
// A file dropped beside the box must not replace the page.
for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());

form.addEventListener("submit", (event) => {
  event.preventDefault();
  review([...input.files]);
});

async function review(files) {
  if (busy || !files.length) return;
  busy = send.disabled = true;
  document.getElementById("outcomes").hidden = false;
  const list = document.getElementById("list");
  const lines = files.map(line);
  list.replaceChildren(...lines);
  let address = null;
  for (const [at, file] of files.entries()) address = await one(file, lines[at]);
  busy = send.disabled = false;
  if (files.length === 1 && address) location.assign(address);
}

function line(file) {
  const item = document.getElementById("sending").content.firstElementChild.cloneNode(true);
  item.querySelector(".file").textContent = file.name;
  item.querySelector("progress").setAttribute("aria-label", file.name);
  item.querySelector("span").textContent = "等待";
  return item;
}

// Sends a file and shows what came of it; the address of its result, or null.
async function one(file, item) {
  if (file.size > most) return failed(item, `${file.name}：文件太大，最大 ${most / 2 ** 20} MB。请拆小一些再试。`);
  const answer = await sent(file, item.querySelector("progress"), item.querySelector("span"));
  const address = answer.status === 200 ? JSON.parse(answer.text).address : null;
  if (!address) return failed(item, message(answer));
  const link = document.createElement("a");
  link.href = address;
  link.textContent = "看结果";
  item.querySelector(".state").replaceChildren(link);
  said.textContent = `${file.name} 审核完了`;
  return address;
}

function sent(file, bar, words) {
  return new Promise((resolve) => {
    const body = new FormData();
    body.append("csrf", csrf);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", "/upload");
    request.setRequestHeader("Accept", "application/json");
    words.textContent = "正在上传";
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.loaded / event.total;
      words.textContent = `正在上传 ${Math.floor(100 * bar.value)}%`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = words.textContent = "正在审核";
    });
    request.addEventListener("loadend", () => resolve({ status: request.status, text: request.responseText }));
    request.send(body);
  });
}

// What went wrong, in the server's words.
function message({ status, text }) {
  if (status === 0) return "没有传到服务器。请看服务是否还在运行，再试一次。";
  try {
    return JSON.parse(text).error.message;
  } catch {
    return `服务器没有完成（状态 ${status}）。请再试一次。`;
  }
}

function failed(item, words) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.setAttribute("role", "alert");
  notice.textContent = words;
  item.querySelector(".state").replaceWith(notice);
  return null;
}
