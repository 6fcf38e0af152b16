import L from "leaflet";
import { iconOf, mapIn } from "./map-base.js";
import { make, say } from "./say.js";

const THUMB = 56;

/** data-place-map: one place that cannot be changed. */
export function showPlace(element) {
  const map = mapIn(element);
  L.marker(map.getCenter(), { icon: iconOf("own"), keyboard: false, interactive: false }).addTo(map);
  map.scrollWheelZoom.disable();
}

/** data-path-map: one line, [longitude, latitude] each. */
export function showPath(element) {
  const map = mapIn(element);
  const line = L.polyline(JSON.parse(element.dataset.pathMap).map(([longitude, latitude]) => [latitude, longitude]), { className: "lb-line", interactive: false }).addTo(map);
  map.fitBounds(line.getBounds().pad(0.15), { maxZoom: 17, animate: false });
  map.scrollWheelZoom.disable();
}

function popupOf({ title, number, state, due, href, overdue }) {
  const box = make("div");
  const name = make(href ? "a" : "strong", "lb-popup-title", title ?? number);
  if (href) name.href = href;
  box.append(name);
  const line = [number, state].filter(Boolean).join(" · ");
  if (line) box.append(make("p", "", line));
  const time = overdue ? say("Terlambat", "Overdue") : due;
  if (time) box.append(make("p", "", time));
  return box;
}

function markerOf(feature) {
  const { properties } = feature;
  const [longitude, latitude] = feature.geometry.coordinates;
  const tone = properties.overdue ? "red" : properties.tone;
  const name = [properties.title, properties.state, properties.overdue ? say("terlambat", "overdue") : ""].filter(Boolean).join(", ");
  return L.marker([latitude, longitude], { icon: iconOf(tone), title: name, alt: name }).bindPopup(() => popupOf(properties));
}

function lineOf({ geometry, properties }) {
  const tone = properties.overdue ? "red" : properties.tone;
  return L.polyline(latLngs(geometry), { className: `lb-line lb-line-${tone}` }).bindPopup(() => popupOf(properties));
}

/** The places of a point or a line, as Leaflet writes them. */
function latLngs({ type, coordinates }) {
  return (type === "Point" ? [coordinates] : coordinates).map(([longitude, latitude]) => [latitude, longitude]);
}

/** Points nearer to one another than a thumb's width become one mark with their number; a tap comes closer. */
function draw(map, layer, all) {
  const features = all.filter(({ geometry }) => geometry.type === "Point");
  const lines = all.filter(({ geometry }) => geometry.type === "LineString");
  layer.clearLayers();
  const clusters = [];
  for (const feature of features) {
    const [longitude, latitude] = feature.geometry.coordinates;
    const at = map.project([latitude, longitude]);
    const near = map.getZoom() < 18 && clusters.find((cluster) => cluster.at.distanceTo(at) < THUMB);
    if (near) near.features.push(feature);
    else clusters.push({ at, features: [feature] });
  }
  for (const line of lines) layer.addLayer(lineOf(line));
  for (const { features: together } of clusters) {
    layer.addLayer(together.length === 1 ? markerOf(together[0]) : clusterOf(map, together));
  }
}

function clusterOf(map, features) {
  const places = features.map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
  const bounds = L.latLngBounds(places);
  const size = features.length < 10 ? 36 : 44;
  const late = features.filter(({ properties }) => properties.overdue).length;
  const name = late
    ? say("{n} titik, {late} terlambat", "{n} points, {late} overdue", { n: features.length, late })
    : say("{n} titik", "{n} points", { n: features.length });
  const icon = L.divIcon({ className: `lb-cluster-marker${late ? " is-late" : ""}`, html: String(features.length), iconSize: [size, size] });
  const marker = L.marker(places[0], { icon, title: name, alt: name });
  marker.on("click", () => map.fitBounds(bounds.pad(0.2), { maxZoom: Math.max(18, map.getZoom() + 1) }));
  return marker;
}

/** By keyboard: Enter on a mark goes into its bubble, Escape closes it and leads back, and coming closer keeps the focus. */
function byKeyboard(map, element, layer) {
  let opener = null;
  map.on("popupopen", ({ popup }) => {
    const icon = popup._source?._icon;
    opener = icon && icon === document.activeElement ? icon : null;
    if (opener) popup.getElement().querySelector("a")?.focus();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !map._popup?.isOpen()) return;
    event.stopPropagation();
    map.closePopup();
    (opener?.isConnected ? opener : element).focus();
  });
  let held = false;
  map.on("zoomstart", () => {
    held = layer.getLayers().some((marker) => marker._icon === document.activeElement);
  });
  map.on("zoomend", () => {
    if (held) element.focus();
    held = false;
  });
}

async function featuresAt(address) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).features.filter((feature) => ["Point", "LineString"].includes(feature.geometry?.type));
}

/** data-map: loads GeoJSON points and lines whose properties are title, number, state, tone, due, overdue and href. */
export async function showRecords(element) {
  const map = mapIn(element);
  const layer = L.layerGroup().addTo(map);
  let features = [];
  try {
    features = await featuresAt(element.dataset.map);
    const places = features.flatMap(({ geometry }) => latLngs(geometry));
    if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.1), { maxZoom: 15, animate: false });
    draw(map, layer, features);
    map.on("zoomend", () => draw(map, layer, features));
    byKeyboard(map, element, layer);
  } catch {
    element.append(make("p", "lb-map-note", say("Titik-titik belum bisa dimuat. Daftar di bawah tetap bisa dipakai.", "The points could not be loaded. The list below still works.")));
  }
  const seconds = Number(element.dataset.mapRefresh);
  if (seconds) setInterval(refresh, seconds * 1000);

  /** Nobody who looks at a bubble or walks over the marks loses their place; a refresh that fails is tried again. */
  async function refresh() {
    if (document.hidden || map._popup?.isOpen() || (element.contains(document.activeElement) && document.activeElement !== element)) return;
    try {
      features = await featuresAt(element.dataset.map);
      element.querySelector(".lb-map-note")?.remove();
      draw(map, layer, features);
    } catch {
      // What is drawn stays.
    }
  }
}
