/** data-menu on <details>: closes by Escape and by a tap elsewhere. The row of sections shows the current one. */
export function enhanceMenus(root) {
  const open = () => [...document.querySelectorAll("details[data-menu][open]")];
  root.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const current of root.querySelectorAll(".lb-nav [aria-current], .lb-side [aria-current], .lb-tabs [aria-current]")) {
    const row = current.closest("ul");
    if (row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - 24;
  }
}
