/** data-copy: puts its value on the clipboard. data-share: the phone's own sharing, or the clipboard where there is none. */
import { say } from "./say.js";

async function toClipboard(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http in the same network has no clipboard API; the old command still works there.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
}

function announce(button, text) {
  const label = button.querySelector("[data-copy-label]") ?? button;
  button.lbText ??= label.textContent;
  label.textContent = text;
  label.setAttribute("role", "status");
  clearTimeout(button.lbTimer);
  button.lbTimer = setTimeout(() => {
    label.textContent = button.lbText;
  }, 2500);
}

export function enhanceCopy(root) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy], [data-share]");
    if (!button) return;
    const { copy, share, shareTitle, shareText } = button.dataset;
    const url = share ? new URL(share, location.href).href : null;
    try {
      if (url && navigator.share) {
        await navigator.share({ title: shareTitle, text: shareText, url });
        return;
      }
      await toClipboard(url ?? copy);
      announce(button, url ? say("Tautan disalin", "Link copied") : say("Tersalin", "Copied"));
    } catch (error) {
      if (error.name !== "AbortError") announce(button, say("Tidak bisa menyalin", "Could not copy"));
    }
  });
}
