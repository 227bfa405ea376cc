"use strict";

// What a row says of its finding, read when it is first asked for.
function reader() {
  const known = new Map();
  return function facts(row) {
    let fact = known.get(row);
    if (!fact) {
      const cells = row.firstElementChild.children;
      const layer = row.lastElementChild.querySelector('a[href^="#l"]');
      const type = cells[2].lastElementChild;
      const some = cells[1].querySelector("[data-on]");
      fact = {
        rank: Number(cells[0].className.slice(1)),
        name: cells[0].textContent,
        id: cells[1].firstChild.data,
        type: type.textContent,
        version: cells[3].textContent,
        fixed: cells[4].className !== "soft",
        epss: parseFloat(cells[5].textContent) || -1,
        risk: parseFloat(cells[6].textContent),
        layer: layer ? layer.hash.slice(2) : "",
        action: row.dataset.a || "",
        exploited: "k" in row.dataset,
        on: some ? some.dataset.on.split(" ") : null,
      };
      fact.package = cells[2].textContent.slice(0, -fact.type.length).trim();
      known.set(row, fact);
    }
    return fact;
  };
}

// What several findings share is written with the first of them; the link to it is the first in the others.
function source(row) {
  const pointer = row.querySelector(".x > p:first-child > a");
  const first = pointer && one(pointer.hash.slice(1));
  return first ? { pointer, parts: Array.from(first.querySelector(".x").children).filter((part, at, all) => at < all.length - 1 && part.tagName !== "DIV") } : null;
}

function whole(row) {
  const shared = source(row);
  return row.textContent + (shared ? " " + shared.parts.map((part) => part.textContent).join(" ") : "");
}

// The controls, and what they stand for in the address.
function controls() {
  const chips = Array.from(document.querySelectorAll(".chips button"));
  const boxes = { q: one("search"), fix: one("fix"), type: one("kind"), layer: one("layer"), platform: one("platform"), group: one("group") };
  if (!boxes.platform) { delete boxes.platform; } // the image is for one
  const exploited = one("exploited");
  const pressed = (chip) => chip.getAttribute("aria-pressed") === "true";
  const press = (chip, on) => chip.setAttribute("aria-pressed", String(on));
  const all = { chips, boxes, exploited, off: new Set(), sort: "" };
  all.pairs = function () {
    const on = chips.filter(pressed).map((chip) => chip.dataset.s);
    return [
      ["severity", on.length === chips.length ? "" : on.join(",") || "none"],
      ...Object.entries(boxes).map(([key, box]) => [key, box.value.trim()]),
      ["exploited", exploited.checked ? "yes" : ""],
      ["sort", all.sort],
    ];
  };
  // A value that a control does not have leaves it as it is without one.
  all.put = function (query) {
    const on = query.get("severity");
    chips.forEach((chip) => press(chip, !on || on.split(",").includes(chip.dataset.s)));
    Object.entries(boxes).forEach(function ([key, box]) {
      box.value = query.get(key) || "";
      if (box.value !== (query.get(key) || "")) { box.value = ""; }
    });
    exploited.checked = query.get("exploited") === "yes";
    all.sort = query.get("sort") || "";
    all.read();
  };
  all.read = function () {
    all.off = new Set(chips.filter((chip) => !pressed(chip)).map((chip) => chip.textContent.split(" ")[0]));
  };
  all.turn = function (chip) {
    press(chip, !pressed(chip));
    all.read();
  };
  return all;
}

function titles() {
  const actions = Array.from(document.querySelectorAll("#fixes .plan > li"), (step) => step.querySelector("b").textContent);
  return {
    package: (key) => key,
    layer: function (key) {
      const place = key && one("l" + key);
      return place ? "Layer " + key + ": " + place.querySelector("code").textContent : "No layer known";
    },
    fix: (key) => key ? key + ". " + actions[key - 1] : "Closed by no action",
  };
}

