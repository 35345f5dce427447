/*
 * Sends a person's identity number from the browser to Stripe, and only the token that Stripe answers with to us.
 * Where Stripe's script cannot be loaded the form goes as it is: the server then makes the token and keeps no number.
 */
(() => {
  "use strict";

  const SCRIPT_TIMEOUT_MS = 8000;
  const TOKEN_TIMEOUT_MS = 20000;
  const LAST_4 = 4;

  const form = document.querySelector("[data-person-form]");
  const input = form?.querySelector("[data-number]");
  if (!input || !form.dataset.publishableKey) {
    return;
  }
  let loading = null;
  let isPassedOn = false;

  function within(promise, milliseconds) {
    const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error("timeout")), milliseconds));
    return Promise.race([promise, timeout]);
  }

  function loadScript() {
    if (window.Stripe) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = form.dataset.stripeJs;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }

  function connect() {
    loading ??= within(loadScript(), SCRIPT_TIMEOUT_MS).then(() => window.Stripe(form.dataset.publishableKey));
    return loading;
  }

  function digits() {
    return input.value.replace(/[\s.-]/g, "");
  }

  function contents() {
    const number = digits();
    const name = form.dataset.country === "US" && number.length === LAST_4 ? "ssn_last_4" : "id_number";
    const told = {[name]: number};
    return form.dataset.kind === "account" ? {business_type: "individual", individual: told} : {person: told};
  }

  // The server says what is wrong with a number in words, so one that cannot be right goes there.
  function looksRight() {
    const number = digits();
    return form.dataset.country !== "US" || /^([0-9]{9}|[0-9]{4})$/.test(number);
  }

  async function makeToken() {
    const stripe = await connect();
    const {token} = await within(stripe.createToken(form.dataset.kind, contents()), TOKEN_TIMEOUT_MS);
    if (token) {
      form.elements.number_token.value = token.id;
      input.value = "";
    }
  }

  form.addEventListener("submit", async (event) => {
    if (isPassedOn || !digits() || !looksRight()) {
      return;
    }
    event.preventDefault();
    if (form.dataset.sending) {
      return;
    }
    form.dataset.sending = "1";
    try {
      await makeToken();
    } catch {
      // Blocked or slow: the form goes as it is.
    }
    isPassedOn = true;
    delete form.dataset.sending;
    form.requestSubmit(event.submitter);
    isPassedOn = false;
  });
  // Coming back by the back button must not find a number or a spent token.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      input.value = form.elements.number_token.value = "";
    }
  });
  connect().catch(() => {
    loading = null;
  });
})();
