// A row is dragged to its place: an extra, since each has buttons that move it.
"use strict";
(() => {
  let dragged = null;
  const rowOf = (event) => event.target.closest("#order > li");
  const arm = () => document.querySelectorAll("#order > li").forEach((row) => { row.draggable = true; });
  document.addEventListener("dragstart", (event) => {
    dragged = rowOf(event);
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const row = rowOf(event);
    if (!dragged || !row) return;
    event.preventDefault();
    document.querySelectorAll(".drop").forEach((other) => other.classList.remove("drop"));
    if (row !== dragged) row.classList.add("drop");
  });
  document.addEventListener("drop", (event) => {
    const row = rowOf(event);
    if (!dragged || !row || row === dragged) return;
    event.preventDefault();
    const form = document.getElementById("place-form");
    form.elements.name.value = dragged.dataset.name;
    form.elements.place.value = [...row.parentElement.children].indexOf(row) + 1;
    form.requestSubmit();
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    document.querySelectorAll(".drop").forEach((row) => row.classList.remove("drop"));
  });
  arm();
  new MutationObserver(arm).observe(document.getElementById("main"), { childList: true, subtree: true });
})();
