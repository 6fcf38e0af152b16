/** data-table-editor: rows are added from the template and marked as removed; the server reads the same names either way. */
import { fresh } from "./say.js";

function markRemoved(box) {
  box.closest("[data-table-row]").classList.toggle("is-removed", box.checked);
}

/** What a row asks for is demanded only once something stands in it: an empty row, and one that is taken out, may stay. */
function demand(row) {
  const controls = [...row.querySelectorAll("input:not([type=hidden], [data-table-remove]), select, textarea")];
  const filled = (one) => (["radio", "checkbox"].includes(one.type) ? one.checked : one.value.trim() !== "" && !one.name.endsWith(".unit"));
  const used = !row.classList.contains("is-removed") && controls.some(filled);
  for (const one of controls) {
    if (one.required) one.dataset.asked = "";
    one.required = used && "asked" in one.dataset;
  }
}

export function enhanceTables(root) {
  for (const editor of fresh(root, "[data-table-editor]", "Table")) {
    const rows = editor.querySelector("[data-table-rows]");
    const template = editor.querySelector("[data-table-template]");
    editor.addEventListener("change", (event) => {
      if (event.target.matches("[data-table-remove]")) markRemoved(event.target);
    });
    for (const happening of ["input", "change"]) {
      editor.addEventListener(happening, (event) => demand(event.target.closest("[data-table-row]")));
    }
    editor.querySelectorAll("[data-table-remove]").forEach(markRemoved);
    editor.querySelectorAll("[data-table-row]").forEach(demand);
    editor.querySelector("[data-table-add]").addEventListener("click", () => {
      const next = Number(editor.dataset.next);
      editor.dataset.next = String(next + 1);
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next));
      rows.append(holder.content);
      demand(rows.lastElementChild);
      rows.lastElementChild.querySelector("input:not([type=hidden]), select, textarea").focus();
    });
  }
}
