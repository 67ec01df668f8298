// Answers for the pages of a centre when there is no network: with the page as
// it was loaded last. Nothing that is sent goes through here.
"use strict";

const kept = "centre";
const patience = 6000; // ms until the last page does, on a line that hangs

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

// The list and the empty form are all that is of use without a network.
function useful(url) {
  return url.pathname === "/centre/" || url.pathname === "/centre/walkin" || url.pathname.startsWith("/centre/assets/");
}

async function answer(request, url) {
  const cache = await caches.open(kept);
  const asset = url.pathname.startsWith("/centre/assets/");
  const key = url.origin + url.pathname; // whatever stands behind the question mark
  if (asset) {
    const there = await cache.match(key);
    if (there) return there;
  }
  let timer;
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error("too slow")), patience); });
  try {
    const got = await Promise.race([fetch(request), late]);
    // Where the answer leads to the sign-in the list is nobody's any more.
    if (got.ok) await cache.put(key, got.clone());
    else if (got.type === "opaqueredirect") await caches.delete(kept);
    return got;
  } catch (failed) {
    const there = await cache.match(key);
    if (there) return there;
    const list = await cache.match(url.origin + "/centre/");
    if (list && request.mode === "navigate") return list;
    throw failed;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method === "GET" && url.origin === self.location.origin && useful(url)) {
    e.respondWith(answer(e.request, url));
  }
});

self.addEventListener("message", (e) => {
  if (e.data === "wipe") e.waitUntil(caches.delete(kept));
});