function findings(table) {
  const rows = Array.from(table.tBodies);
  const facts = reader();
  const control = controls();
  const boxes = control.boxes;
  const opened = new Set();
  function wanted() {
    const { fix, type, layer, platform } = boxes;
    const asks = [];
    if (control.off.size) { asks.push((fact) => !control.off.has(fact.name)); }
    if (fix.value) { asks.push((fact) => (fix.value === "yes") === fact.fixed); }
    if (type.value) { asks.push((fact) => fact.type === type.value); }
    if (layer.value) { asks.push((fact) => fact.layer === layer.value); }
    if (platform && platform.value) {
      const at = String(platform.selectedIndex - 1);
      asks.push((fact) => !fact.on || fact.on.includes(at));
    }
    if (control.exploited.checked) { asks.push((fact) => fact.exploited); }
    return asks.length ? (row) => asks.every((ask) => ask(facts(row))) : null;
  }
  const list = new Listing("list", rows, boxes.q, wanted, whole);
  idly(rows, facts);
  const keys = {
    package: (row) => facts(row).package + " " + facts(row).version,
    layer: (row) => facts(row).layer,
    fix: (row) => facts(row).action,
  };
  const sorts = { severity: "rank", id: "id", package: "package", epss: "epss", risk: "risk" };
  let laid = "/";

  function arrange() {
    const by = boxes.group.value;
    const want = control.sort + "/" + by;
    if (want === laid) { return; }
    const up = !control.sort.startsWith("-");
    const key = control.sort.replace("-", "");
    const field = Object.hasOwn(sorts, key) ? sorts[key] : "";
    mark(table, field ? key : "", up);
    if (by !== laid.split("/")[1]) { opened.clear(); }
    laid = want;
    const order = field ? sorted(rows, (row) => facts(row)[field], up) : rows;
    const severity = function (row) { return facts(row); };
    list.arrange(order, by ? new Groups(keys[by], titles()[by], severity, opened, () => list.show()) : null);
  }
  function changed(step) {
    arrange();
    list.refresh();
    tell(control.pairs(), step);
  }
  const { q, ...selects } = boxes;
  q.addEventListener("input", () => changed(false));
  [...Object.values(selects), control.exploited].forEach(function (box) {
    box.addEventListener("input", () => changed(true));
  });
  control.chips.forEach(function (chip) {
    chip.addEventListener("click", function () {
      control.turn(chip);
      changed(true);
    });
  });
  one("reset").addEventListener("click", function () {
    control.put(new URLSearchParams());
    changed(true);
  });
  sortable(table, function (key, up) {
    control.sort = (up ? "" : "-") + key;
    changed(true);
  });
  document.querySelectorAll("[data-layer]").forEach(function (place) {
    place.addEventListener("click", function (event) {
      event.preventDefault();
      control.put(new URLSearchParams({ layer: place.dataset.layer }));
      changed(true);
      one("findings").scrollIntoView();
      boxes.layer.focus({ preventScroll: true });
    });
  });

  // A finding that is linked to is shown and opened, whatever the filters say.
  function follow() {
    const target = location.hash.length > 1 && one(location.hash.slice(1));
    const row = target && target.closest("#list tbody");
    if (!row) { return; }
    if (list.groups) { list.groups.turn(keys[boxes.group.value](row), true); }
    list.pinned = row;
    list.show();
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "center" });
  }
  function arrive() {
    const query = asked();
    if (query || !location.hash || location.hash === PLACE) {
      control.put(query || new URLSearchParams());
      arrange();
      list.show();
    }
    follow();
  }
  addEventListener("hashchange", arrive);
  addEventListener("popstate", arrive);
  opening(table);
  control.read();
  list.show();
  arrive();
  if (asked()) { one("findings").scrollIntoView(); }
}

function opening(table) {
  table.addEventListener("click", function (event) {
    const row = event.target.closest("tbody tr:first-child");
    if (!row || event.target.closest("a, button") || String(getSelection())) { return; }
    const details = row.parentNode.querySelector("details");
    if (details) { details.open = !details.open; }
  });
  table.addEventListener("toggle", function (event) {
    if (!event.target.open) { return; }
    const row = event.target.closest("tbody");
    const shared = source(row);
    if (shared) { shared.pointer.parentNode.replaceWith(...shared.parts.map((part) => part.cloneNode(true))); }
    const place = event.target.querySelector(".x");
    if (place.querySelector(".go")) { return; }
    const go = made("div", "", "go");
    const take = button("Copy link", function () {
      const address = link(row.id);
      try { history.replaceState(null, "", "#" + row.id); } catch (error) { /* not allowed here */ }
      copied(address, null, take);
    });
    go.append(take);
    place.prepend(go);
  }, true);
}
