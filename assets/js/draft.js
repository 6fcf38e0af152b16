/**
 * data-draft="name": what was written is kept on this device, for a phone that dies or a page that is left. It is put back
 * when the form is opened again, with the same submission_key, and forgotten on a page with data-draft-done="name" or
 * after seven days. Passwords, files, tokens and fields with data-no-draft are never kept. What the server kept later
 * (data-draft-at) wins. A form that is asked for page by page (data-step) is offered, and goes on where it was left.
 */
import { fresh, make, say } from "./say.js";
import { goTo } from "./steps.js";

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

function startAfresh(form) {
  forget(form.dataset.draft);
  form.lbSent = true;
  location.assign(location.pathname);
}

function note(form, words, ...buttons) {
  const box = make("div", "lb-alert lb-tone-blue mb-3");
  const text = make("div", "lb-alert-text", `${words} `);
  for (const [label, tone, act] of buttons) {
    const button = make("button", `btn btn-sm ${tone}`, label);
    button.type = "button";
    button.addEventListener("click", act);
    text.append(button, " ");
  }
  box.append(text);
  form.prepend(box);
  return box;
}

function offerToClear(form) {
  const words = say("Isian Anda yang belum terkirim dipulihkan. Foto perlu dipilih lagi.", "Your unsent answers were put back. Photos have to be chosen again.");
  note(form, words, [say("Mulai dari kosong", "Start afresh"), "", () => startAfresh(form)]);
}

function holdsSomething(values) {
  return Object.entries(values).some(([name, texts]) => !name.startsWith("_") && name !== "submission_key" && texts.some(Boolean));
}

/** The page where the form was left is the server's to show: it gets all that was kept, and nothing is sent with it. */
function goOn(form, values) {
  const own = ["csrf_token", "_at", "_go"];
  for (const control of [...form.elements]) {
    if (control.name && !own.includes(control.name)) control.disabled = true;
  }
  for (const [name, texts] of Object.entries(values)) {
    if (own.includes(name)) continue;
    for (const text of texts) {
      const field = make("input");
      field.type = "hidden";
      field.name = name;
      field.value = text;
      form.append(field);
    }
  }
  const at = values._at[0];
  goTo(form, at === "_check" ? at : `at:${at}`);
}

function offerToGoOn(form, draft) {
  const when = new Date(draft.at).toLocaleString(document.documentElement.lang || "id", { dateStyle: "medium", timeStyle: "short" });
  const words = say("Ada draf di perangkat ini dari {when}. Foto perlu dipilih lagi.", "There is a draft on this device of {when}. Photos have to be chosen again.", { when });
  note(
    form,
    words,
    [say("Lanjutkan draf", "Go on with the draft"), "btn-primary", () => goOn(form, draft.values)],
    [say("Hapus draf", "Delete the draft"), "", () => startAfresh(form)],
  );
}

export function enhanceDrafts(root) {
  for (const done of fresh(root, "[data-draft-done]", "Done")) forget(done.dataset.draftDone);
  for (const form of fresh(root, "form[data-draft]", "Draft")) {
    let draft = read(form.dataset.draft);
    if (draft && form.dataset.draftAt && draft.at < Date.parse(form.dataset.draftAt)) {
      forget(form.dataset.draft);
      draft = null;
    }
    form.querySelector("[data-draft-clear]")?.addEventListener("click", () => startAfresh(form));
    if (form.dataset.step) {
      if ("draftOffer" in form.dataset) {
        if (draft?.values._at && holdsSomething(draft.values)) offerToGoOn(form, draft);
      } else save(form);
      draft = null;
    }
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
