/** data-confirm on a form or a submit button: asks in a dialog before sending. */
import { make, say } from "./say.js";

function ask(message, label, tone) {
  return new Promise((resolve) => {
    const dialog = make("dialog", "lb-dialog");
    const text = make("p", "", message);
    text.id = "lb-dialog-text";
    const actions = make("div", "lb-dialog-actions");
    const no = make("button", "btn", say("Batal", "Cancel"));
    const yes = make("button", `btn btn-${tone}`, label);
    no.type = yes.type = "button";
    dialog.setAttribute("aria-labelledby", text.id);
    actions.append(no, yes);
    dialog.append(text, actions);
    document.body.append(dialog);
    let answer = false;
    no.addEventListener("click", () => dialog.close());
    yes.addEventListener("click", () => {
      answer = true;
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      // The browser gives the focus back without showing where it went.
      document.activeElement?.scrollIntoView({ block: "nearest" });
      resolve(answer);
    });
    dialog.showModal();
    no.focus();
  });
}

export function enhanceConfirm(root) {
  // In the capture phase, before anything else takes the submit for granted.
  root.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      const asker = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
      if (!asker || form.dataset.sending || typeof HTMLDialogElement === "undefined") return;
      if (form.lbConfirmed) {
        form.lbConfirmed = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      const label = asker.dataset.confirmLabel ?? submitter?.textContent.trim() ?? say("Ya", "Yes");
      if (await ask(asker.dataset.confirm, label, asker.dataset.confirmTone ?? "primary")) {
        form.lbConfirmed = true;
        form.requestSubmit(submitter ?? undefined);
      }
    },
    true,
  );
}
