/* Answers for one page, whose owner asked to keep it for the day (marks-kept.js): from the network
   while there is one, and from what was kept today while there is none. Keeps nothing by itself,
   and whenever it is woken it erases what was kept on another day. */
"use strict"

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))

self.addEventListener("fetch", (event) => {
  event.waitUntil(forgetOtherDays())
  const wanted = event.request
  const isOurs = wanted.mode === "navigate" || new URL(wanted.url).pathname.startsWith("/static/")
  if (wanted.method === "GET" && isOurs) event.respondWith(fetch(wanted).catch(() => kept(wanted)))
})

const today = () => "marks " + new Date().toDateString()

async function forgetOtherDays() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== today()).map((name) => caches.delete(name)))
}

async function kept(wanted) {
  const way = { cacheName: today(), ignoreVary: true, ignoreSearch: true }
  return (await caches.match(wanted, way)) || Response.error()
}
