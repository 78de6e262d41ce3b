/* Keeps the page of one session on a device whose owner asks for it: it then opens without a line,
   until the day is over or its owner signs out (enhance.js sees to both). */
(function () {
  "use strict"

  const button = document.querySelector("[data-keep-page]")
  if (!button || !navigator.serviceWorker || !window.caches) return
  const told = document.querySelector("[data-page-kept]")

  async function keep() {
    const files = performance.getEntriesByType("resource").map((one) => one.name)
    const cache = await caches.open("marks " + new Date().toDateString())
    await cache.addAll([location.pathname, ...new Set(files.filter((name) => name.includes("/static/")))])
    await navigator.serviceWorker.register(button.dataset.worker, { scope: location.pathname })
    await navigator.serviceWorker.ready
    button.hidden = true
    told.textContent = button.dataset.kept
  }

  navigator.serviceWorker.getRegistration().then((known) => {
    const isKept = known && new URL(known.scope).pathname === location.pathname
    button.hidden = Boolean(isKept)
    if (isKept) keep().catch(() => { told.textContent = button.dataset.kept })
  })
  button.addEventListener("click", () => keep().catch(() => { told.textContent = button.dataset.failed }))
})()
