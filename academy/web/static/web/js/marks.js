/* Attendance that survives a lost connection: marks go into a queue on this device and from there
   to the server in their order, each under a name of its own, so that it is written once however
   often it is sent. The queue holds ids, no names. */
(function () {
  "use strict"

  const form = document.querySelector("form[data-marks]")
  if (!form || !window.crypto?.randomUUID || !window.AbortSignal?.timeout) return
  const words = form.dataset
  const summary = document.querySelector("[data-marks-summary]")
  const way = document.querySelector("[data-marks-sign-in]")
  const prefix = `marks:${words.who}:${words.session}:`
  const inMemory = {} // what the browser would not keep: leaving is warned of
  const savedAt = {} // when a mark of this visit was saved, by enrolment
  let running = null, signedOut = false, waiting = false, gone = 0, pause = 0, timer = 0

  const rows = () => [...form.querySelectorAll("[data-mark]")]
  const rowOf = (id) => rows().find((row) => row.dataset.mark === id)
  const part = (row, name) => row.querySelector(`[name$="-${name}"]`)

  function disk() {
    try { return window.localStorage } catch { return null }
  }

  function put(entry) {
    try { disk().setItem(entry.key, JSON.stringify(entry)) } catch { inMemory[entry.key] = entry }
  }

  function drop(entry) {
    delete inMemory[entry.key]
    disk()?.removeItem(entry.key)
  }

  /* What is kept, in the order of marking; also what another tab has put there. */
  function queue() {
    const there = { ...disk(), ...inMemory }
    const keys = Object.keys(there).filter((key) => key.startsWith(prefix)).sort()
    return keys.map((key) => inMemory[key] || JSON.parse(there[key]))
  }

  const toSend = () => queue().filter((entry) => !entry.refused)
  const entriesOf = (row) => queue().filter((entry) => entry.enrollment === row.dataset.mark)

  /* A newer mark replaces one that was never sent; what may have arrived stays before it. */
  function add(row, status, minutes) {
    const last = Number(queue().pop()?.key.slice(prefix.length).split(":")[0] || 0)
    let seen = part(row, "seen").value || null
    for (const entry of entriesOf(row)) {
      if (entry.refused || !entry.tried) drop(entry)
      else seen = entry.nonce
    }
    const nonce = crypto.randomUUID()
    const key = `${prefix}${String(last + 1).padStart(9, "0")}:${nonce}`
    const page = location.pathname
    put({ key, page, enrollment: row.dataset.mark, status, minutes, nonce, seen })
  }

  function mark(row) {
    const status = part(row, "status").value
    const inPart = words.inPart.split(" ").includes(status)
    const minutes = inPart ? part(row, "minutes").value : null
    if (status && minutes !== "") add(row, status, inPart ? Number(minutes) : null)
  }

  function flush() {
    clearTimeout(timer)
    running ||= work().finally(() => { running = null; show() })
    return running
  }

  async function work() {
    waiting = navigator.onLine === false
    while (!waiting && toSend().length && (await send(toSend()[0])));
  }

  /* Answers whether to go on. */
  async function send(entry) {
    put(Object.assign(entry, { tried: true }))
    show()
    const { enrollment, status, minutes, nonce, seen } = entry
    const answer = await fetch(words.url, {
      method: "POST",
      signal: AbortSignal.timeout(20000),
      headers: {
        "Content-Type": "application/json",
        "Idempotency-Key": nonce,
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ marks: [{ enrollment, status, minutes, nonce, seen }] }),
    }).catch(() => null)
    if (!answer) return later(0)
    if (answer.ok) return saved(entry)
    signedOut = answer.status === 401 || answer.status === 403
    if (signedOut) return false
    const problem = await answer.json().catch(() => ({}))
    if (answer.status >= 500 || answer.status === 429 || problem.code === "idempotency_key_in_flight")
      return later(answer.headers.get("Retry-After"))
    await refused(entry, problem)
    return true
  }

  function later(seconds) {
    waiting = true
    pause = Math.min(60, Math.max(Number(seconds), pause * 2 || 2))
    timer = setTimeout(flush, pause * 1000)
    return false
  }

  function saved(entry) {
    drop(entry)
    pause = 0
    savedAt[entry.enrollment] = new Date().toTimeString().slice(0, 5)
    const row = rowOf(entry.enrollment)
    if (row) part(row, "seen").value = entry.nonce
    return true
  }

  /* A no is final for this mark; one that was made after it stands on the same line. */
  async function refused(entry, problem) {
    const after = queue().find((one) => one.seen === entry.nonce)
    const row = rowOf(entry.enrollment)
    drop(entry)
    if (after) return put({ ...after, seen: entry.seen })
    if (!row) return gone++
    put({ ...entry, refused: problem.errors?.[0]?.detail || problem.detail || " " })
    if (problem.code === "mark_overtaken") await lookAgain(row)
  }

  /* What the sheet says now, so that the next mark is made in sight of it. */
  async function lookAgain(row) {
    const page = await fetch(location.href).then((answer) => answer.text()).catch(() => "")
    const now = new DOMParser().parseFromString(page, "text/html")
      .querySelector(`[data-mark="${row.dataset.mark}"]`)
    if (now) for (const name of ["status", "minutes", "seen"]) part(row, name).value = part(now, name).value
  }

  function show() {
    for (const row of rows()) {
      const [state, leave] = row.querySelectorAll("[data-mark-state], [data-mark-leave]")
      const own = entriesOf(row).pop(), at = savedAt[row.dataset.mark]
      state.textContent = own?.refused ? `${words.refused} ${own.refused}`
        : own ? words.waits : at ? `${words.saved} ${at}` : ""
      state.classList.toggle("field-error", Boolean(own?.refused))
      leave.hidden = !own?.refused
    }
    const left = toSend().length, no = queue().length - left
    const latest = Object.values(savedAt).sort().pop()
    way.hidden = !(signedOut && left)
    const text = [
      left && (signedOut ? words.signedOut : waiting ? words.waiting : words.sending),
      no && words.refusals,
      gone && words.gone,
      !left && !no && (latest ? `${words.allSaved} ${latest}` : words.kept),
    ].filter(Boolean).join(" ").replaceAll("{n}", left).replaceAll("{r}", no)
    if (summary.textContent !== text) summary.textContent = text
  }

  function soon() {
    clearTimeout(timer)
    timer = setTimeout(flush, 600) // who goes through a list by its arrows has not chosen yet
    waiting = navigator.onLine === false
    show()
  }

  function atOnce() {
    pause = 0
    flush()
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-mark]")
    if (row) { mark(row); soon() }
  })

  form.addEventListener("click", (event) => {
    if (!event.target.matches("[data-mark-leave]")) return
    const row = event.target.closest("[data-mark]")
    entriesOf(row).forEach(drop)
    show()
    part(row, "status").focus()
  })

  /* With nothing left to save, the page is sent: it leads on, as without scripts. */
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (event.submitter?.name === "rest") {
      for (const row of rows().filter((one) => !part(one, "status").value)) {
        part(row, "status").value = event.submitter.value
        mark(row)
      }
    }
    await running
    await flush()
    if (!queue().length) form.submit()
  })

  window.addEventListener("beforeunload", (event) => {
    if (Object.keys(inMemory).length) event.returnValue = "-"
  })
  window.addEventListener("online", atOnce)
  window.addEventListener("offline", soon)
  window.addEventListener("storage", show)
  document.addEventListener("visibilitychange", () => document.hidden || atOnce())

  /* What an earlier visit left: shown in its line, and sent. */
  for (const entry of queue()) {
    const row = rowOf(entry.enrollment)
    if (entry.refused && !row) drop(entry)
    else if (!entry.refused && row) {
      part(row, "status").value = entry.status
      part(row, "minutes").value = entry.minutes ?? ""
    }
  }
  atOnce()
})()
