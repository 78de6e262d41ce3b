/* Takes away what needs a passkey where the browser knows none, and says in words when the ceremony
   fails. The ceremony itself is django-allauth's own script. */
(function () {
  "use strict"

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-passkey]").forEach(function (part) {
      part.hidden = !window.PublicKeyCredential
    })
  })

  document.addEventListener("allauth.error", function (event) {
    const notice = document.getElementById("passkey-error")
    if (!notice) return
    event.preventDefault()
    notice.hidden = false
    notice.focus()
  })
})()
