"use strict";
/*
 * What is shown stands in the address, behind "#findings?", so that a link brings somebody else to the same.
 * A page in a sandboxed frame may not write its address; then it does without.
 */
const PLACE = "#findings";

// What the address asks for; null where it asks for nothing.
function asked() {
  const hash = location.hash;
  return hash.startsWith(PLACE + "?") ? new URLSearchParams(hash.slice(PLACE.length + 1)) : null;
}

// With step the reader can go back to what was before; while typing there is no step for each letter.
function tell(pairs, step) {
  const query = new URLSearchParams(pairs.filter((pair) => pair[1])).toString().replaceAll("%2C", ",");
  if (!query && !asked()) { return; }
  const hash = query ? PLACE + "?" + query : PLACE;
  if (hash === location.hash) { return; }
  try {
    history[step ? "pushState" : "replaceState"](null, "", hash);
  } catch (error) { /* not allowed here */ }
}

function link(id) { return location.href.split("#")[0] + "#" + id; }
