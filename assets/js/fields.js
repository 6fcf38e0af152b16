/** Small help at fields: how many letters are left, showing a password, going to the list of errors. */
import { fresh, say } from "./say.js";

/** A number with the separators of the page's language, as the server writes it: 4.000 or 4,000. */
function shown(number) {
  return number.toLocaleString(document.documentElement.lang || "id");
}

function countLetters(area) {
  const counter = document.getElementById(area.dataset.counter);
  const most = area.maxLength;
  if (!counter || most < 0) return;
  const update = () => {
    const left = most - area.value.length;
    counter.textContent = say("Sisa {left} dari {most} huruf", "{left} of {most} characters left", { left: shown(left), most: shown(most) });
    counter.classList.toggle("is-near", left <= most / 10);
  };
  area.addEventListener("input", update);
  update();
}

function revealPassword(button) {
  const input = document.getElementById(button.dataset.reveal);
  const label = button.querySelector("span");
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    label.textContent = shown ? say("Tutup", "Hide") : say("Lihat", "Show");
  });
  // A password shown must not be remembered as ordinary text by the browser.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
}

export function enhanceFields(root) {
  fresh(root, "textarea[data-counter]", "Count").forEach(countLetters);
  fresh(root, "[data-reveal]", "Reveal").forEach(revealPassword);
  for (const summary of fresh(root, "[data-error-summary]", "Errors")) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      const control = field.matches("fieldset") ? field.querySelector("input:not([type=hidden]), select, textarea") : field;
      (control ?? field).focus();
      field.scrollIntoView({ block: "center" });
    });
  }
}
