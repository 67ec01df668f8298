// What of a page somebody could not use. It returns a list of sentences, empty
// when all is well.
(() => {
  const faults = [];
  const name = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (typeof e.className === "string" && e.className ? "." + e.className.replace(/\s+/g, ".") : "") +
    " " + JSON.stringify((e.textContent || e.value || "").trim().slice(0, 40));
  const seen = e => {
    const s = getComputedStyle(e), r = e.getBoundingClientRect();
    return s.visibility !== "hidden" && s.display !== "none" && r.width > 0 && r.height > 0 && r.right > 0;
  };

  // Contrast of what is drawn: WCAG 1.4.3 and, for what a field is seen by, 1.4.11.
  const colour = c => { const m = c.match(/[\d.]+/g).map(Number); return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
  const light = c => [c.r, c.g, c.b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = e => {
    const layers = [];
    for (let n = e; n; n = n.parentElement) {
      const c = colour(getComputedStyle(n).backgroundColor);
      if (c.a > 0) layers.push(c);
      if (c.a === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  for (const e of document.querySelectorAll("body *")) {
    const text = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!seen(e)) continue;
    const s = getComputedStyle(e);
    if (text) {
      const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.66 && parseInt(s.fontWeight) >= 700;
      const got = ratio(over(colour(s.color), ground(e)), ground(e));
      if (got < (large ? 3 : 4.5)) faults.push(`contrast ${got.toFixed(2)} of ${name(e)}`);
      if (size < 15) faults.push(`letters of ${size} px in ${name(e)}`);
    }
    if (e.matches("input:not([type=hidden]):not([type=checkbox]):not([type=radio]),select") &&
      ratio(colour(s.borderTopColor), ground(e.parentElement)) < 3) faults.push(`the edge of ${name(e)} cannot be seen`);
  }

  // A name for everything that is used: 1.3.1, 3.3.2, 4.1.2.
  for (const e of document.querySelectorAll("input:not([type=hidden]),select,textarea")) {
    if (![...(e.labels || [])].some(l => l.textContent.trim())) faults.push(`no label: ${name(e)}`);
    if (e.placeholder) faults.push(`a placeholder in place of a hint: ${name(e)}`);
    for (const id of (e.getAttribute("aria-describedby") || "").split(/\s+/).filter(Boolean))
      if (!document.getElementById(id)) faults.push(`${name(e)} is described by ${id}, which is not there`);
    if (e.getAttribute("aria-invalid") && !e.getAttribute("aria-describedby")) faults.push(`${name(e)} is wrong and does not say why`);
  }
  for (const e of document.querySelectorAll("a,button"))
    if (!e.textContent.trim() && !e.getAttribute("aria-label")) faults.push(`no name: ${e.outerHTML.slice(0, 80)}`);
  for (const e of document.querySelectorAll("svg"))
    if (e.getAttribute("aria-hidden") !== "true" && !e.getAttribute("aria-label")) faults.push("a picture without words");
  for (const f of document.querySelectorAll("input[type=radio]"))
    if (!f.closest("fieldset")?.querySelector("legend")?.textContent.trim()) faults.push(`a choice without a question: ${name(f)}`);
  for (const n of document.querySelectorAll("nav"))
    if (!n.getAttribute("aria-label")) faults.push("a nav without a name");

  // Languages: 3.1.1, 3.1.2. Letters of one script stand in an element of its language.
  const lang = document.documentElement.lang;
  if (!["en", "hi", "bn"].includes(lang)) faults.push(`the page's language is ${JSON.stringify(lang)}`);
  const scripts = { hi: /\p{Script=Devanagari}/u, bn: /\p{Script=Bengali}/u };
  for (const e of document.querySelectorAll("title,body *")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.textContent).join("");
    const is = e.closest("[lang]")?.lang;
    for (const [l, letters] of Object.entries(scripts))
      if (letters.test(own) && is !== l && e.tagName !== "TITLE" && !e.matches("input")) faults.push(`${l} in an element of ${is}: ${name(e)}`);
  }

  // Frame: 1.3.1, 2.4.1, 2.4.2, 2.4.6.
  if (!document.title.trim()) faults.push("no title");
  if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  let level = 0;
  for (const h of document.querySelectorAll("h1,h2,h3,h4")) {
    const l = Number(h.tagName[1]);
    if (l > level + 1) faults.push(`a heading is passed over before ${name(h)}`);
    level = l;
  }
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) faults.push(`two are called ${id}`);
  for (const a of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(a.getAttribute("href").slice(1))) faults.push(`${name(a)} leads nowhere`);

  // Focus: in the order of the page, visible, nothing out of turn: 2.4.3, 2.4.7.
  for (const e of document.querySelectorAll("[tabindex]"))
    if (e.tabIndex > 0) faults.push(`out of turn: ${name(e)}`);
  const first = document.querySelector("a[href],button,input:not([type=hidden]),select");
  if (first?.getAttribute("href") !== "#" + document.querySelector("main")?.id) faults.push("the first link does not lead to the page");

  // Targets: 44 px for what stands by itself; links inside a sentence are as high as it.
  for (const e of document.querySelectorAll("a,button,input:not([type=hidden]),select")) {
    if (!seen(e)) continue;
    const label = e.closest("label"), r = (label || e).getBoundingClientRect();
    const alone = e.tagName !== "A" || getComputedStyle(e).display !== "inline";
    if (alone && (r.height < 43.5 || r.width < 43.5)) faults.push(`a target of ${Math.round(r.width)} × ${Math.round(r.height)}: ${name(e)}`);
    if (!alone && r.height < 24) faults.push(`a target of ${Math.round(r.height)}: ${name(e)}`);
  }

  // Width: nothing to the side: 1.4.10.
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth) {
    const who = [...document.querySelectorAll("body *")].find(e => seen(e) && e.getBoundingClientRect().right > wide.clientWidth + 1);
    faults.push(`wider than the screen: ${wide.scrollWidth} of ${wide.clientWidth}${who ? ", " + name(who) : ""}`);
  }
  return faults;
})()
