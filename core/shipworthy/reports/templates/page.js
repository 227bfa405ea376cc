
"use strict";
(function () {
  // The page is complete without this: it adds search, filters and sorting to what is there.
  var STEP = 200;
  var inOrder = new Intl.Collator("en", { numeric: true }).compare;

  function one(id) { return document.getElementById(id); }
  function number(value) { return value.toLocaleString("en"); }

  /*
   * A list of rows of which those that match are shown, the first STEP at once: laying out
   * thousands is what makes a page slow. Rows are only hidden and reordered, never made.
   */
  function listing(name, rows, search, matches) {
    var texts = new Map(rows.map(function (row) { return [row, row.textContent.toLowerCase()]; }));
    var order = rows;
    var limit = STEP;
    var told = one(name + "-told");
    var more = one(name + "-more");

    function show() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var count = 0;
      order.forEach(function (row) {
        var text = texts.get(row);
        var fits = matches(row.dataset) && words.every(function (word) { return text.includes(word); });
        count += fits ? 1 : 0;
        row.hidden = !fits || count > limit;
      });
      told.textContent = (count === rows.length ? "All " : number(count) + " of ") + number(rows.length);
      more.parentNode.hidden = count <= limit;
      more.textContent = "Show more: " + number(count - limit) + " left";
    }
    function refresh() {
      limit = STEP;
      show();
    }
    search.addEventListener("input", refresh);
    more.addEventListener("click", function () {
      limit += STEP;
      show();
    });
    addEventListener("beforeprint", function () {
      limit = Infinity;
      show();
    });
    refresh();
    return {
      refresh: refresh,
      sort: function (keyOf, up) {
        var keys = rows.map(function (row, at) { return [keyOf(row), at, row]; });
        keys.sort(function (a, b) {
          var way = typeof a[0] === "number" ? a[0] - b[0] : inOrder(a[0], b[0]);
          return (up ? way : -way) || a[1] - b[1];
        });
        order = keys.map(function (key) { return key[2]; });
        if (order.length) { order[0].parentNode.append(...order); }
        refresh();
      },
    };
  }

  // A button in each heading that can be sorted by; data-first says which way comes first.
  function sortable(table, list, keyOf) {
    table.querySelectorAll("th[data-sort]").forEach(function (head) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", function () {
        var was = head.getAttribute("aria-sort");
        var up = was ? was === "descending" : head.dataset.first !== "down";
        table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        list.sort(function (row) { return keyOf(row, head.dataset.sort); }, up);
      });
    });
  }

  function findings(table) {
    var search = one("search");
    var fix = one("fix");
    var kind = one("kind");
    var layer = one("layer");
    var exploited = one("exploited");
    var chips = Array.from(document.querySelectorAll(".chips button"));
    var off = {};

    var list = listing("list", Array.from(table.tBodies), search, function (data) {
      return !off[data.s]
        && (!fix.value || (fix.value === "yes") === ("x" in data))
        && (!kind.value || data.t === kind.value)
        && (!layer.value || data.l === layer.value)
        && (!exploited.checked || "k" in data);
    });
    [fix, kind, layer, exploited].forEach(function (box) {
      box.addEventListener("input", list.refresh);
    });
    chips.forEach(function (chip) {
      chip.addEventListener("click", function () {
        off[chip.dataset.s] = !off[chip.dataset.s];
        chip.setAttribute("aria-pressed", String(!off[chip.dataset.s]));
        list.refresh();
      });
    });
    one("reset").addEventListener("click", function () {
      search.value = fix.value = kind.value = layer.value = "";
      exploited.checked = false;
      off = {};
      chips.forEach(function (chip) { chip.setAttribute("aria-pressed", "true"); });
      list.refresh();
    });
    sortable(table, list, function (group, key) {
      return /\d/.test(key) ? group.rows[0].cells[key].textContent : Number(group.dataset[key] || -1);
    });

    // A finding that is linked to is shown and opened, whatever the filters say.
    function follow() {
      var target = location.hash.length > 1 && one(location.hash.slice(1));
      var group = target && target.closest("#list tbody");
      if (!group) { return; }
      group.hidden = false;
      group.querySelector("details").open = true;
      group.scrollIntoView({ block: "center" });
    }
    addEventListener("hashchange", follow);
    follow();

    table.addEventListener("click", function (event) {
      var row = event.target.closest("tbody tr:first-child");
      if (!row || event.target.closest("a") || String(getSelection())) { return; }
      var details = row.parentNode.querySelector("details");
      details.open = !details.open;
    });
    // What several findings share is written once; it is brought here when one is opened.
    table.addEventListener("toggle", function (event) {
      var link = event.target.open && event.target.querySelector("a[data-same]");
      var source = link && one(link.dataset.same);
      if (source) {
        var copy = source.cloneNode(true);
        copy.removeAttribute("id");
        link.parentNode.replaceWith(copy);
      }
    }, true);
  }

  function packages(table) {
    var list = listing("packages", Array.from(table.tBodies[0].rows), one("packages-search"), function () { return true; });
    sortable(table, list, function (row, key) {
      var text = row.cells[key].textContent;
      return key === "5" ? Number(text) : text;
    });
  }

  // A button beside each command that copies it as it is shown; else it selects it.
  function copying(box) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    box.prepend(button);
    button.addEventListener("click", function () {
      var code = box.querySelector("code");
      getSelection().selectAllChildren(code);
      if (!navigator.clipboard) { return; }
      navigator.clipboard.writeText(code.innerText).then(function () { button.textContent = "Copied"; }, function () {});
    });
  }

  document.body.classList.add("live");
  document.querySelectorAll(".command").forEach(copying);
  document.querySelectorAll(".tools[hidden]").forEach(function (bar) { bar.hidden = false; });
  if (one("list")) { findings(one("list")); }
  if (one("packages-list")) { packages(one("packages-list")); }
})();
