/*
 * Hands a tax or identity number from the browser to Stripe, so that only a token reaches us.
 *
 * A form marked data-token-form names a token (data-token-kind) and its inputs where they belong in it
 * (data-token="company.address.city"; data-token-short is where the last four digits of a number go). Once its number
 * (data-secret) is filled in, everything so marked goes into one token, the number is taken out of the form, and the
 * form is sent with the token. Where Stripe's script cannot be loaded, the form is sent as it would be without
 * JavaScript.
 */
(() => {
  "use strict";

  const SCRIPT_TIMEOUT_MS = 8000;
  const TOKEN_TIMEOUT_MS = 20000;
  const LAST_DIGITS = 4;

  const form = document.querySelector("[data-token-form]");
  if (!form) {
    return;
  }
  const secrets = [...form.querySelectorAll("[data-secret]")];
  const holder = form.querySelector("[name=account_token], [name=number_token]");
  let sending = false;

  function within(promise, milliseconds) {
    const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error("timeout")), milliseconds));
    return Promise.race([promise, timeout]);
  }

  function loadScript() {
    const loaded = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = form.dataset.stripeJs;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return within(loaded, SCRIPT_TIMEOUT_MS);
  }

  async function connect() {
    if (!window.Stripe) {
      await loadScript();
    }
    return window.Stripe(form.dataset.publishableKey);
  }

  function plain(text) {
    return text.replace(/[\s.\-/]/g, "").toUpperCase();
  }

  // As the server would write it: +, country code, number.
  function phone(input) {
    const text = input.value.replace(/[\s().\-/]/g, "").replace(/^00(?=\d{9})/, "+");
    const code = input.dataset.dialling;
    if (text.startsWith("+") || !code || !text) {
      return text;
    }
    const national = code === "1" ? text.replace(/^1(?=\d{10}$)/, "") : text.replace(code === "39" ? /^$/ : /^0/, "");
    return `+${code}${national}`;
  }

  function valueOf(input) {
    if (input.dataset.secret !== undefined) {
      return plain(input.value);
    }
    return input.dataset.dialling === undefined ? input.value.trim() : phone(input);
  }

  function contents() {
    const tree = {};
    for (const input of form.querySelectorAll("[data-token]")) {
      const value = valueOf(input);
      if (value) {
        const isShort = input.dataset.tokenShort && value.length === LAST_DIGITS;
        const path = (isShort ? input.dataset.tokenShort : input.dataset.token).split(".");
        const last = path.pop();
        path.reduce((inner, name) => (inner[name] ??= {}), tree)[last] = value;
      }
    }
    return tree;
  }

  function say(input, sentence) {
    const error = document.getElementById(`${input.id}-error`);
    if (error) {
      error.hidden = !sentence;
      error.querySelector("span").textContent = sentence;
    }
    if (sentence) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else {
      input.removeAttribute("aria-invalid");
    }
  }

  function looksWrong(input) {
    return input.value && !new RegExp(`^(?:${input.dataset.pattern})$`).test(plain(input.value));
  }

  async function handOver() {
    const stripe = await connect();
    const {token} = await within(stripe.createToken(form.dataset.tokenKind, contents()), TOKEN_TIMEOUT_MS);
    if (!token) {
      // The server asks once more and says at the field what Stripe did not take.
      return;
    }
    holder.value = token.id;
    for (const input of secrets) {
      input.value = "";
    }
  }

  form.addEventListener("submit", async (event) => {
    const filled = secrets.filter((input) => input.value.trim());
    if (!filled.length) {
      return;
    }
    event.preventDefault();
    if (sending) {
      return;
    }
    const wrong = filled.find(looksWrong);
    if (wrong) {
      say(wrong, document.getElementById(`${wrong.id}-error`).dataset.sentence);
      return;
    }
    sending = true;
    // form.submit() forgets which button was pressed.
    if (event.submitter?.name) {
      const pressed = document.createElement("input");
      Object.assign(pressed, {type: "hidden", name: event.submitter.name, value: event.submitter.value});
      form.append(pressed);
    }
    try {
      await handOver();
    } catch {
      // Sent as it would be without JavaScript.
    }
    form.submit();
  });
  form.addEventListener("input", ({target}) => {
    if (secrets.includes(target)) {
      say(target, "");
    }
  });
  // Coming back by the back button must not find a spent token, nor a form that is still sending.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });
})();
