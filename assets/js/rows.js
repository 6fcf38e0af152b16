/** .lb-rows: j and k, or the arrows once a row has the focus, go from one record to the next; "/" goes to the search. */
const typing = (element) => element instanceof Element && element.closest("input, select, textarea, [contenteditable], dialog, .leaflet-container");

export function enhanceRows(document) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector('main input[type="search"]');
      if (!search) return;
      search.focus();
      event.preventDefault();
      return;
    }
    const links = [...document.querySelectorAll("main .lb-rows .lb-row-title a")];
    const at = links.indexOf(document.activeElement);
    const step = { j: 1, k: -1, ArrowDown: at < 0 ? 0 : 1, ArrowUp: at < 0 ? 0 : -1 }[event.key] || 0;
    if (!step || !links.length) return;
    links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)].focus();
    event.preventDefault();
  });
}
