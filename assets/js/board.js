/** data-board: cards are dragged to a column that one of their moves leads to. The buttons below them do the same. */
import { fresh } from "./say.js";

let dragged = null;

/** The form or link of the card's first move to this column. */
function moveTo(card, column) {
  return card?.querySelector(`[data-board-move="${CSS.escape(column.dataset.boardColumn)}"]`);
}

function prepareCard(card) {
  card.draggable = true;
  card.addEventListener("dragstart", (event) => {
    dragged = card;
    card.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    for (const column of card.closest("[data-board]").querySelectorAll("[data-board-column]")) column.classList.toggle("is-target", Boolean(moveTo(card, column)));
  });
  card.addEventListener("dragend", () => {
    dragged = null;
    card.classList.remove("is-dragged");
    for (const column of document.querySelectorAll(".is-target")) column.classList.remove("is-target");
  });
}

function prepareColumn(column) {
  column.addEventListener("dragover", (event) => {
    if (moveTo(dragged, column)) event.preventDefault();
  });
  column.addEventListener("drop", (event) => {
    const move = moveTo(dragged, column);
    if (!move) return;
    event.preventDefault();
    if (move.matches("form")) move.requestSubmit();
    else location.assign(move.href);
  });
}

export function enhanceBoards(root) {
  fresh(root, "[data-board-card]", "Card").forEach(prepareCard);
  fresh(root, "[data-board-column]", "Column").forEach(prepareColumn);
}
