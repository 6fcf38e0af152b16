/**
 * Forms come with `novalidate`: without a script the server says what is wrong, in the language of the page, where a
 * browser would speak its own. With it the browser checks before anything is sent, and says it in our words.
 */
import { fresh, say } from "./say.js";

function wordsFor({ validity, type, minLength, maxLength, min, max }) {
  if (validity.valueMissing) {
    if (["radio", "select-one", "select-multiple"].includes(type)) return say("Pilih salah satu.", "Please choose one.");
    if (type === "checkbox") return say("Centang untuk melanjutkan.", "Please tick this to go on.");
    if (type === "file") return say("Pilih berkas.", "Please choose a file.");
    return say("Wajib diisi.", "Please fill this in.");
  }
  if (validity.typeMismatch && type === "email") return say("Tulis alamat email yang lengkap, misalnya nama@contoh.id.", "Write a full e-mail address, such as name@example.org.");
  if (validity.tooShort) return say("Paling sedikit {n} huruf.", "At least {n} characters.", { n: minLength });
  if (validity.tooLong) return say("Paling banyak {n} huruf.", "At most {n} characters.", { n: maxLength });
  if (validity.rangeUnderflow) return say("Paling kecil {n}.", "At least {n}.", { n: min });
  if (validity.rangeOverflow) return say("Paling besar {n}.", "At most {n}.", { n: max });
  return say("Isian ini belum benar.", "This is not right yet.");
}

export function enhanceValidation(root) {
  for (const form of fresh(root, "form[novalidate]:not([data-unchecked])", "Validation")) {
    form.noValidate = false;
    // A message of our own is itself an error: taken away before every check, it hides nothing that the browser finds.
    const clear = () => {
      for (const control of form.elements) control.setCustomValidity?.("");
    };
    form.addEventListener("invalid", ({ target }) => target.validity.customError || target.setCustomValidity(wordsFor(target)), true);
    form.addEventListener("input", clear, true);
    form.addEventListener("change", clear, true);
    form.addEventListener("click", ({ target }) => target.closest("button, input[type=submit]") && clear(), true);
  }
}
