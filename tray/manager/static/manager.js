// Enhancements alone: every page works without this file.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const say = (text) => { $("#say").textContent = text; };

  // Menus: one open at a time, Esc closes, arrows open and move, a click elsewhere or leaving by Tab closes.
  document.addEventListener("click", (event) => {
    const inside = event.target.closest("details.menu");
    $$("details.menu[open]").forEach((menu) => { if (menu !== inside) menu.open = false; });
  });
  const moveInMenu = (event, menu) => {
    const items = $$("a, button:not(:disabled)", menu);
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 };
    if (!items.length || !(event.key in next)) return;
    menu.open = true;
    items[(next[event.key] + items.length) % items.length].focus();
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details.menu");
    if (menu && event.key === "Escape" && menu.open) { menu.open = false; $("summary", menu).focus(); } else if (menu) moveInMenu(event, menu);
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details.menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  // "/" goes to the search, "?" lists the shortcuts, unless a preference says otherwise (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    const single = document.body.hasAttribute("data-shortcuts") && !typing;
    const search = $("main [type=search]");
    if (event.key === "/" && single && search) { search.focus(); search.select(); event.preventDefault(); }
    if (event.key === "?" && single && $("#shortcuts") && !$("#shortcuts").open) { $("#shortcuts").showModal(); event.preventDefault(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing && typing.form) { typing.form.requestSubmit([...typing.form.elements].find((own) => own.type === "submit")); event.preventDefault(); }
    if (event.key === "Escape" && search && event.target === search && search.value) { search.value = ""; if (search.dataset.filter) filter(search); }
  });

  // A list is filtered while its search is typed; the number of hits is announced.
  const filter = (input) => {
    const list = document.getElementById(input.dataset.filter);
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let hits = 0;
    $$("[data-text]", list).forEach((row) => {
      row.hidden = !words.every((word) => row.dataset.text.includes(word));
      hits += row.hidden ? 0 : 1;
    });
    $$(".group", list).forEach((group) => { group.hidden = words.length > 0; });
    document.getElementById(`${input.dataset.filter}-none`).hidden = hits > 0;
    const one = input.dataset.one || "profile";
    if (words.length) say(hits === 1 ? `1 ${one}` : `${hits} ${one}s`);
  };
  document.addEventListener("input", (event) => { if (event.target.matches("[data-filter]")) filter(event.target); });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try { await navigator.clipboard.writeText($("code", button.parentElement).textContent); say("Copied"); } catch { say("Could not copy. Select the text and copy it."); }
  });

  // A form is sent once: its button says that it works.
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (sent) { event.preventDefault(); return; }
    sent = true;
    const button = event.submitter;
    if (!button || !button.dataset.busy) return;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // What changes while the page is open: its parts are brought up to date, unless something is being done in it.
  const isBusy = () => sent || $("form[data-dropped]") || $("details.menu[open]") || $("dialog[open]") || $(".errors") || $$("main input, main select, main textarea").some(window.isChanged);
  const pathTo = (element) => [...document.querySelectorAll("a, button, summary, input")].indexOf(element);
  const ask = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.status !== 429) return answer;
    await new Promise((go) => { setTimeout(go, 1000); });  // too many at once: it is there all the same
    return ask(address);
  };
  const bringUpToDate = async () => {
    if (isBusy()) { $("#news").hidden = false; return; }
    const answer = await ask(location.pathname + location.search);
    if (answer.status === 403) { location.replace("/ended"); return; }
    if (!answer.ok || answer.redirected || isBusy()) { $("#news").hidden = answer.redirected; return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const focused = document.activeElement;
    const [label, index] = focused && focused !== document.body ? [focused.textContent, pathTo(focused)] : ["", -1];
    const now = $(".now").textContent;
    const unfolded = $$("details.fold[open] > summary").map((summary) => summary.textContent);
    $$("[data-part]").forEach((part) => {
      const other = $(`[data-part="${part.dataset.part}"]`, fresh);
      if (other) part.replaceWith(document.adoptNode(other));
    });
    $$("details.fold > summary").forEach((summary) => { if (unfolded.includes(summary.textContent)) summary.parentElement.open = true; });
    document.title = fresh.title;
    if (index >= 0 && !document.contains(focused)) {
      const found = $$("a, button, summary, input");
      (found[index] && found[index].textContent === label ? found[index] : $("#main")).focus();
    }
    if ($(".now").textContent === now) return;
    const flash = $("#flash");
    if (flash && flash === document.activeElement) $("#main").focus({ preventScroll: true });
    if (flash && !flash.contains(document.activeElement)) flash.remove();  // it is so no longer
    say(`${$(".now b").textContent}: ${$(".now span").textContent}`);
  };
  let waiting = 0;
  const listen = () => {
    const news = new EventSource("/news");
    news.addEventListener("changed", () => { clearTimeout(waiting); waiting = setTimeout(() => bringUpToDate().catch(() => {}), 60); });
    news.addEventListener("ended", () => { news.close(); if (isBusy()) $("#gone").hidden = sent; else location.replace("/ended"); });
    let failed = 0;  // a browser tries again each second
    news.addEventListener("open", () => { failed = 0; $("#gone").hidden = true; });
    news.addEventListener("error", () => { failed += 1; if (failed > 2) $("#gone").hidden = false; });
    window.addEventListener("pagehide", () => news.close());
  };
  if (document.body.hasAttribute("data-live") && window.EventSource) listen();

  // What takes a while: its steps as they end, then the page it leads to. Only what changed is read out.
  const follow = async (job) => {
    const answer = await ask(`${job.dataset.job}/steps`);
    if (!answer.ok) { location.replace("/"); return; }
    const fresh = $("ol", new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (fresh.hasAttribute("data-over")) { if (!sent) location.replace(job.dataset.job); return; }
    const rows = $$("[data-job] .prog > li");
    [...fresh.children].forEach((row, index) => {
      if (!rows[index]) $("[data-job] .prog").append(document.adoptNode(row));
      else if (rows[index].outerHTML !== row.outerHTML) rows[index].replaceWith(document.adoptNode(row));
    });
    setTimeout(() => follow(job).catch(() => {}), 300);
  };
  if ($("[data-job]")) follow($("[data-job]")).catch(() => {});

  const flash = $("#flash, .errors, [data-first]");
  if (flash) flash.focus();
  // A button that was pressed has the focus again (`autofocus`); what it did is read out.
  if (document.body.dataset.say) setTimeout(() => say(document.body.dataset.say), 150);
})();
