// A number's evidence in a card beside it; without scripts the number is a plain link to the same evidence.
(() => {
  "use strict";
  const card = document.getElementById("evidence-card");
  const opened = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let place = target; place; place = place.parentElement) {
      if (place.tagName === "DETAILS") place.open = true;
    }
    if (target) target.scrollIntoView();
  };
  window.addEventListener("hashchange", opened);
  if (location.hash) opened();
  if (!card || typeof card.showPopover !== "function") return;

  const title = card.querySelector("h2");
  const body = card.querySelector(".card-body");
  const whole = card.querySelector("a.whole");

  const place = (link) => {
    const at = link.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const left = Math.max(12, Math.min(at.left, window.innerWidth - size.width - 12));
    const below = at.bottom + 8;
    const top = below + size.height > window.innerHeight - 12 ? Math.max(12, at.top - size.height - 8) : below;
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.evidence");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const fact = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!fact) return;
    event.preventDefault();
    title.textContent = fact.querySelector("summary").textContent.trim().replace(/\s+/g, " ");
    body.replaceChildren(...Array.from(fact.children).slice(1).map((part) => part.cloneNode(true)));
    whole.href = link.hash;
    card.showPopover();
    place(link);
    card.querySelector("button").focus();
  });
  whole.addEventListener("click", () => card.hidePopover());
})();
