/** data-poll: an element that htmx fetches again and again does so only while somebody can see the page. */
export function enhancePolling(root, htmx) {
  root.addEventListener("htmx:before:request", (event) => {
    const element = event.target;
    if (!element.matches?.("[data-poll]")) return;
    // Somebody is writing or choosing inside: replacing it now would take their work away.
    const busy = (element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, button, summary")) || element.querySelector("details[data-keep-open][open], .is-dragged");
    if (document.hidden || busy) event.preventDefault();
  });
  root.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "refresh");
  });
}
