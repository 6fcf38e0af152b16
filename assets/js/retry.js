/**
 * data-retry: the form is sent by fetch, and sent again after a lost connection with the same submission_key, so that the
 * server makes one report of it. Success follows the server's redirect. An answer with errors takes the place of <main>;
 * photos already chosen are kept. Also waits for photos that are still being made smaller.
 */
import { pendingFiles } from "./files.js";
import { make, say } from "./say.js";
import { setBusy, setReady } from "./submit.js";

const WAITS = [2, 4, 8, 15, 30, 30, 60, 60];
const TRY_AGAIN = [502, 503, 504];

function statusOf(form) {
  if (form.lbStatus?.isConnected) return form.lbStatus;
  form.lbStatus = make("div", "lb-form-status");
  form.lbStatus.setAttribute("role", "status");
  form.append(form.lbStatus);
  return form.lbStatus;
}

function tell(form, text, tone) {
  const status = statusOf(form);
  status.className = text ? `lb-form-status lb-alert lb-tone-${tone}` : "lb-form-status";
  status.textContent = text;
}

/** Ends after `seconds`, or as soon as the phone says that it is online again. */
function pause(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });
}

/** Where the form goes. A field may be named "action", and would then stand in for the form's own property. */
function addressOf(form) {
  return form.getAttribute("action") || location.href;
}

async function sendPatiently(form, body) {
  for (const wait of [...WAITS, null]) {
    let answer = null;
    try {
      answer = await fetch(addressOf(form), { method: "POST", body, credentials: "same-origin", headers: { Accept: "text/html", "Lumbung-Form": "1" } });
      if (!TRY_AGAIN.includes(answer.status)) return answer;
    } catch {
      // A lost connection rejects; so does a refused one. Both are tried again.
    }
    if (wait === null) return answer;
    tell(form, say("Sambungan terputus — dicoba lagi. Jangan tutup halaman ini.", "Connection lost — trying again. Please keep this page open."), "amber");
    await pause(wait);
  }
  return null;
}

function keepFiles(form) {
  return [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length).map((input) => [input.name, input.files]);
}

async function showAnswer(answer, form, enhance) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  const main = document.querySelector("main");
  if (!fresh || !main) {
    location.assign(answer.url);
    return;
  }
  const kept = keepFiles(form);
  document.title = page.title;
  main.innerHTML = fresh.innerHTML;
  for (const [name, files] of kept) {
    const input = main.querySelector(`input[type=file][name="${CSS.escape(name)}"]`);
    // The server keeps the good ones and lists them; sending them again would cost the citizen's data.
    if (input && !main.querySelector(`[name="${CSS.escape(`${name}.kept`)}"]`)) input.files = files;
  }
  window.scrollTo(0, 0);
  enhance(main);
  document.dispatchEvent(new CustomEvent("lumbung:page", { detail: main }));
  if (!main.querySelector("[data-error-summary]")) main.focus();
}

async function send(form, submitter, enhance) {
  setBusy(form, submitter);
  await pendingFiles(form);
  const body = new FormData(form);
  if (submitter?.name) body.append(submitter.name, submitter.value);
  const answer = await sendPatiently(form, body);
  // The server tells where to go instead of redirecting, so that the next page is fetched once, and may be on another host.
  const next = answer?.headers.get("Lumbung-Location") ?? (answer?.redirected ? answer.url : null);
  if (next) {
    form.lbSent = true;
    // Another host means sign-in first; the draft is still needed then.
    if (new URL(next, location.href).origin === location.origin) form.dispatchEvent(new CustomEvent("lumbung:sent", { bubbles: true }));
    // The Back button would bring the form back, filled in and with a new key; `enhanceRetry` leads on from there.
    // An answer that shows the same address again (an action on a record) takes the form's own place in the history.
    if (new URL(next, location.href).href !== location.href) history.replaceState({ ...history.state, lbSent: next }, "");
    location.assign(next);
    return;
  }
  setReady(form);
  if (answer && !TRY_AGAIN.includes(answer.status)) {
    await showAnswer(answer, form, enhance);
    return;
  }
  tell(form, say("Belum terkirim. Isian Anda masih ada di halaman ini; coba kirim lagi saat sinyal membaik.", "Not sent yet. Your answers are still on this page; send again when the signal is better."), "red");
}

export function enhanceRetry(root, enhance) {
  window.addEventListener("pageshow", () => {
    if (history.state?.lbSent) location.replace(history.state.lbSent);
  });
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.dataset.sending) return;
    if (form.matches("[data-retry][method=post]")) {
      event.preventDefault();
      send(form, event.submitter, enhance);
      return;
    }
    const pending = pendingFiles(form);
    if (!pending) return;
    event.preventDefault();
    const { submitter } = event;
    pending.then(() => form.requestSubmit(submitter ?? undefined));
  });
}
