import "htmx.org/dist/htmx.esm.js";
document.documentElement.classList.remove("no-js");
