"use strict";
const BUDGET = 25; // milliseconds of looking through rows before the next frame may be painted

/*
 * A list of rows of which those that match are shown, the first STEP at once or those of opened
 * groups: laying out thousands is what makes a page slow. Rows are only hidden and reordered, never made.
 * wanted gives what a row must fulfil, null for nothing; textOf what is searched of it.
 */
class Listing {
  constructor(name, rows, search, wanted, textOf) {
    Object.assign(this, { rows, search, wanted, textOf });
    this.order = rows;
    this.texts = new Map();
    this.visible = new Set(rows);
    this.limit = STEP;
    this.groups = null;
    this.pinned = null;
    this.told = one(name + "-told");
    this.more = one(name + "-more");
    this.refresh = framed(this.restart.bind(this));
    search.addEventListener("input", this.refresh);
    this.more.addEventListener("click", () => {
      this.limit += STEP;
      this.pinned = null;
      this.show();
    });
    addEventListener("beforeprint", () => {
      this.limit = Infinity;
      this.show(true);
    });
    idly(rows, this.text.bind(this));
  }

  text(row) {
    let text = this.texts.get(row);
    if (text === undefined) {
      text = this.textOf(row).toLowerCase();
      this.texts.set(row, text);
    }
    return text;
  }

  restart() {
    this.limit = STEP;
    this.pinned = null;
    this.show();
  }

  show(all) {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (this.groups) { this.groups.clear(); }
    this.run = { all, words, wanted: this.wanted(), at: 0, count: 0, stale: new Set(this.visible) };
    this.step(this.run);
  }

  // Goes on where it is until its time is up, then lets the browser paint; a newer run ends it.
  step(run) {
    if (run !== this.run) { return; }
    const end = performance.now() + BUDGET;
    for (; run.at < this.order.length; run.at += 1) {
      if (!run.all && run.at % 16 === 0 && performance.now() > end) { break; }
      const row = this.order[run.at];
      let shown = (!run.wanted || run.wanted(row)) && run.words.every((word) => this.text(row).includes(word));
      if (shown) {
        run.count += 1;
        shown = this.groups ? this.groups.counted(row) || run.all : run.count <= this.limit;
      }
      this.put(row, shown || row === this.pinned);
      run.stale.delete(row);
    }
    run.stale.forEach((row) => this.put(row, row === this.pinned));
    run.stale.clear();
    if (run.at < this.order.length) {
      setTimeout(() => this.step(run), 0);
    } else {
      this.tell(run.count);
    }
  }

  put(row, shown) {
    if (this.visible.has(row) === shown) { return; }
    row.hidden = !shown;
    this.visible[shown ? "add" : "delete"](row);
  }

  tell(count) {
    if (this.groups) { this.groups.tell(); }
    this.told.textContent = (count === this.rows.length ? "All " : number(count) + " of ") + number(this.rows.length);
    this.more.parentNode.hidden = Boolean(this.groups) || count <= this.limit;
    this.more.textContent = "Show more: " + number(count - this.limit) + " left";
  }

  // Puts the rows in their order, and below the heads of their groups where there are some.
  arrange(sorted, groups) {
    if (this.groups) { this.groups.remove(); }
    this.groups = groups;
    this.order = groups ? groups.arranged(sorted) : sorted;
    if (!this.order.length) { return; }
    const parent = this.order[0].parentNode;
    if (groups) {
      parent.append(...groups.laid());
    } else {
      parent.append(...this.order);
    }
  }
}

// The rows by a key; those that have the same stay in the order in which they are.
function sorted(rows, keyOf, up) {
  const keys = rows.map(function (row, at) { return [keyOf(row), at, row]; });
  keys.sort(function (a, b) {
    const way = typeof a[0] === "number" ? a[0] - b[0] : inOrder(a[0], b[0]);
    return (up ? way : -way) || a[1] - b[1];
  });
  return keys.map(function (key) { return key[2]; });
}

// A button in each heading that can be sorted by; data-first says which way comes first.
function sortable(table, act) {
  table.querySelectorAll("th[data-sort]").forEach(function (head) {
    head.replaceChildren(button(head.textContent, function () {
      const was = head.getAttribute("aria-sort");
      const up = was ? was === "descending" : head.dataset.first !== "down";
      mark(table, head.dataset.sort, up);
      act(head.dataset.sort, up);
    }));
  });
}

function mark(table, key, up) {
  table.querySelectorAll("th[data-sort]").forEach(function (head) {
    if (head.dataset.sort === key) {
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
    } else {
      head.removeAttribute("aria-sort");
    }
  });
}
