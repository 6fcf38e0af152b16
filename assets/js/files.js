/**
 * data-files: shows what was chosen, lets one be taken out, and adds further choices to earlier ones.
 * data-shrink: photos become JPEG of at most 1600 pixels before they are sent, which saves the citizen's data and makes
 * a weak network bearable. Whatever fails keeps the original; the server re-encodes and checks in any case.
 */
import { fresh, make, say } from "./say.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;
const SMALL_ENOUGH = 250_000;

function readable(bytes) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  return bytes >= 1e6 ? `${number.format(bytes / 1e6)} MB` : `${number.format(Math.max(1, Math.round(bytes / 1e3)))} kB`;
}

async function shrink(file) {
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return file;
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && file.size <= SMALL_ENOUGH) {
    bitmap.close();
    return file;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  const name = `${file.name.replace(/\.[^.]*$/, "") || "foto"}.jpg`;
  return new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified });
}

function setFiles(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

class Picker {
  constructor(input) {
    this.input = input;
    this.list = input.closest(".lb-field")?.querySelector("[data-previews]");
    this.kept = [];
    this.urls = [];
    this.most = input.multiple ? Number(input.dataset.maxCount ?? Infinity) : 1;
    this.heaviest = Number(input.dataset.maxMb ?? Infinity) * 1e6;
    this.removeWords = say("Hapus", "Remove");
    input.addEventListener("change", () => this.take([...input.files]));
    if (input.files.length) this.take([...input.files]);
  }

  take(chosen) {
    const together = this.input.multiple ? [...this.kept, ...chosen] : chosen;
    this.tooMany = together.length > this.most;
    const files = together.slice(0, this.most);
    setFiles(this.input, files);
    if (!("shrink" in this.input.dataset)) {
      this.settle(files);
      return;
    }
    this.show(files, say("Foto sedang diperkecil …", "Making the photos smaller …"));
    // One after the other: two large photos at once are too much for a phone with little memory.
    const work = files
      .reduce(async (before, file) => [...(await before), await shrink(file).catch(() => file)], Promise.resolve([]))
      .then((done) => {
        if (this.input.lbPending !== work) return;
        this.input.lbPending = null;
        setFiles(this.input, done);
        this.settle(done);
      });
    this.input.lbPending = work;
  }

  settle(files) {
    this.kept = files;
    this.show(files, this.tooMany ? say("Paling banyak {n} berkas; selebihnya tidak diambil.", "At most {n} files; the rest was left out.", { n: this.most }) : "");
    this.input.dispatchEvent(new CustomEvent("lumbung:files", { bubbles: true }));
  }

  show(files, note) {
    if (!this.list) return;
    this.urls.forEach((url) => URL.revokeObjectURL(url));
    this.urls = [];
    this.list.replaceChildren(...files.map((file, index) => this.row(file, files, index)));
    if (note) this.list.append(make("li", "lb-help", note));
  }

  row(file, files, index) {
    const row = make("li", "lb-preview");
    if (file.type.startsWith("image/")) {
      const image = make("img");
      image.alt = "";
      image.src = URL.createObjectURL(file);
      this.urls.push(image.src);
      row.append(image);
    }
    const text = make("div", "lb-preview-text");
    text.append(make("span", "lb-preview-name", file.name), make("span", "lb-preview-size", readable(file.size)));
    if (file.size > this.heaviest) {
      row.classList.add("is-wrong");
      text.append(make("span", "lb-field-error", say("Terlalu besar: paling besar {n} MB.", "Too large: at most {n} MB.", { n: this.heaviest / 1e6 })));
    }
    const remove = make("button", "btn btn-sm", this.removeWords);
    remove.type = "button";
    remove.setAttribute("aria-label", `${this.removeWords}: ${file.name}`);
    remove.addEventListener("click", () => {
      this.tooMany = false;
      this.input.lbPending = null;
      const rest = files.filter((_, at) => at !== index);
      setFiles(this.input, rest);
      this.settle(rest);
      this.input.focus();
    });
    row.append(text, remove);
    return row;
  }
}

/** Waits until every photo of `form` is small; null when nothing has to be waited for. */
export function pendingFiles(form) {
  const pending = [...form.querySelectorAll("input[type=file]")].map((input) => input.lbPending).filter(Boolean);
  return pending.length ? Promise.all(pending) : null;
}

export function enhanceFiles(root) {
  if (typeof DataTransfer === "undefined" || typeof createImageBitmap === "undefined") return;
  for (const input of fresh(root, "input[type=file][data-files]", "Files")) input.lbPicker = new Picker(input);
}
