// What is being typed is answered below its field: what a rule fits, what a folder is. Changes nothing.
"use strict";
(() => {
  document.querySelectorAll("[data-ask]").forEach((place) => {
    const input = place.querySelector(`[name="${place.dataset.field}"]`), said = place.querySelector("[data-said]");
    let waiting = 0, asked = input.value;
    const ask = async () => {
      const value = input.value.trim();
      if (value === asked) return;
      asked = value;
      if (!value) { said.replaceChildren(); return; }
      const answer = await fetch(`${place.dataset.ask}?value=${encodeURIComponent(value)}`);
      if (!answer.ok || input.value.trim() !== value) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      said.replaceChildren(...[...fresh.body.childNodes].map((node) => document.adoptNode(node)));
    };
    ["input", "change"].forEach((kind) => input.addEventListener(kind, () => { clearTimeout(waiting); waiting = setTimeout(() => ask().catch(() => {}), 300); }));
  });
})();
