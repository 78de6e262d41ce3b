/* Comforts only: every page does its whole work without this file. */
(function () {
  "use strict"

  /* A drop-down menu closes when one looks elsewhere, or presses Escape. */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false
    })
  })
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return
    const menu = event.target.closest && event.target.closest("details.menu[open]")
    if (!menu) return
    menu.open = false
    menu.querySelector("summary").focus()
  })

  /* A choice that needs no button: <select data-autosubmit>. */
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit()
  })

  /* What a swap has changed is told to those who do not see it (<p role="status" data-tells="id">:
     the words of the part's [data-told]); and the focus stays on the page when what had it is gone. */
  let had = null
  document.addEventListener("htmx:beforeSwap", function () { had = document.activeElement })
  document.addEventListener("htmx:afterSettle", function (event) {
    const part = event.target
    const region = document.querySelector(`[data-tells="${part.id}"]`)
    if (!region) return
    const told = [...part.querySelectorAll("[data-told]")]
    region.textContent = told.map(function (one) { return one.innerText.trim() }).join(". ")
    if (had && !had.isConnected && document.activeElement === document.body) {
      part.querySelector("[data-told][tabindex]").focus()
    }
  })

  /* A page that was kept for when there is no line (marks-kept.js) goes when its day is over, also
     under a page that stays open, and all of them go at sign-out: the next reader of a shared
     computer finds nothing. A browser that is closed erases when it next shows a page of ours, or
     the kept one (marks-worker.js). */
  function forgetPages() {
    if (!window.caches || !navigator.serviceWorker) return
    const signedOut = !document.querySelector('form[action$="/sign-out/"]')
    const today = "marks " + new Date().toDateString()
    caches.keys().then(function (names) {
      const old = names.filter(function (name) {
        return name.startsWith("marks ") && (signedOut || name !== today)
      })
      if (!old.length) return
      old.forEach(function (name) { caches.delete(name) })
      navigator.serviceWorker.getRegistrations().then(function (all) {
        all.forEach(function (one) { one.unregister() })
      })
    })
  }

  function atMidnight() {
    const midnight = new Date().setHours(24, 0, 0, 0)
    setTimeout(function () { forgetPages(); atMidnight() }, midnight - Date.now())
  }

  /* <button data-print>: see .with-scripts. */
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-print]").forEach(function (button) {
      button.addEventListener("click", function () { window.print() })
    })
    /* A summary of errors takes the focus, also in browsers that ignore autofocus on it. */
    const summary = document.querySelector(".error-summary[autofocus]")
    if (summary) summary.focus()
    forgetPages()
    atMidnight()
  })
  /* A computer that slept has missed its midnight. */
  document.addEventListener("visibilitychange", function () { if (!document.hidden) forgetPages() })
})()
