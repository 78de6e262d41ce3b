/* Answers for one page, whose owner asked to keep it for the day (marks-kept.js): from the network
   while there is one, and from what was kept today while there is none. Keeps nothing by itself. */
"use strict"

self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))

self.addEventListener("fetch", (event) => {
  const wanted = event.request
  const isOurs = wanted.mode === "navigate" || new URL(wanted.url).pathname.startsWith("/static/")
  if (wanted.method === "GET" && isOurs) event.respondWith(fetch(wanted).catch(() => kept(wanted)))
})

async function kept(wanted) {
  const cache = await caches.open("marks " + new Date().toDateString())
  return (await cache.match(wanted, { ignoreVary: true, ignoreSearch: true })) || Response.error()
}
