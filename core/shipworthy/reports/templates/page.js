
"use strict";
(function () {
  // The page is complete without this: it adds search, filters and sorting to what is there.
  var list = document.getElementById("list");
  var packages = document.getElementById("packages-list");
  document.body.classList.add("live");
  document.querySelectorAll(".tools[hidden]").forEach(function (bar) { bar.hidden = false; });

  function later(work) {
    var waiting = 0;
    return function () {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(work);
    };
  }
  function words(box) {
    return box.value.toLowerCase().split(/\s+/).filter(Boolean);
  }
  function holds(text, wanted) {
    return wanted.every(function (word) { return text.indexOf(word) >= 0; });
  }
  function number(value) { return value.toLocaleString("en"); }

  // Sorting: a button in each heading that has a key. Rows never leave the table.
  function sortable(table, rows, keyOf) {
    table.querySelectorAll("th[data-sort]").forEach(function (head) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var up = head.getAttribute("aria-sort")
          ? head.getAttribute("aria-sort") === "descending"
          : head.dataset.first !== "down";
        table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        var keys = rows.map(function (row, at) { return [keyOf(row, head.dataset.sort), at, row]; });
        keys.sort(function (a, b) {
          var order = typeof a[0] === "number" ? a[0] - b[0] : a[0].localeCompare(b[0], "en", { numeric: true });
          return (up ? order : -order) || a[1] - b[1];
        });
        var parent = rows.length ? rows[0].parentNode : null;
        keys.forEach(function (entry) { parent.appendChild(entry[2]); });
      });
    });
  }

  if (list) {
    var groups = Array.from(list.tBodies);
    var texts = groups.map(function (group) { return group.textContent.toLowerCase(); });
    var search = document.getElementById("search");
    var fix = document.getElementById("fix");
    var kind = document.getElementById("kind");
    var layer = document.getElementById("layer");
    var exploited = document.getElementById("exploited");
    var chips = Array.from(document.querySelectorAll(".chips button"));
    var shown = document.getElementById("shown");

    var filter = function () {
      var wanted = words(search);
      var off = {};
      chips.forEach(function (chip) { if (chip.getAttribute("aria-pressed") === "false") { off[chip.dataset.s] = true; } });
      var count = 0;
      groups.forEach(function (group, at) {
        var data = group.dataset;
        var keep = !off[data.s]
          && (!fix.value || (fix.value === "yes") === ("x" in data))
          && (!kind.value || data.t === kind.value)
          && (!layer.value || data.l === layer.value)
          && (!exploited.checked || "k" in data)
          && holds(texts[at], wanted);
        group.hidden = !keep;
        count += keep ? 1 : 0;
      });
      shown.textContent = count === groups.length
        ? "All " + number(count) + " shown"
        : number(count) + " of " + number(groups.length) + " shown";
    };
    var soon = later(filter);
    [search, fix, kind, layer, exploited].forEach(function (box) {
      box.addEventListener("input", soon);
    });
    chips.forEach(function (chip) {
      chip.addEventListener("click", function () {
        chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") === "false"));
        soon();
      });
    });
    var reset = function () {
      search.value = fix.value = kind.value = layer.value = "";
      exploited.checked = false;
      chips.forEach(function (chip) { chip.setAttribute("aria-pressed", "true"); });
      filter();
    };
    document.getElementById("reset").addEventListener("click", reset);

    sortable(list, groups, function (group, key) {
      if (key === "s") { return Number(group.dataset.s); }
      if (key === "r" || key === "e") { return Number(group.dataset[key] || -1); }
      return group.rows[0].cells[Number(key)].textContent;
    });

    // A place that is linked to is shown and opened, whatever the filters say.
    var follow = function () {
      var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      var group = target && target.closest("#list tbody");
      if (!group) { return; }
      if (group.hidden) { reset(); }
      group.querySelector("details").open = true;
      group.scrollIntoView({ block: "center" });
    };
    addEventListener("hashchange", follow);

    list.addEventListener("click", function (event) {
      var row = event.target.closest("tbody tr:first-child");
      if (!row || event.target.closest("a") || String(getSelection())) { return; }
      var details = row.parentNode.querySelector("details");
      details.open = !details.open;
    });
    // What several findings share is written once; bring it here when one is opened.
    list.addEventListener("toggle", function (event) {
      var link = event.target.open && event.target.querySelector("a[data-same]");
      var source = link && document.getElementById(link.dataset.same);
      if (source) {
        var copy = source.cloneNode(true);
        copy.removeAttribute("id");
        link.parentNode.replaceWith(copy);
      }
    }, true);
    filter();
    follow();
  }

  if (packages) {
    var rows = Array.from(packages.tBodies[0].rows);
    var rowTexts = rows.map(function (row) { return row.textContent.toLowerCase(); });
    var box = document.getElementById("packages-search");
    var told = document.getElementById("packages-shown");
    var look = function () {
      var wanted = words(box);
      var count = 0;
      rows.forEach(function (row, at) {
        row.hidden = !holds(rowTexts[at], wanted);
        count += row.hidden ? 0 : 1;
      });
      told.textContent = number(count) + " of " + number(rows.length) + " shown";
    };
    box.addEventListener("input", later(look));
    sortable(packages, rows, function (row, key) {
      var text = row.cells[Number(key)].textContent;
      return key === "5" ? Number(text.replace(/\D/g, "")) : text;
    });
    look();
  }
})();
