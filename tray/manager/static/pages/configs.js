// The builder: findings, JSON, shares and titles follow what is typed. Without this file a button shows them.
"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const form = () => $("#build");
  let waiting = 0, asked = 0;
  const look = async () => {
    const number = ++asked;
    const answer = await fetch(form().dataset.look, { method: "POST", body: new URLSearchParams(new FormData(form())) });
    if (!answer.ok || number !== asked) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const beside = $("#beside", fresh);
    if (!beside || $("#beside").contains(document.activeElement)) return;
    $("#beside").replaceWith(document.adoptNode(beside));
    document.querySelectorAll("#shares li").forEach((row) => {
      const bar = document.getElementById(`${row.dataset.id}-share`), text = document.getElementById(`${row.dataset.id}-share-text`);
      if (bar) { bar.value = Number(row.textContent); text.textContent = `${row.textContent} %`; }
    });
    document.querySelectorAll("#titles li").forEach((row) => {
      const head = $(":scope > .target-head h3", document.getElementById(row.dataset.id) || document);
      if (head) head.textContent = row.textContent;
    });
    const count = Number($("#unsaved-now").textContent), place = $("#unsaved");
    if (place.textContent !== "Not saved yet") place.textContent = count ? `${count} change${count === 1 ? "" : "s"} not saved` : "Saved";
  };
  ["input", "change"].forEach((kind) => document.addEventListener(kind, (event) => {
    if (!form() || event.target.form !== form()) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), 250);
  }));
  document.addEventListener("submit", () => { clearTimeout(waiting); asked += 1; });
  document.addEventListener("DOMContentLoaded", () => {  // typed before this file was there, or put back by the browser
    if (form() && [...form().querySelectorAll(".input, [type=checkbox]")].some(window.isChanged)) look().catch(() => {});
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".find a, .errors a");
    if (link) {  // the field may be folded away
      const field = document.getElementById(link.hash.slice(1)), fold = field && field.closest("details.fold");
      if (fold) fold.open = true;
      if (field) { field.focus(); event.preventDefault(); }
    }
    const button = event.target.closest("[data-copy-lines]");
    if (!button) return;
    const say = (text) => { $("#say").textContent = text; };
    try { await navigator.clipboard.writeText($("pre", button.closest(".code")).textContent); say("Copied"); } catch { say("Could not copy. Select the text and copy it."); }
  });
})();
