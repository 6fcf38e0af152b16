/** data-lines: a text that shows all of its lines, each with its number beside it. */
export function enhanceCode(root) {
  for (const area of root.querySelectorAll("textarea[data-lines]:not([data-counted])")) {
    area.dataset.counted = "";
    const count = () => {
      const lines = area.value.split("\n").length + 7;
      if (Number(area.rows) === lines) return;
      area.rows = lines;
      area.previousElementSibling.textContent = Array.from({ length: lines }, (_, line) => `${line + 1}\n`).join("");
    };
    area.addEventListener("input", count);
    count();
  }
}
