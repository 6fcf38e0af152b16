import L from "leaflet";
import { iconOf, mapIn } from "./map-base.js";
import { say } from "./say.js";

const LINK_PATTERNS = [/[?&](?:q|ll|query|mlat)=(-?\d+\.\d+)(?:,|%2C|&mlon=)(-?\d+\.\d+)/, /[@#/](-?\d+\.\d+)[,/](-?\d+\.\d+)/, /^\s*(-?\d+\.\d+)\s*[,; ]\s*(-?\d+\.\d+)\s*$/];

/** Latitude and longitude in a pasted map link or in written coordinates, or null. */
function pointIn(text) {
  for (const pattern of LINK_PATTERNS) {
    const match = pattern.exec(text);
    if (match && Math.abs(match[1]) <= 90 && Math.abs(match[2]) <= 180) return [Number(match[1]), Number(match[2])];
  }
  return null;
}

/** data-point-picker: a tap on the map, the phone's own position, the map's centre, or a pasted link sets the point. */
export function showPicker(field) {
  const element = field.querySelector("[data-point-map]");
  const lon = field.querySelector("[data-lon]:is(input)");
  const lat = field.querySelector("[data-lat]:is(input)");
  const status = field.querySelector("[data-point-status]");
  const text = field.querySelector("[data-point-text]");
  const map = mapIn(element);
  let marker = null;

  function choose(latitude, longitude, words) {
    lat.value = latitude.toFixed(6);
    lon.value = longitude.toFixed(6);
    lon.dispatchEvent(new Event("change", { bubbles: true }));
    const where = [latitude, longitude];
    if (marker) marker.setLatLng(where);
    else {
      marker = L.marker(where, { icon: iconOf("own"), draggable: true, keyboard: false, alt: say("Titik yang dipilih", "The chosen point") }).addTo(map);
      marker.on("dragend", () => choose(marker.getLatLng().lat, marker.getLatLng().lng));
    }
    status.textContent = words ?? say("Titik dipilih: {lat}, {lon}", "Point chosen: {lat}, {lon}", { lat: latitude.toFixed(5), lon: longitude.toFixed(5) });
  }

  function putBack() {
    if (!lat.value || !lon.value) return;
    choose(Number(lat.value), Number(lon.value));
    map.setView(marker.getLatLng(), Math.max(map.getZoom(), 16));
  }

  // By keyboard the middle of the map is the place: a cross shows it, the arrow keys move the map, Enter chooses.
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== element) return;
    event.preventDefault();
    choose(map.getCenter().lat, map.getCenter().lng);
  });
  map.on("click", (event) => choose(event.latlng.lat, event.latlng.lng));
  field.querySelector("[data-centre]").addEventListener("click", () => choose(map.getCenter().lat, map.getCenter().lng));
  const locate = field.querySelector("[data-locate]");
  if (!navigator.geolocation || !window.isSecureContext) locate.hidden = true;
  locate.addEventListener("click", () => {
    status.textContent = say("Mencari lokasi Anda …", "Looking for your location …");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const words = say("Lokasi Anda dipakai, teliti sampai {m} meter. Geser tandanya bila perlu.", "Your location is used, accurate to {m} metres. Move the mark if needed.", { m: Math.round(coords.accuracy) });
        choose(coords.latitude, coords.longitude, words);
        map.setView([coords.latitude, coords.longitude], 17);
      },
      () => {
        status.textContent = say("Lokasi tidak bisa dibaca. Ketuk peta, atau tulis patokan di bawah.", "Your location could not be read. Tap the map, or write a landmark below.");
      },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
  text?.addEventListener("change", () => {
    const point = pointIn(text.value);
    if (!point) return;
    choose(point[0], point[1]);
    map.setView(point, 16);
  });
  field.closest("form")?.addEventListener("lumbung:restored", putBack);
  putBack();
}
