// Keeps what is entered on the device until the server has it. Without this
// script the forms go straight to the server.
"use strict";

(() => {
  const place = "tikaline.entries"; // in the browser's storage
  const body = document.body;
  const box = document.getElementById("entries");

  // What belongs to another centre waits for somebody of that one to sign in.
  const ours = (e) => e.centre === body.dataset.centre;

  const read = () => {
    try { return JSON.parse(localStorage.getItem(place)) || []; } catch { return []; }
  };
  const write = (list) => localStorage.setItem(place, JSON.stringify(list));

  // Two pages may be open: what the other one added meanwhile is kept.
  const change = (id, how) => write(read().map((e) => (e.id === id ? how(e) : e)).filter(Boolean));

  let reached = true; // the server, the last time

  const show = () => {
    const list = read().filter(ours);
    const lines = box.querySelector("ul");
    lines.replaceChildren();
    for (const e of list) {
      const line = box.querySelector("template").content.cloneNode(true);
      line.querySelector(".what").textContent = e.why ? e.label + ":" : e.label;
      line.querySelector(".why").textContent = e.why || "";
      const away = line.querySelector("button");
      away.hidden = !e.why; // what may yet be sent cannot be put away
      away.addEventListener("click", () => { change(e.id, () => null); show(); });
      lines.append(line);
    }
    box.hidden = list.length === 0;
    document.getElementById("offline").hidden = navigator.onLine && reached;
    for (const e of list) {
      const row = e.appointment && document.getElementById("a" + e.appointment);
      if (row && !e.why) row.classList.add("entered"), row.querySelector("details")?.remove();
    }
  };

  // send sends what there is, and where asked to, tries the line with nothing.
  let sending = false;
  const send = async (anyway) => {
    const list = read().filter((e) => ours(e) && !e.why).slice(0, 100);
    if (sending || (list.length === 0 && !anyway)) return;
    sending = true;
    try {
      const got = await fetch("/centre/entries", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Form-Token": body.dataset.token },
        body: JSON.stringify({ sent: Date.now(), entries: list.map(({ label, why, centre, ...e }) => e) }),
      });
      reached = true;
      if (got.status === 401 || got.status === 403) {
        // Signed out, or this page is an old one: a new one asks for the password
        // or has its own token. Once in a minute is enough.
        const last = Number(sessionStorage.getItem("tikaline.renewed"));
        if (Date.now() - last > 60000) {
          sessionStorage.setItem("tikaline.renewed", String(Date.now()));
          location.assign("/centre/");
        }
        return;
      }
      if (!got.ok) return;
      let done = 0;
      for (const r of await got.json()) {
        if (r.done) { change(r.id, () => null); done++; }
        else if (r.why) change(r.id, (e) => ({ ...e, why: r.why }));
      }
      if (done > 0) document.getElementById("kept").hidden = false;
      if (done > 0 && location.pathname === "/centre/" && read().filter(ours).length === 0) location.replace("/centre/");
    } catch {
      reached = false; // they stay, and are sent later
    } finally {
      sending = false;
      show();
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.action.endsWith("/centre/logout")) {
      navigator.serviceWorker?.controller?.postMessage("wipe");
      return;
    }
    const kind = form.dataset.kind;
    if (!kind) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    // An id of its own for each, as the page may be one of yesterday's.
    const id = crypto.randomUUID();
    const row = form.closest("li");
    const label = fields.name || row?.querySelector(".name strong")?.textContent || fields.reference;
    delete fields.token;
    delete fields.request;
    const list = read();
    const pressedTwice = (e) => ours(e) && e.kind === kind && !e.why && fields.reference && e.reference === fields.reference;
    if (!list.some(pressedTwice)) {
      list.push({ id, kind, label, centre: body.dataset.centre, at: Date.now(), reference: fields.reference, appointment: fields.appointment || undefined, fields });
      write(list);
    }
    show();
    if (form.id === "walkin") {
      form.reset(); // so that pressing again sends nothing: what is required is empty
      form.elements.number.focus();
    }
    send();
  });

  window.addEventListener("online", () => send(true));
  window.addEventListener("offline", show);
  window.addEventListener("storage", show);
  setInterval(() => send(!reached), 20000);
  navigator.serviceWorker?.register("/centre/worker.js");
  show();
  send(true);
})();
