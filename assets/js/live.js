/**
 * data-live="address" on a form: after an answer that decides about others (data-live-reads names those) the server is
 * asked what the form asks and works out (data-sum) now, so that page and server can never disagree. Without an answer of the server everything
 * shows, as it does without a script; what was written in what is hidden stays, and is left out when the form is sent.
 */
import { fresh } from "./say.js";

const WAIT = 300;

function apply(form, { hidden, needed, sums }) {
  for (const sum of form.querySelectorAll("[data-sum]")) {
    const text = sums[sum.dataset.sum] ?? "";
    sum.querySelector("output").textContent = text;
    sum.hidden = !text;
  }
  for (const box of form.querySelectorAll("[data-when]")) {
    const name = box.dataset.when;
    box.toggleAttribute("data-off", hidden.includes(name));
    box.toggleAttribute("data-needed", needed.includes(name));
    demand(box);
  }
}

/** What is demanded is checked by the browser as well, save for choices of which one is enough and files kept before. */
function demand(box, sure = true) {
  const needed = sure && "needed" in box.dataset && !box.closest("[data-when][data-off]");
  const kept = box.querySelector("input[name$='.kept']:checked");
  for (const control of box.querySelectorAll(":scope > .lb-field :is(input, select, textarea)")) {
    if (control.type === "hidden" || control.type === "checkbox" || control.closest("[data-point-picker], [data-table-editor]")) continue;
    if (control.closest("[data-when]") !== box) continue;
    control.required = needed && !(control.type === "file" && kept);
  }
}

function answersOf(form) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") body.append(name, value);
    else if (value.name) body.append(`${name}.chosen`, value.name);
  }
  return body;
}

export function enhanceLive(root) {
  for (const form of fresh(root, "form[data-live]", "Live")) {
    const reads = form.dataset.liveReads.split(" ");
    let timer;
    let asking = 0;
    const ask = async () => {
      asking += 1;
      const turn = asking;
      let found = { hidden: [], needed: [], sums: {} };
      try {
        const answer = await fetch(form.dataset.live, { method: "POST", body: answersOf(form), credentials: "same-origin", headers: { Accept: "application/json" } });
        if (answer.ok) found = await answer.json();
      } catch {
        // Without a connection all of it is asked, and the server decides once it is sent.
      }
      if (turn === asking) apply(form, found);
    };
    const later = ({ target }) => {
      if (!target.name || !reads.some((name) => target.name === name || target.name.startsWith(`${name}.`))) return;
      // Until the answer is there nobody is kept from sending: what was demanded may no longer be, and the server decides.
      form.querySelectorAll("[data-when]").forEach((box) => demand(box, false));
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    };
    for (const happening of ["input", "change", "lumbung:files"]) form.addEventListener(happening, later);
    form.addEventListener("lumbung:restored", ask);
    if (form.querySelector("[data-error-summary]") || document.querySelector("[data-error-summary]")) ask();
    form.querySelectorAll("[data-when]").forEach((box) => demand(box));
  }
}
