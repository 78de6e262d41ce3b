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

  /* <button data-print hidden>: shown only where it works. */
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-print]").forEach(function (button) {
      button.hidden = false
      button.addEventListener("click", function () { window.print() })
    })
    /* A summary of errors takes the focus, also in browsers that ignore autofocus on it. */
    const summary = document.querySelector(".error-summary[autofocus]")
    if (summary) summary.focus()
  })
})()
