/**
 * data-draft="name": what was written is kept on this device, for a phone that dies or a page that is left. It is put back
 * when the form is opened again, with the same submission_key, and forgotten on a page with data-draft-done="name" or
 * after seven days. Passwords, files, tokens and fields with data-no-draft are never kept.
 */
import { fresh, make, say } from "./say.js";

const DAYS = 7;
const NEVER = ["csrf_token", "next"];

const keyOf = (name) => `lumbung:draft:${name}`;

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(keyOf(name)) ?? "null");
    if (!draft || Date.now() - draft.at > DAYS * 86_400_000) {
      localStorage.removeItem(keyOf(name));
      return null;
    }
    return draft;
  } catch {
    return null;
  }
}

function forget(name) {
  try {
    localStorage.removeItem(keyOf(name));
  } catch {
    // Storage may be switched off; then there is nothing to forget.
  }
}

function keepable(control) {
  return control.name && !NEVER.includes(control.name) && !["password", "file", "submit", "button"].includes(control.type) && !("noDraft" in control.dataset);
}

function save(form) {
  const values = {};
  for (const control of form.elements) {
    if (!keepable(control)) continue;
    if (["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    (values[control.name] ??= []).push(control.value);
  }
  try {
    localStorage.setItem(keyOf(form.dataset.draft), JSON.stringify({ at: Date.now(), values }));
  } catch {
    // A full or forbidden storage must never stand in the way of writing a report.
  }
}

function restore(form, values) {
  for (const control of form.elements) {
    if (!keepable(control) || !(control.name in values)) continue;
    if (["checkbox", "radio"].includes(control.type)) control.checked = values[control.name].includes(control.value);
    else control.value = values[control.name][0];
    control.dispatchEvent(new Event("input", { bubbles: false }));
  }
}

function offerToClear(form) {
  const note = make("div", "lb-alert lb-tone-blue mb-3");
  const text = make("div", "lb-alert-text", say("Isian Anda yang belum terkirim dipulihkan. Foto perlu dipilih lagi. ", "Your unsent answers were put back. Photos have to be chosen again. "));
  const clear = make("button", "btn btn-sm", say("Mulai dari kosong", "Start afresh"));
  clear.type = "button";
  clear.addEventListener("click", () => {
    forget(form.dataset.draft);
    form.lbSent = true;
    location.reload();
  });
  text.append(clear);
  note.append(text);
  form.prepend(note);
}

export function enhanceDrafts(root) {
  for (const done of fresh(root, "[data-draft-done]", "Done")) forget(done.dataset.draftDone);
  for (const form of fresh(root, "form[data-draft]", "Draft")) {
    const draft = read(form.dataset.draft);
    // A form that came back with errors already holds the newest answers.
    if (draft && !form.querySelector("[data-error-summary]") && !document.querySelector("[data-error-summary]")) {
      restore(form, draft.values);
      offerToClear(form);
      form.dispatchEvent(new CustomEvent("lumbung:restored", { bubbles: true }));
    }
    let timer;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => form.lbSent || save(form), 400);
    };
    form.addEventListener("lumbung:sent", () => forget(form.dataset.draft));
    form.addEventListener("input", later);
    form.addEventListener("change", later);
  }
}
