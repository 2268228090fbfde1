// Keys for those who like them.  Every page works without this file.
"use strict";

(function () {
  const field = document.getElementById("q");

  function step(links, forward) {
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    let next = at + (forward ? 1 : -1);
    if (at === -1) next = forward ? 0 : links.length - 1;
    next = Math.min(Math.max(next, 0), links.length - 1);
    links[next].focus({ preventScroll: true });
    links[next].scrollIntoView({ block: "center" });
  }

  function stepMark(forward) {
    const marks = Array.from(document.querySelectorAll("a.hit"));
    if (marks.length === 0) return;
    const current = marks.findIndex((mark) => "#" + mark.id === location.hash);
    let next = current + (forward ? 1 : -1);
    if (current === -1) next = forward ? 0 : marks.length - 1;
    next = (next + marks.length) % marks.length;
    location.replace("#" + marks[next].id);
    document.getElementById("at-mark").textContent = (next + 1) + " of ";
  }

  // Without script the two links lead to the last and the first mark; with it, from mark to mark.
  for (const link of document.querySelectorAll("a[data-step]")) {
    const forward = link.dataset.step === "1";
    link.textContent = forward ? "Next" : "Previous";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      stepMark(forward);
    });
  }

  const KEYS = {
    "/": () => { field.focus(); field.select(); },
    j: () => step(Array.from(document.querySelectorAll(".result :is(h2, h3) a")), true),
    k: () => step(Array.from(document.querySelectorAll(".result :is(h2, h3) a")), false),
    n: () => stepMark(true),
    p: () => stepMark(false),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    const act = KEYS[event.key];
    if (!act || (event.key === "/" && !field)) return;
    event.preventDefault();
    act();
  });

  for (const key of document.querySelectorAll(".keys [data-of]")) {
    key.hidden = !document.querySelector(key.dataset.of);
    if (!key.hidden) key.parentElement.hidden = false;
  }

  // Completion: the browser's own list under the field, filled as one types.
  const list = document.createElement("datalist");
  const source = field && field.dataset.complete;
  let waiting = 0;
  let asked = "";

  async function complete() {
    const typed = field.value;
    if (typed === asked || typed.trim().length < 2) return;
    asked = typed;
    const answer = await fetch(source + "?q=" + encodeURIComponent(typed)).catch(() => null);
    if (!answer || !answer.ok || field.value !== typed) return;
    const found = await answer.json();
    list.replaceChildren(...found.completions.map((completion) => {
      const option = document.createElement("option");
      option.value = completion.query;
      if (completion.text !== completion.query) option.label = completion.text;
      return option;
    }));
  }

  if (source) {
    list.id = "completions";
    field.after(list);
    field.setAttribute("list", list.id);
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(complete, 120);
    });
  }

  // Addresses stay short: fields left empty are not sent.
  for (const form of document.querySelectorAll("form.search")) {
    form.addEventListener("submit", () => {
      for (const input of form.querySelectorAll("input")) input.disabled = input.value.trim() === "";
    });
  }
  window.addEventListener("pageshow", () => {
    for (const input of document.querySelectorAll("form.search input")) input.disabled = false;
  });
})();
