"use strict";
/*
 * Rows under folded heads, each with how many of its rows match and the worst severity of these.
 * keyOf gives a row's group and titleOf its name; opened holds the keys of what is unfolded.
 */
class Groups {
  constructor(keyOf, titleOf, severityOf, opened, changed) {
    Object.assign(this, { keyOf, titleOf, severityOf, opened, changed });
    this.byKey = new Map();
    this.byRow = new Map();
  }

  arranged(rows) {
    rows.forEach((row) => {
      const key = this.keyOf(row);
      let group = this.byKey.get(key);
      if (!group) {
        group = this.head(key, this.titleOf(key, row));
        this.byKey.set(key, group);
      }
      group.rows.push(row);
      this.byRow.set(row, group);
    });
    return Array.from(this.byKey.values()).flatMap((group) => group.rows);
  }

  laid() { return Array.from(this.byKey.values()).flatMap((group) => [group.body, ...group.rows]); }

  head(key, title) {
    const body = made("tbody", "", "group");
    const cell = made("th");
    cell.scope = "rowgroup";
    cell.colSpan = 7;
    const badge = made("span", "", "sev");
    const count = made("span", "", "soft");
    const fold = button("", () => {
      this.turn(key, !this.opened.has(key));
      this.changed();
    });
    fold.append(badge, made("b", title), count);
    cell.append(fold);
    body.insertRow().append(cell);
    const group = { body, badge, count, fold, rows: [], found: 0, worst: 9, name: "" };
    fold.setAttribute("aria-expanded", String(this.opened.has(key)));
    return group;
  }

  turn(key, open) {
    this.opened[open ? "add" : "delete"](key);
    const group = this.byKey.get(key);
    if (group) { group.fold.setAttribute("aria-expanded", String(open)); }
  }

  clear() { this.byKey.forEach((group) => Object.assign(group, { found: 0, worst: 9 })); }

  // Whether the row is to be seen, now that it is counted.
  counted(row) {
    const group = this.byRow.get(row);
    const severity = this.severityOf(row);
    group.found += 1;
    if (severity.rank < group.worst) { Object.assign(group, { worst: severity.rank, name: severity.name }); }
    return group.fold.getAttribute("aria-expanded") === "true";
  }

  tell() {
    this.byKey.forEach((group) => {
      group.body.hidden = !group.found;
      if (!group.found) { return; }
      group.badge.className = "sev s" + group.worst;
      group.badge.textContent = group.name;
      group.count.textContent = number(group.found) + (group.found === 1 ? " finding" : " findings");
    });
  }

  remove() { this.byKey.forEach((group) => group.body.remove()); }
}
