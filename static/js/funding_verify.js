/* Shows beside each deposit how it was understood, before one of few tries is spent on it. */
(() => {
  "use strict";

  function cents(text) {
    const typed = text.replace(/[\s$¢]/g, "");
    const found = /^([0-9]{1,2})$|^0*[.,]([0-9]{2})$/.exec(typed);
    const amount = found ? Number(found[1] ?? found[2]) : 0;
    return amount || null;
  }

  for (const output of document.querySelectorAll("output[data-reads]")) {
    const input = document.getElementById(output.dataset.reads);
    const dollars = new Intl.NumberFormat(document.documentElement.lang, {style: "currency", currency: "USD"});
    const show = () => {
      const amount = cents(input.value);
      output.textContent = amount ? output.dataset.sentence.replace("%s", dollars.format(amount / 100)) : "";
    };
    input.addEventListener("input", show);
    show();
  }
})();
