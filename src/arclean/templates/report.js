// Search and filters. The page is whole without them: they only hide and open what already stands there.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const tools = byId("tools"), search = byId("search"), rule = byId("rule"), site = byId("site"), told = byId("told");
  if (!tools) return;
  tools.hidden = false;

  // As a reader types it: without marks and tatweel, alefs, yehs and teh marbuta alike, digits in one script.
  const fold = (text) => text.normalize("NFKD").toLowerCase()
    .replace(/[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u0300-\u036f\u200b-\u200f]/g, "")
    .replace(/\u0671/g, "\u0627").replace(/[\u0649\u06cc]/g, "\u064a").replace(/\u0629/g, "\u0647")
    .replace(/\u06a9/g, "\u0643").replace(/[\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) - 0x660))
    .replace(/\s+/g, " ");
  const items = [...document.querySelectorAll("[data-rules]")].map((element) => ({
    element, text: null,
    rules: element.dataset.rules.split(" "), sites: element.dataset.sites.split(" "),
  }));

  const apply = () => {
    const words = fold(search.value).split(" ").filter(Boolean);
    const active = words.length > 0 || rule.value !== "" || site.value !== "";
    let shown = 0;
    for (const item of items) {
      let good = (rule.value === "" || item.rules.includes(rule.value))
        && (site.value === "" || item.sites.includes(site.value));
      if (good && words.length) {
        item.text ??= fold(item.element.textContent);
        good = words.every((word) => item.text.includes(word));
      }
      item.element.hidden = !good;
      shown += good;
    }
    const told_of = `${shown.toLocaleString("en")} / ${items.length.toLocaleString("en")} ${told.dataset.found}`;
    told.textContent = shown ? (active ? told_of : "") : told.dataset.none;
  };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  rule.addEventListener("change", apply);
  site.addEventListener("change", apply);
  byId("clear").addEventListener("click", () => { search.value = rule.value = site.value = ""; apply(); search.focus(); });
  const openAll = (open) => items.forEach((item) => { if (!item.element.hidden) item.element.open = open; });
  byId("open").addEventListener("click", () => openAll(true));
  byId("close").addEventListener("click", () => openAll(false));
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && event.target === search) { search.value = ""; apply(); }
  });
  // What the browser put back into the fields after a reload counts too.
  apply();
})();
