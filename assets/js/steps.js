/**
 * data-step="id" on a form that is asked for page by page: each page gets an entry in the browser's history, so that its
 * Back and Forward buttons go from step to step. The server shows the step; answers travel with the form.
 */
import { fresh } from "./say.js";

/** Sends `form` without checking it, as if a button "_go" with this value had been pressed. */
export function goTo(form, value) {
  const button = document.createElement("button");
  button.name = "_go";
  button.value = value;
  button.formNoValidate = true;
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
  button.remove();
}

let walking = null;

window.addEventListener("popstate", ({ state }) => {
  const form = document.querySelector("form[data-step]");
  if (!form || !state?.lbStep || form.dataset.step === state.lbStep || form.dataset.sending) return;
  walking = state.lbStep;
  goTo(form, state.lbStep === "_check" ? "_check" : `at:${state.lbStep}`);
});

export function enhanceSteps(root) {
  for (const form of fresh(root, "form[data-step]", "Step")) {
    const { step } = form.dataset;
    const here = { ...history.state, lbStep: step };
    // A page that was loaded anew begins where its form does, whatever stood at its place in the history.
    if (root === document || walking || history.state?.lbStep === step) history.replaceState(here, "");
    else history.pushState(here, "");
    walking = null;
  }
}
