// A one-time link carries its code behind the #, which browsers send to nobody. It goes into the form, and out of the bar.
"use strict";
const code = document.getElementById("code");
if (location.hash.length > 20) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
if (code.value) code.closest("[data-code]").hidden = true;
