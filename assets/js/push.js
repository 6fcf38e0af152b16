/**
 * data-push: asks for notifications on this device. The form stays hidden where the browser knows none; it is sent as any
 * other form once the person has tapped and the browser has subscribed.
 */
import { fresh } from "./say.js";

const able = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

async function digest(text) {
  const raw = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(raw)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

async function isKnown(box) {
  const registration = await navigator.serviceWorker.getRegistration(box.dataset.pushWorker);
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return false;
  return box.dataset.pushKnown.split(" ").includes(await digest(subscription.endpoint));
}

/** `serviceWorker.ready` would wait for a worker of this very page; ours watches over none. */
function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done, fail) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") done();
      if (worker.state === "redundant") fail(new Error("The worker did not start."));
    });
  });
}

async function subscribe(box) {
  const registration = await navigator.serviceWorker.register(box.dataset.pushWorker);
  await active(registration);
  const key = bytes(box.dataset.push);
  const old = await registration.pushManager.getSubscription();
  const same = old?.options.applicationServerKey && String(new Uint8Array(old.options.applicationServerKey)) === String(key);
  if (old && !same) await old.unsubscribe();
  return (same && old) || registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function prepare(box) {
  const form = box.querySelector("[data-push-form]");
  const note = box.querySelector("[data-push-note]");
  const show = (text) => {
    note.textContent = text ?? "";
    note.hidden = !text;
  };
  if (Notification.permission === "denied") {
    show(box.dataset.pushDenied);
    return;
  }
  if (await isKnown(box)) {
    show(box.dataset.pushDone);
    return;
  }
  show(null);
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await Notification.requestPermission()) !== "granted") {
      show(box.dataset.pushDenied);
      return;
    }
    try {
      const { endpoint, keys } = (await subscribe(box)).toJSON();
      Object.entries({ endpoint, ...keys }).forEach(([name, value]) => {
        if (form.elements[name]) form.elements[name].value = value;
      });
      form.submit();
    } catch {
      show(box.dataset.pushFailed);
    }
  });
}

export function enhancePush(root) {
  for (const box of fresh(root, "[data-push]", "Push")) {
    // Not awaited by the page: it stands, whatever the browser says.
    if (able()) prepare(box).catch(() => {});
  }
}
