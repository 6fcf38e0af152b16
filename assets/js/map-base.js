import L from "leaflet";
import { make, say } from "./say.js";

/** Shape and colour say the same, so that nobody depends on colours alone. */
const SHAPES = {
  amber: '<circle cx="12" cy="12" r="9.5"/>',
  blue: '<rect x="3" y="3" width="18" height="18" rx="3"/>',
  green: '<path d="M12 1.5a8.5 8.5 0 0 1 8.5 8.5c0 5-5 9-8.5 12.5C8.5 19 3.5 15 3.5 10A8.5 8.5 0 0 1 12 1.5z"/><path d="M8 10l3 3 5-5.5" fill="none" stroke="#fff" stroke-width="2.2"/>',
  grey: '<path d="M12 1.5 22.5 12 12 22.5 1.5 12z"/>',
  red: '<path d="M12 1.5 23 21.5H1z"/><path d="M12 8.5v6M12 17v1.5" fill="none" stroke="#fff" stroke-width="2.4"/>',
  own: '<path d="M12 1a8.5 8.5 0 0 1 8.5 8.5c0 5.5-6 9.5-8.5 13.5-2.5-4-8.5-8-8.5-13.5A8.5 8.5 0 0 1 12 1z"/><circle cx="12" cy="9.5" r="3.2" fill="#fff" stroke="none"/>',
};

/** A marker's picture for a tone, or "own" for the point being chosen. */
export function iconOf(tone) {
  const known = tone in SHAPES ? tone : "grey";
  const size = known === "own" ? 40 : 26;
  return L.divIcon({
    className: `lb-marker lb-marker-${known}`,
    html: `<svg viewBox="0 0 24 24" fill="currentColor" stroke="#fff" stroke-width="1.5" aria-hidden="true">${SHAPES[known]}</svg>`,
    iconSize: [size, size],
    iconAnchor: [size / 2, known === "own" || known === "green" ? size - 1 : size / 2],
    popupAnchor: [0, known === "own" || known === "green" ? -size + 4 : -size / 2],
  });
}

/** A Leaflet map in `element`, which carries the tiles' address, their attribution, a centre and a zoom. */
export function mapIn(element) {
  const { tiles, attribution, lon, lat, zoom } = element.dataset;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, { zoomControl: false, fadeAnimation: !calm, zoomAnimation: !calm, markerZoomAnimation: !calm });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: say("Perbesar", "Zoom in"), zoomOutTitle: say("Perkecil", "Zoom out") }).addTo(map);
  map.setView([Number(lat), Number(lon)], Number(zoom));
  if (tiles) addTiles(map, element, tiles, attribution);
  return map;
}

/** The attribution as text, linked where OpenStreetMap's licence asks for it. */
function creditOf(attribution) {
  const credit = make("span", "", attribution);
  if (!attribution.includes("OpenStreetMap")) return credit.innerHTML;
  const link = make("a", "", attribution);
  link.href = "https://www.openstreetmap.org/copyright";
  return link.outerHTML;
}

/** Without tiles the plain grid of the style sheet stays: points and places still make sense on it. */
function addTiles(map, element, address, attribution) {
  // Tile servers such as OpenStreetMap's want to know which site asks; our own policy would send nothing.
  const layer = L.tileLayer(address, { attribution: creditOf(attribution), maxZoom: 19, referrerPolicy: "origin" });
  let loaded = 0;
  let failed = 0;
  const note = make("p", "lb-map-note", say("Gambar peta tidak termuat. Titik-titiknya tetap benar.", "The map’s picture did not load. The points are still right."));
  layer.on("tileload", () => {
    loaded += 1;
    note.remove();
  });
  layer.on("tileerror", () => {
    failed += 1;
    if (!loaded && failed === 3) element.append(note);
  });
  layer.addTo(map);
}
