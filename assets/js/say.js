/** The text in the language of the page: Indonesian, unless the page is English. `{name}` takes a value. */
export function say(id, en, values = {}) {
  const text = document.documentElement.lang === "en" ? en : id;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Elements below `root`, and `root` itself, that match and were not prepared before under this `mark`. */
export function fresh(root, selector, mark) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found.filter((element) => {
    const key = `lb${mark}`;
    if (element[key]) return false;
    element[key] = true;
    return true;
  });
}

/** A new element with text; the text is never read as HTML. */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
