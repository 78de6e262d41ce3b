/* The year's board by mouse: a card that is dropped on a column opens the page of that step, which
   shows first what would happen. Nothing is changed here; each card names the pages by itself. */
(function () {
  "use strict"

  const board = document.querySelector(".board")
  if (!board) return
  const piles = Array.from(board.querySelectorAll("[data-column]"))
  let card = null
  let goal = null /* followed when the drag is over, so that none is left hanging */

  function address(pile) {
    return card && pile ? card.getAttribute("data-to-" + pile.dataset.column) : null
  }

  function begin(event) {
    card = event.target.closest(".board-card[draggable]")
    if (!card) return
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", "")
    board.classList.add("board-dragging")
    piles.forEach(function (pile) {
      pile.classList.toggle("pile-target", Boolean(address(pile)))
    })
  }

  function over(event) {
    const pile = event.target.closest("[data-column]")
    piles.forEach(function (one) {
      one.classList.toggle("pile-over", one === pile && Boolean(address(one)))
    })
    if (!address(pile)) return /* a forbidden column takes nothing */
    event.preventDefault()
    event.dataTransfer.dropEffect = "move"
  }

  function drop(event) {
    goal = address(event.target.closest("[data-column]"))
    if (goal) event.preventDefault()
  }

  function end() {
    const to = goal
    card = goal = null
    board.classList.remove("board-dragging")
    piles.forEach(function (pile) { pile.classList.remove("pile-target", "pile-over") })
    if (to) window.location.assign(to)
  }

  board.querySelectorAll(".board-card").forEach(function (one) {
    const leads = piles.some(function (pile) {
      return one.hasAttribute("data-to-" + pile.dataset.column)
    })
    if (leads) one.setAttribute("draggable", "true")
  })
  board.addEventListener("dragstart", begin)
  board.addEventListener("dragover", over)
  board.addEventListener("drop", drop)
  board.addEventListener("dragend", end)
})()
