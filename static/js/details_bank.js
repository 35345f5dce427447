/*
 * Sends the numbers of a bank account for payouts from the browser to Stripe, and only Stripe's token to us.
 * The number inputs have no name, so no form submission can carry them.
 */
(() => {
  "use strict";

  const SCRIPT_TIMEOUT_MS = 8000;
  const TOKEN_TIMEOUT_MS = 20000;

  const form = document.querySelector("[data-bank-form]");
  if (!form) {
    return;
  }
  const messages = JSON.parse(document.getElementById("bank-messages").textContent);
  const {shape, country, currency} = form.dataset;
  const routing = document.getElementById("routing-number");
  const account = document.getElementById("account-number");
  const button = form.querySelector("[type=submit]");
  const unavailable = document.getElementById("stripe-unavailable");
  const failure = document.getElementById("stripe-failure");

  function within(promise, milliseconds) {
    const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error("timeout")), milliseconds));
    return Promise.race([promise, timeout]);
  }

  async function connect() {
    if (!window.Stripe) {
      const loaded = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = form.dataset.stripeJs;
        script.onload = resolve;
        script.onerror = reject;
        document.head.append(script);
      });
      await within(loaded, SCRIPT_TIMEOUT_MS);
    }
    return window.Stripe(form.dataset.publishableKey);
  }

  function say(input, sentence) {
    const error = document.getElementById(`${input.id}-error`);
    error.hidden = !sentence;
    error.querySelector("span").textContent = sentence;
    if (sentence) {
      input.setAttribute("aria-invalid", "true");
    } else {
      input.removeAttribute("aria-invalid");
    }
    return !sentence;
  }

  function plain(input) {
    return input.value.replace(/[\s-]/g, "").toUpperCase();
  }

  // The ninth digit of a routing number is worked out from the first eight (weights 3, 7, 1).
  function hasRightCheckDigit(number) {
    const sum = [...number].reduce((total, digit, place) => total + Number(digit) * [3, 7, 1][place % 3], 0);
    return sum > 0 && sum % 10 === 0;
  }

  // An IBAN, its first four characters moved to the end and its letters counted from 10, leaves 1 when divided by 97.
  function isIban(number) {
    if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$/.test(number)) {
      return false;
    }
    const digits = (number.slice(4) + number.slice(0, 4)).replace(/[A-Z]/g, (letter) => letter.charCodeAt(0) - 55);
    return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1;
  }

  function routingSentence() {
    const number = plain(routing);
    if (!number) {
      return messages.missing;
    }
    if (!/^[0-9]+$/.test(number)) {
      return messages.digitsOnly;
    }
    if (shape === "gb") {
      return number.length === 6 ? "" : messages.sortCode;
    }
    if (number.length !== 9) {
      return messages.routingLength;
    }
    return hasRightCheckDigit(number) ? "" : messages.routingCheckDigit;
  }

  function accountSentence() {
    const number = plain(account);
    if (!number) {
      return messages.missing;
    }
    if (shape === "iban") {
      return isIban(number) ? "" : messages.iban;
    }
    if (!/^[0-9]+$/.test(number)) {
      return messages.digitsOnly;
    }
    if (shape === "gb") {
      return number.length === 8 ? "" : messages.britishAccount;
    }
    return number.length < 4 || number.length > 17 ? messages.accountLength : "";
  }

  function isComplete() {
    const holder = form.elements.holder_name;
    const fine = [
      say(holder, holder.value.trim() ? "" : messages.holder),
      !routing || say(routing, routingSentence()),
      say(account, accountSentence()),
    ];
    form.querySelector("[aria-invalid=true]")?.focus();
    return fine.every(Boolean);
  }

  function showRefusal(error) {
    if (error.code === "routing_number_invalid" && routing) {
      say(routing, messages.refused);
      routing.focus();
    } else if (error.code === "account_number_invalid") {
      say(account, messages.refused);
      account.focus();
    } else {
      failure.hidden = false;
      failure.focus();
    }
  }

  async function send() {
    failure.hidden = unavailable.hidden = true;
    if (!isComplete()) {
      return;
    }
    let stripe;
    try {
      stripe = await connect();
    } catch {
      unavailable.hidden = false;
      unavailable.focus();
      return;
    }
    const number = plain(account);
    const {token, error} = await within(
      stripe.createToken("bank_account", {
        country: shape === "iban" ? number.slice(0, 2) : country,
        currency,
        account_holder_name: form.elements.holder_name.value.trim(),
        account_holder_type: form.elements.holder_type.value,
        ...(routing ? {routing_number: plain(routing)} : {}),
        account_number: number,
      }),
      TOKEN_TIMEOUT_MS,
    );
    if (error) {
      showRefusal(error);
      return;
    }
    form.elements.token.value = token.id;
    account.value = "";
    if (routing) {
      routing.value = "";
    }
    form.submit();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) {
      return;
    }
    button.disabled = true;
    try {
      await send();
    } catch {
      failure.hidden = false;
      failure.focus();
    } finally {
      button.disabled = false;
    }
  });
  // A field that is being corrected loses its mark; it is judged again at the next press of the button.
  form.addEventListener("input", ({target}) => {
    if (target.hasAttribute("aria-invalid") && document.getElementById(`${target.id}-error`)) {
      say(target, "");
    }
  });
  // Coming back by the back button must not find numbers or a spent token.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      form.reset();
    }
  });
})();
