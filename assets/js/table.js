/** data-table-editor: rows are added from the template and marked as removed; the server reads the same names either way. */
import { fresh } from "./say.js";

function markRemoved(box) {
  box.closest("[data-table-row]").classList.toggle("is-removed", box.checked);
}

export function enhanceTables(root) {
  for (const editor of fresh(root, "[data-table-editor]", "Table")) {
    const rows = editor.querySelector("[data-table-rows]");
    const template = editor.querySelector("[data-table-template]");
    editor.addEventListener("change", (event) => {
      if (event.target.matches("[data-table-remove]")) markRemoved(event.target);
    });
    editor.querySelectorAll("[data-table-remove]").forEach(markRemoved);
    editor.querySelector("[data-table-add]").addEventListener("click", () => {
      const next = Number(editor.dataset.next);
      editor.dataset.next = String(next + 1);
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next));
      rows.append(holder.content);
      rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea").focus();
    });
  }
}
