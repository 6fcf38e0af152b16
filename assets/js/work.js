/**
 * The officials' pages. data-print: prints. data-blur: rectangles drawn over a photo, sent in percent as
 * "left,top,width,height;…". .lb-work-jump: opens the action it leads to, and steps aside once that can be seen.
 */
import { fresh, make, say } from "./say.js";

const SMALLEST = 1;

function percent(event, frame) {
  const box = frame.getBoundingClientRect();
  const within = (value) => Math.min(100, Math.max(0, value));
  return [within(((event.clientX - box.left) / box.width) * 100), within(((event.clientY - box.top) / box.height) * 100)];
}

function place(mark, [x1, y1], [x2, y2]) {
  const area = { left: Math.min(x1, x2), top: Math.min(y1, y2), width: Math.abs(x1 - x2), height: Math.abs(y1 - y2) };
  for (const [name, value] of Object.entries(area)) mark.style[name] = `${value}%`;
  mark.lbArea = area;
}

function blurEditor(frame) {
  const form = frame.closest("form");
  const field = form.querySelector("[data-blur-areas]");
  let start = null;
  let mark = null;
  const tell = () => {
    const areas = [...frame.querySelectorAll(".lb-blur-area")].map((one) => one.lbArea);
    field.value = areas.map((one) => [one.left, one.top, one.width, one.height].map((n) => n.toFixed(2)).join(",")).join(";");
  };
  frame.addEventListener("pointerdown", (event) => {
    if (event.target.matches(".lb-blur-area")) {
      event.target.remove();
      tell();
      return;
    }
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    start = percent(event, frame);
    mark = make("div", "lb-blur-area");
    mark.title = say("Ketuk untuk menghapus", "Tap to take away");
    frame.append(mark);
    place(mark, start, start);
  });
  frame.addEventListener("pointermove", (event) => start && place(mark, start, percent(event, frame)));
  frame.addEventListener("pointerup", () => {
    if (mark && (mark.lbArea.width < SMALLEST || mark.lbArea.height < SMALLEST)) mark.remove();
    start = mark = null;
    tell();
  });
  frame.addEventListener("pointercancel", () => {
    mark?.remove();
    start = mark = null;
  });
}

function jumpLink(link) {
  const target = document.querySelector(link.hash);
  if (!target) return;
  link.addEventListener("click", () => {
    target.open = true;
  });
  if (typeof IntersectionObserver === "undefined") return;
  new IntersectionObserver(([entry]) => link.classList.toggle("is-there", entry.isIntersecting || entry.boundingClientRect.top < 0)).observe(target);
}

/** An address that names an action opens it. */
function openNamed() {
  const named = location.hash.startsWith("#action-") && document.getElementById(location.hash.slice(1));
  if (!named || !named.matches("details") || named.open) return;
  named.open = true;
  named.scrollIntoView();
}

export function enhanceWork(root) {
  if (root === document) openNamed();
  for (const button of fresh(root, "[data-print]", "Print")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      window.print();
    });
  }
  fresh(root, "[data-blur]", "Blur").forEach(blurEditor);
  fresh(root, ".lb-work-jump", "Jump").forEach(jumpLink);
}
