/** data-tabs: links to panels of the same page become tabs. Without scripts the panels stand below one another. */
import { fresh } from "./say.js";

function prepare(nav) {
  const links = [...nav.querySelectorAll('a[href^="#"]')];
  const panels = links.map((link) => document.getElementById(link.hash.slice(1)));
  if (panels.some((panel) => !panel)) return;
  const list = nav.querySelector("ul");
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", nav.getAttribute("aria-label"));
  for (const item of list.children) item.setAttribute("role", "presentation");

  function show(index, focus) {
    links.forEach((link, at) => {
      const chosen = at === index;
      link.setAttribute("aria-selected", String(chosen));
      link.tabIndex = chosen ? 0 : -1;
      panels[at].hidden = !chosen;
    });
    if (focus) links[index].focus();
  }

  links.forEach((link, index) => {
    link.removeAttribute("aria-current");
    link.setAttribute("role", "tab");
    link.id ||= `tab-${link.hash.slice(1)}`;
    link.setAttribute("aria-controls", panels[index].id);
    panels[index].setAttribute("role", "tabpanel");
    panels[index].setAttribute("aria-labelledby", link.id);
    panels[index].tabIndex = 0;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(index, false);
      history.replaceState(null, "", link.hash);
    });
    link.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show((index + step + links.length) % links.length, true);
      else if (event.key === "Home") show(0, true);
      else if (event.key === "End") show(links.length - 1, true);
      else return;
      event.preventDefault();
    });
  });
  const asked = panels.findIndex((panel) => location.hash && (panel.id === location.hash.slice(1) || panel.querySelector(`#${CSS.escape(location.hash.slice(1))}`)));
  const marked = panels.findIndex((panel) => "active" in panel.dataset);
  show(Math.max(asked, 0) || Math.max(marked, 0), false);
}

export function enhanceTabs(root) {
  for (const nav of fresh(root, "[data-tabs]", "Tabs")) prepare(nav);
}
