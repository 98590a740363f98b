"use strict";

const POLL_MILLISECONDS = 2000;
const LIMIT = 500;
const byId = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];
let chosen = null;
let shown = "";

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function person(address) {
  return address.Name ? `${address.Name} <${address.Address}>` : address.Address;
}

function people(addresses) {
  return addresses.map(person).join(", ");
}

function moment(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], today ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" });
}

function kilobytes(size) {
  return size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KB`;
}

async function api(path, options) {
  const answer = await fetch(path, { cache: "no-store", ...options });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer;
}

async function refresh() {
  const query = byId("search").value.trim();
  const path = query ? `/api/v1/search?query=${encodeURIComponent(query)}&` : "/api/v1/messages?";
  try {
    const text = await (await api(`${path}limit=${LIMIT}`)).text();
    byId("state").textContent = "live";
    byId("state").className = "state";
    if (text !== shown) drawList(JSON.parse(text), query);
    shown = text;
  } catch {
    byId("state").textContent = "disconnected";
    byId("state").className = "state lost";
  }
}

function drawList(page, query) {
  byId("total").textContent = page.total;
  document.title = page.unread ? `(${page.unread}) Mailbox` : "Mailbox";
  const focused = document.activeElement?.dataset?.id;
  byId("list").replaceChildren(...page.messages.map(row));
  byId("empty").hidden = page.messages.length > 0;
  byId("empty").textContent = query ? "No mail matches." : "No mail yet. Whatever the application sends arrives here.";
  if (focused) byId("list").querySelector(`[data-id="${focused}"]`)?.focus();
  if (chosen && !query && !page.messages.some((mail) => mail.ID === chosen)) closeMail();
}

function row(mail) {
  const button = element("button", mail.Read ? "" : "unread", "");
  button.type = "button";
  button.dataset.id = mail.ID;
  button.setAttribute("aria-current", String(mail.ID === chosen));
  button.append(
    element("span", "person", people([...mail.To, ...mail.Cc, ...mail.Bcc]) || "no recipient"),
    element("span", "when", (mail.Attachments ? "📎 " : "") + moment(mail.Created)),
    element("span", "title", mail.Subject || "(no subject)"),
    element("span", "snippet", mail.Snippet),
  );
  button.addEventListener("click", () => openMail(mail.ID));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

async function openMail(id) {
  chosen = id;
  try {
    const [mail, headers, raw] = await Promise.all([
      api(`/api/v1/message/${id}`).then((answer) => answer.json()),
      api(`/api/v1/message/${id}/headers`).then((answer) => answer.json()),
      api(`/api/v1/message/${id}/raw`).then((answer) => answer.text()),
    ]);
    if (chosen === id) drawMail(mail, headers, raw);
  } catch {
    closeMail();
  }
  shown = "";
  refresh();
}

function drawMail(mail, headers, raw) {
  byId("subject").textContent = mail.Subject || "(no subject)";
  byId("people").replaceChildren(...facts(mail));
  byId("attachments").replaceChildren(...[...mail.Attachments, ...mail.Inline].map((part) => chip(mail.ID, part)));
  byId("text").textContent = mail.Text;
  byId("raw").textContent = raw;
  byId("headers").tBodies[0].replaceChildren(
    ...Object.entries(headers).flatMap(([name, values]) => values.map((value) => headerRow(name, value))),
  );
  tabs.find((tab) => tab.dataset.tab === "html").disabled = !mail.HTML;
  byId("html").src = mail.HTML ? `/view/${mail.ID}.html` : "about:blank";
  byId("mail").hidden = false;
  byId("nothing").hidden = true;
  document.body.classList.add("reading");
  choose(mail.HTML ? "html" : "text");
}

function facts(mail) {
  const rows = [
    ["From", person(mail.From)], ["To", people(mail.To)], ["Cc", people(mail.Cc)], ["Bcc", people(mail.Bcc)],
    ["Reply to", people(mail.ReplyTo)], ["Date", `${new Date(mail.Date).toLocaleString()} · ${kilobytes(mail.Size)}`],
  ];
  return rows.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
}

function chip(id, part) {
  const name = part.FileName || part.ContentType;
  const link = element("a", "", `${name} · ${kilobytes(part.Size)}`);
  link.href = `/api/v1/message/${id}/part/${part.PartID}`;
  link.download = name;
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function headerRow(name, value) {
  const line = document.createElement("tr");
  line.append(element("th", "", name), element("td", "", value));
  return line;
}

function choose(name) {
  for (const tab of tabs) {
    const selected = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(selected));
    byId(tab.dataset.tab).hidden = !selected;
  }
}

function closeMail() {
  chosen = null;
  byId("mail").hidden = true;
  byId("nothing").hidden = false;
  document.body.classList.remove("reading");
}

async function remove(ids) {
  await api("/api/v1/messages", { method: "DELETE", body: JSON.stringify({ IDs: ids }) });
  closeMail();
  refresh();
}

for (const tab of tabs) tab.addEventListener("click", () => choose(tab.dataset.tab));
byId("search").addEventListener("input", refresh);
byId("back").addEventListener("click", closeMail);
byId("delete").addEventListener("click", () => remove([chosen]));
byId("clear").addEventListener("click", () => {
  if (window.confirm("Delete every mail?")) remove([]);
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
setInterval(() => document.hidden || refresh(), POLL_MILLISECONDS);
refresh();
