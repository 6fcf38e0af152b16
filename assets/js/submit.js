/**
 * data-once: a form is sent once, however often the button is tapped. The button shows that work goes on
 * (data-busy holds the words). Coming back by the back button makes it ready again.
 */
import { make, say } from "./say.js";

/** Shows on its submit button that `form` is being sent, and refuses further submits. */
export function setBusy(form, submitter) {
  form.dataset.sending = "true";
  const button = submitter ?? form.querySelector('button[type="submit"], button:not([type])');
  if (!button) return;
  const label = button.querySelector("[data-busy-label]") ?? button;
  button.lbLabel = label.innerHTML;
  button.classList.add("is-busy");
  // Not `disabled`: a disabled button would drop its own name and value from the form, and lose the focus.
  button.setAttribute("aria-disabled", "true");
  label.textContent = button.dataset.busy ?? say("Sedang dikirim …", "Sending …");
  label.prepend(make("span", "lb-spinner"), " ");
}

/** Makes `form` ready to be sent again. */
export function setReady(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll(".is-busy")) {
    const label = button.querySelector("[data-busy-label]") ?? button;
    if (button.lbLabel !== undefined) label.innerHTML = button.lbLabel;
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
}

export function enhanceSubmit(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[data-once]")) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    setBusy(form, event.submitter);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form[data-sending]")) setReady(form);
  });
}
