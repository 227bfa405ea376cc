"use strict";
/*
 * Packages stand below their type and place. When somebody comes to them, type and place are put into
 * cells of their own, so that they can be sorted and filtered.
 */
function packages(table) {
  const search = one("packages-search");
  const kind = one("packages-kind");
  const licence = one("packages-licence");
  let start = function () {
    start = function () {};
    flat(table, search, kind, licence);
  };
  new IntersectionObserver(function (seen, watcher) {
    if (seen.some((entry) => entry.isIntersecting)) {
      watcher.disconnect();
      start();
    }
  }, { rootMargin: "50%" }).observe(one("packages"));
  [search, kind, licence].forEach((box) => box.addEventListener("input", () => start(), true));
}

function cell(row, at, text) {
  const made = row.insertCell(at);
  made.textContent = text;
}

function flat(table, search, kind, licence) {
  const body = document.createElement("tbody");
  const rows = [];
  Array.from(table.tBodies).forEach(function (group) {
    const head = group.rows[0].cells[0];
    const type = head.querySelector("i").textContent;
    const place = head.querySelector("code").textContent;
    Array.from(group.rows).slice(1).forEach(function (row) {
      for (let at = row.cells.length; at < 4; at += 1) { row.insertCell(); }
      cell(row, 2, type);
      cell(row, 4, place);
      rows.push(row);
    });
    group.remove();
  });
  const order = sorted(rows, (row) => row.cells[0].textContent, true);
  body.append(...order);
  table.append(body);
  table.classList.add("flat");
  const heads = table.tHead.rows[0];
  [["type", "Type", 2], ["place", "Found in", 4]].forEach(function ([key, title, at]) {
    const head = made("th", title);
    head.scope = "col";
    head.dataset.sort = key;
    heads.insertBefore(head, heads.cells[at]);
  });
  const list = new Listing("packages", order, search, () => kind.value || licence.value ? function (row) {
    const stated = row.cells[3].textContent;
    return (!kind.value || row.cells[2].textContent === kind.value)
      && (!licence.value || (licence.value === "none" ? !stated : stated.split(", ").includes(licence.value.slice(1))));
  } : null, (row) => row.textContent);
  [kind, licence].forEach((box) => box.addEventListener("input", list.refresh));
  const columns = { name: 0, version: 1, type: 2, licence: 3, place: 4, found: 5 };
  sortable(table, function (key, up) {
    const at = columns[key];
    list.arrange(sorted(order, (row) => key === "found" ? Number(row.cells[at].textContent) : row.cells[at].textContent, up), null);
    list.refresh();
  });
  list.show();
}
