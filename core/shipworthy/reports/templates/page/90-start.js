"use strict";

// A button beside each command that copies it as it is shown; else it selects it.
function copying(box) {
  const take = button("Copy", function () {
    const code = box.querySelector("code");
    copied(code.innerText, code, take);
  });
  box.prepend(take);
}

// "/" goes to the search and Escape empties it; j and k go on and back within the list.
function keyboard(search, table) {
  addEventListener("keydown", function (event) {
    const typing = event.target.closest && event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/" && !typing) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search && search.value) {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    } else if ((event.key === "j" || event.key === "k") && table.contains(event.target)) {
      const stops = Array.from(table.querySelectorAll("tbody:not([hidden]) :is(summary, .group button)"));
      const at = stops.findIndex((stop) => stop.closest("tbody") === event.target.closest("tbody"));
      const next = stops[at + (event.key === "j" ? 1 : -1)];
      if (next) { next.focus(); }
    }
  });
}

document.body.classList.add("live");
document.querySelectorAll(".command").forEach(copying);
document.querySelectorAll(".tools[hidden]").forEach(function (bar) { bar.hidden = false; });
if (one("list")) {
  findings(one("list"));
  keyboard(one("search"), one("list"));
}
if (one("packages-list")) { packages(one("packages-list")); }
