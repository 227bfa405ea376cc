
"use strict";
(function () {
  // The page is complete without this: it adds search, filters and sorting to what is there.
  var inOrder = new Intl.Collator("en", { numeric: true }).compare;

  function keyOf(row, at) {
    var cell = row.cells[at];
    return "k" in cell.dataset ? Number(cell.dataset.k) : cell.textContent.trim();
  }

  // Rows are only hidden and reordered, never made.
  function living(section) {
    var table = section.querySelector("table.wide");
    var body = table.tBodies[0];
    var rows = Array.from(body.rows);
    var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var search = section.querySelector("input[type=search]");
    var choice = section.querySelector("select");
    var box = section.querySelector("input[type=checkbox]");
    var told = section.querySelector(".shown");

    function show() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var count = 0;
      rows.forEach(function (row, at) {
        var fits = words.every(function (word) { return texts[at].includes(word); })
          && (!choice || !choice.value || row.dataset.v === choice.value)
          && (!box || !box.checked || "x" in row.dataset);
        row.hidden = !fits;
        count += fits ? 1 : 0;
      });
      told.textContent = (count === rows.length ? "All " : count.toLocaleString("en") + " of ") + rows.length.toLocaleString("en");
    }

    // data-first says which way a heading sorts first.
    table.querySelectorAll("thead th[data-sort]").forEach(function (head) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", function () {
        var was = head.getAttribute("aria-sort");
        var up = was ? was === "descending" : head.dataset.first !== "down";
        table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        var keys = rows.map(function (row, at) { return [keyOf(row, head.cellIndex), at, row]; });
        keys.sort(function (a, b) {
          var way = typeof a[0] === "number" ? a[0] - b[0] : inOrder(a[0], b[0]);
          return (up ? way : -way) || a[1] - b[1];
        });
        body.append(...keys.map(function (key) { return key[2]; }));
      });
    });
    [search, choice, box].forEach(function (field) {
      if (field) { field.addEventListener("input", show); }
    });
    section.querySelector(".tools").hidden = false;
    addEventListener("beforeprint", function () {
      rows.forEach(function (row) { row.hidden = false; });
    });
    addEventListener("afterprint", show);
    show();
  }

  document.body.classList.add("live");
  document.querySelectorAll("section").forEach(function (section) {
    if (section.querySelector(".tools")) { living(section); }
  });
})();
