// What forms do beyond the server's part: suggestions, rows of pairs, a key's length, what is not saved yet.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // A combobox: free text with suggestions (ARIA 1.2, list autocomplete with manual selection).
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => $$("[role=option]", listOf(input));
  const open = (input, yes, all = true) => {
    const typed = input.value.toLowerCase();
    const shown = options(input).filter((option) => { option.hidden = !all && !option.textContent.toLowerCase().includes(typed); return !option.hidden; });
    listOf(input).hidden = !yes || !shown.length;
    input.setAttribute("aria-expanded", String(!listOf(input).hidden));
    mark(input, all && shown.find((option) => option.dataset.value === input.value));
  };
  const mark = (input, option) => {
    options(input).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option || listOf(input).hidden) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const choose = (input, option) => {
    input.value = option.dataset.value;
    open(input, false);
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const isCombo = (element) => element.matches && element.matches("[role=combobox]");
  document.addEventListener("input", (event) => { if (isCombo(event.target)) open(event.target, true, false); });
  document.addEventListener("focusout", (event) => { if (isCombo(event.target)) open(event.target, false); });
  document.addEventListener("keydown", (event) => {
    if (!isCombo(event.target)) return;
    const input = event.target, closed = listOf(input).hidden;
    const shown = options(input).filter((option) => !option.hidden);
    const at = shown.findIndex((option) => option.id === input.getAttribute("aria-activedescendant"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (closed) { open(input, true); if (!input.hasAttribute("aria-activedescendant")) mark(input, options(input)[0]); } else mark(input, shown[(at + step + shown.length + (at < 0 && step < 0 ? 1 : 0)) % shown.length]);
      event.preventDefault();
    } else if (event.key === "Enter" && !closed && at >= 0) { choose(input, shown[at]); event.preventDefault(); } else if (event.key === "Escape" && !closed) { open(input, false); event.preventDefault(); }
  });
  document.addEventListener("mousedown", (event) => {
    const combo = event.target.closest(".combo");
    if (!combo || isCombo(event.target)) return;
    const input = $("[role=combobox]", combo), option = event.target.closest("[role=option]");
    event.preventDefault();
    if (option) choose(input, option); else if (event.target.closest("button")) { input.focus(); open(input, listOf(input).hidden); }
  });

  // Rows of pairs.
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]"), drop = event.target.closest("[data-drop]");
    if (add) {
      const pairs = $(".pairs", add.parentElement), row = $("template", pairs).content.firstElementChild.cloneNode(true);
      const number = $$(":scope > .pair", pairs).length + 1;
      const [key, value, button] = [...row.children];
      key.setAttribute("aria-label", `${pairs.dataset.key} ${number}`);
      value.setAttribute("aria-label", `${pairs.dataset.value} ${number}`);
      button.setAttribute("aria-label", `Remove ${pairs.dataset.key} ${number}`);
      pairs.append(row);
      key.focus();
    } else if (drop) {
      const form = drop.form, next = $("[data-add]", drop.closest("fieldset"));
      drop.closest(".pair").remove();
      form.dataset.dropped = "1";
      next.focus();
      note(form);
    }
  });

  // A key is never shown, so its length is: a paste that was cut off is seen at once.
  const sayLength = (field) => {
    const place = field.dataset.length && document.getElementById(field.dataset.length);
    if (!place) return;
    const size = field.value.trim().length;
    place.textContent = size ? `${size} character${size === 1 ? "" : "s"}. Keys are never shown.` : "";
  };
  document.addEventListener("input", (event) => sayLength(event.target));
  $$("[data-length]").forEach(sayLength);  // what was pasted before this file was there

  // A name that follows another until it is edited, an answer that is taken over, a choice that moves another.
  document.addEventListener("input", (event) => {
    const own = $(`[data-follow="${event.target.id}"]`), follower = $(`[data-from="${event.target.id}"]`);
    if (own) own.remove();
    if (follower) document.getElementById(follower.dataset.follow).value = event.target.value.toLowerCase().replace(/[^a-z0-9._-]+/g, "-").replace(/^[-._]+|[-._]+$/g, "").slice(0, 60);
  });
  const gateways = $("[data-gateways]");
  if (gateways) document.addEventListener("change", (event) => {  // a stored key's own gateway
    const own = JSON.parse(gateways.dataset.gateways)[$("#stored").value];
    if (!["source", "stored"].includes(event.target.name) || !$("[name=source][value=stored]").checked || !own) return;
    $(`[name=gateway][value=${own[0]}]`).checked = true;
    $("#url").value = own[1];
  });
  document.addEventListener("click", (event) => {
    const use = event.target.closest("[data-use]");
    if (!use) return;
    const input = document.getElementById(use.dataset.use);
    input.value = use.dataset.value;
    use.closest(".state").remove();
    input.focus();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "dialect" || !$("[data-moved]")) return;
    const written = event.target.value !== "messages";
    $(`[name=delivery][value=${written ? "settings" : "helper"}]`).checked = true;
    $("[data-moved]").hidden = !written;
  });

  // What is not saved yet, of a form that asks before it is left.
  const isChanged = window.isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  };
  const called = (field) => {
    const group = field.closest("fieldset"), label = $("b", field.labels && field.labels[0] || document.createElement("i"));
    if (field.type === "checkbox") return label ? label.textContent : field.name;
    if (group) return $("legend", group).firstChild.textContent.trim();
    return field.getAttribute("aria-label") || (field.labels && field.labels[0] ? field.labels[0].firstChild.textContent.trim() : field.name);
  };
  const changes = (form) => [...new Set([...form.elements].filter((field) => field.name && !["hidden", "submit"].includes(field.type) && isChanged(field)).map(called))];
  const note = (form) => {
    const place = $("[data-unsaved]", form);
    if (!place || $(".errors")) return;
    const names = changes(form), count = names.length;
    place.hidden = !count && !form.dataset.dropped;
    $("span", place).textContent = count ? `${count} change${count === 1 ? "" : "s"} not saved: ${names.slice(0, 3).join(", ")}${count > 3 ? " …" : ""}` : "Not saved yet";
  };
  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => { if (event.target.form && event.target.form.dataset.asks !== undefined) note(event.target.form); }));
  let leaving = false;
  document.addEventListener("submit", (event) => { leaving = event.target.dataset.asks !== undefined; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && $$("form[data-asks]").some((form) => changes(form).length || form.dataset.dropped)) event.preventDefault();
  });

  // A button that says how many are ticked.
  document.addEventListener("change", (event) => {
    const button = event.target.form && $("[data-counts]", event.target.form);
    if (!button || event.target.name !== button.dataset.counts) return;
    const count = $$(`[name="${button.dataset.counts}"]:checked`, button.form).length;
    button.textContent = count === 0 ? button.dataset.none : count === 1 ? button.dataset.one : button.dataset.more.replace("#", count);
  });
})();
