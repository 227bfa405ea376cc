"use strict";
// The page is complete without script: this adds search, filters, grouping, sorting and links to what is there.
const STEP = 200;
const inOrder = new Intl.Collator("en", { numeric: true }).compare;

function one(id) { return document.getElementById(id); }
function number(value) { return value.toLocaleString("en"); }

function made(tag, text, name) {
  const element = document.createElement(tag);
  if (text) { element.textContent = text; }
  if (name) { element.className = name; }
  return element;
}

function button(text, act) {
  const element = made("button", text);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

// However often it is asked for, it is done once before the next frame; soon where no frames are made.
function framed(act) {
  let due = false;
  function once() {
    if (!due) { return; }
    due = false;
    act();
  }
  return function () {
    if (due) { return; }
    due = true;
    requestAnimationFrame(once);
    setTimeout(once, 100);
  };
}

// For each item while nobody waits for anything else.
function idly(items, act) {
  const later = window.requestIdleCallback || function (next) {
    setTimeout(function () { next({ timeRemaining: function () { return 5; } }); }, 20);
  };
  let at = 0;
  later(function slice(left) {
    do {
      for (const end = Math.min(at + 50, items.length); at < end; at += 1) { act(items[at]); }
    } while (at < items.length && left.timeRemaining() > 4);
    if (at < items.length) { later(slice); }
  });
}

// What a reader wants to take along; where the browser does not allow it, it is selected.
function copied(text, element, said) {
  if (element) { getSelection().selectAllChildren(element); }
  if (!navigator.clipboard) { return; }
  navigator.clipboard.writeText(text).then(function () { said.textContent = "Copied"; }, function () {});
}
