/** Loaded only on pages with a map: choosing a point, one place, and all records of a list. */
import { fresh } from "./say.js";
import { showPicker } from "./map-picker.js";
import { showPath, showPlace, showRecords } from "./map-records.js";

function enhance(root) {
  fresh(root, "[data-point-picker]", "Picker").forEach(showPicker);
  fresh(root, "[data-place-map]", "Place").forEach(showPlace);
  fresh(root, "[data-path-map]", "Path").forEach(showPath);
  fresh(root, "[data-map]", "Map").forEach(showRecords);
}

enhance(document);
document.addEventListener("lumbung:page", (event) => enhance(event.detail));
document.addEventListener("htmx:after:swap", (event) => enhance(event.target instanceof Element ? event.target : document));
