/** data-chart: the script that draws is fetched once a chart comes into view; until then, and without it, the table is there. */
import { fresh } from "./say.js";

let asked = false;
let ready = false;

function load(address) {
  if (asked) return;
  asked = true;
  const script = document.createElement("script");
  script.src = address;
  script.addEventListener("load", () => {
    ready = true;
  });
  document.head.append(script);
}

function show(picture) {
  if (ready) picture.dispatchEvent(new CustomEvent("lumbung:chart", { bubbles: true }));
  else {
    picture.classList.add("is-awaited");
    load(picture.dataset.chartScript);
  }
}

export function enhanceCharts(root) {
  for (const picture of fresh(root, "[data-chart]", "Chart")) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      show(picture);
    }, { rootMargin: "200px" });
    observer.observe(picture);
  }
}
