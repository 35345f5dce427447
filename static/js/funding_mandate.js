/*
 * Sends bank numbers from the browser to Stripe, and only the token that Stripe answers with to us.
 * The two number inputs have no name, so no form submission can carry them.
 */
(() => {
  "use strict";

  const SCRIPT_TIMEOUT_MS = 8000;
  const TOKEN_TIMEOUT_MS = 20000;

  const form = document.querySelector("[data-mandate-form]");
  if (!form) {
    return;
  }
  const messages = JSON.parse(document.getElementById("mandate-messages").textContent);
  const routing = document.getElementById("routing-number");
  const account = document.getElementById("account-number");
  const button = form.querySelector("[type=submit]");
  const unavailable = document.getElementById("stripe-unavailable");
  const failure = document.getElementById("stripe-failure");
  let stripe = null;

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
    unavailable.hidden = true;
    try {
      await loadScript();
      stripe = window.Stripe(form.dataset.publishableKey, {stripeAccount: form.dataset.stripeAccount});
    } catch {
      stripe = null;
      unavailable.hidden = false;
    }
    return stripe;
  }

  function showError(input, sentence) {
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

  function digits(input) {
    return input.value.replace(/[\s-]/g, "");
  }

  // The ninth digit of a routing number is worked out from the first eight (weights 3, 7, 1).
  function hasRightCheckDigit(number) {
    const sum = [...number].reduce((total, digit, place) => total + Number(digit) * [3, 7, 1][place % 3], 0);
    return sum > 0 && sum % 10 === 0;
  }

  function routingSentence() {
    const number = digits(routing);
    if (!number) {
      return messages.routingMissing;
    }
    if (!/^[0-9]+$/.test(number)) {
      return messages.digitsOnly;
    }
    if (number.length !== 9) {
      return (number.length === 1 ? messages.routingOneDigit : messages.routingLength).replace("%s", number.length);
    }
    return hasRightCheckDigit(number) ? "" : messages.routingCheckDigit;
  }

  function accountSentence() {
    const number = digits(account);
    if (!number) {
      return messages.accountMissing;
    }
    if (!/^[0-9]+$/.test(number)) {
      return messages.digitsOnly;
    }
    return number.length < 4 || number.length > 17 ? messages.accountLength : "";
  }

  function tickSentence() {
    return form.elements.agree.checked ? "" : messages.tick;
  }

  function holderSentence() {
    return form.elements.holder_name.value.trim() ? "" : messages.holderMissing;
  }

  // A form that came back from the server already has a token; its numbers need not be typed again.
  function hasToken() {
    return form.elements.token.value !== "" && !routing.value && !account.value;
  }

  function isComplete() {
    const fine = [
      showError(form.elements.holder_name, holderSentence()),
      hasToken() || showError(routing, routingSentence()),
      hasToken() || showError(account, accountSentence()),
      showError(form.elements.agree, tickSentence()),
    ];
    form.querySelector("[aria-invalid=true]")?.focus();
    return fine.every(Boolean);
  }

  function showRefusal(error) {
    if (error.code === "routing_number_invalid") {
      showError(routing, messages.routingCheckDigit);
      routing.focus();
    } else if (error.code === "account_number_invalid") {
      showError(account, messages.accountRefused);
      account.focus();
    } else {
      failure.hidden = false;
      failure.focus();
    }
  }

  async function makeToken() {
    const {token, error} = await within(
      stripe.createToken("bank_account", {
        country: "US",
        currency: form.dataset.currency,
        account_holder_name: form.elements.holder_name.value.trim(),
        account_holder_type: form.elements.holder_type.value,
        routing_number: digits(routing),
        account_number: digits(account),
      }),
      TOKEN_TIMEOUT_MS,
    );
    if (error) {
      showRefusal(error);
      return false;
    }
    form.elements.token.value = token.id;
    return true;
  }

  async function submit() {
    failure.hidden = true;
    if (!isComplete()) {
      return;
    }
    if (!hasToken()) {
      if (!(stripe || (await connect()))) {
        unavailable.focus();
        return;
      }
      if (!(await makeToken())) {
        return;
      }
      routing.value = account.value = "";
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
      await submit();
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
      showError(target, "");
    }
  });
  // Coming back by the back button must not find numbers or a spent token.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      form.reset();
    }
  });
  connect();
})();
