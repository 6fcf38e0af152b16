/**
 * The officials' pages. data-print: prints. data-blur: rectangles drawn over a photo, sent in percent as
 * "left,top,width,height;…"; by keyboard a mark is added, moved by the arrow keys (with Shift it grows or shrinks) and taken
 * away by Delete. .lb-work-jump: opens the action it leads to, and steps aside once that can be seen.
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

const STEPS = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };

/** Two corners of an area that was moved by `step`, or made larger by it, and stays on the photo. */
function moved({ left, top, width, height }, [across, down], resize) {
  const within = (value, most) => Math.min(most, Math.max(0, value));
  if (resize) return [[left, top], [within(Math.max(left + SMALLEST, left + width + across), 100), within(Math.max(top + SMALLEST, top + height + down), 100)]];
  const corner = [within(left + across, 100 - width), within(top + down, 100 - height)];
  return [corner, [corner[0] + width, corner[1] + height]];
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
  const usable = (one) => {
    one.tabIndex = 0;
    one.setAttribute("role", "button");
    one.setAttribute("aria-label", say("Tanda: tombol panah menggeser, Shift dan panah mengubah ukuran, Delete menghapus", "Mark: arrow keys move it, Shift and arrows change its size, Delete takes it away"));
  };
  const add = make("button", "btn mt-2 lb-needs-js", say("Tambah tanda dengan keyboard", "Add a mark by keyboard"));
  add.type = "button";
  add.addEventListener("click", () => {
    const one = make("div", "lb-blur-area");
    place(one, [40, 40], [60, 60]);
    usable(one);
    frame.append(one);
    one.focus();
    tell();
  });
  frame.after(add);
  frame.addEventListener("keydown", (event) => {
    const one = event.target.closest(".lb-blur-area");
    if (!one) return;
    if (["Delete", "Backspace"].includes(event.key)) {
      event.preventDefault();
      one.remove();
      add.focus();
      tell();
      return;
    }
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    place(one, ...moved(one.lbArea, step, event.shiftKey));
    tell();
  });
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
    usable(mark);
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
