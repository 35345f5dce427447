// What pages do beyond links and forms. Everything here is a convenience: each page works without it.
(() => {
  "use strict";

  const find = (selector, root = document) => root.querySelector(selector);
  const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
  const YEAR = 31536000;

  // Theme: the server drew the page in the theme of the cookie, so there is no flash; here only the change.
  const darkNow = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]")) return;
    event.preventDefault();
    const theme = darkNow() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  });

  // Toasts: for trivial success only. What has consequences is a lasting message drawn by the server.
  const toast = (text) => {
    const box = find("#toasts");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "toast";
    note.textContent = text;
    box.append(note);
    setTimeout(() => note.remove(), 4000);
  };

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(copy.dataset.copy).then(() => toast(copy.dataset.copied));
    }
    const opener = event.target.closest("[data-open]");
    if (opener) find(opener.dataset.open)?.showModal();
    event.target.closest("[data-close]")?.closest("dialog")?.close();
    if (event.target.closest("[data-print]")) print();
  });

  // Keyboard. Single keys can be turned off (WCAG 2.1.4) under Preferences.
  const shortcutsOn = () => document.body.dataset.shortcuts !== "off";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  let afterG = 0;

  const moveRow = (step) => {
    const rows = findAll("main .row-link");
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, here + step))].focus();
  };

  const go = (key) => {
    const link = find(`[data-go="${CSS.escape(key)}"]`);
    if (link) location.assign(link.href);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (!shortcutsOn() || find("dialog[open]")) return;
    if (Date.now() - afterG < 1500) {
      afterG = 0;
      go(event.key);
    } else if (event.key === "g") {
      afterG = Date.now();
    } else if (event.key === "/") {
      const field = find('[data-hotkey="/"]');
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "?") {
      find("#keys")?.showModal();
    } else if (event.key === "j") {
      moveRow(1);
    } else if (event.key === "k") {
      moveRow(-1);
    }
  });

  // A page that refreshes itself is nobody's activity, so the session can still end. Say when a person did something.
  let active = true;
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { active = true; }, { capture: true, passive: true });
  }
  document.addEventListener("htmx:configRequest", (event) => {
    if (active) event.detail.headers["X-Activity"] = "1";
    active = false;
  });

  // Rows that follow by themselves are drawn anew only when they have changed, so that marked text stays marked.
  const drawn = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const {target, serverResponse} = event.detail;
    if (!target.matches("[data-live]")) return;
    if (drawn.get(target.id) === serverResponse) event.detail.shouldSwap = false;
    drawn.set(target.id, serverResponse);
  });

  // After a page is drawn or a part of it was replaced, the part that asks for focus gets it: mistakes, then questions.
  const focusIn = (root) => find("[data-autofocus]", root)?.focus();
  document.addEventListener("htmx:afterSettle", (event) => focusIn(event.detail.elt));
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(kind, () => toast(document.body.dataset.failed));
  }
  document.addEventListener("DOMContentLoaded", () => focusIn(document));

  // The sign-in library reports a passkey that could not be used; say so in words, not only in the console.
  document.addEventListener("allauth.error", (event) => {
    const note = find("[data-passkey-failed]");
    if (!note) return;
    event.preventDefault();
    note.hidden = false;
  });

  // A money form is sent once per page: a second click while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // Forms that a script or htmx sends are those scripts' own business.
    if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of findAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });
})();
