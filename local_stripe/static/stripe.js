/*
 * The part of Stripe.js that collects bank accounts, with the same calls and answers.
 *
 *   const stripe = Stripe("pk_test_…", {stripeAccount: "acct_…"});
 *   const {token, error} = await stripe.createToken("bank_account", {country, currency, routing_number, …});
 *
 * What the customer typed goes to the server this script came from and nowhere else. A plain script without eval, inline
 * styles or further requests: it runs under a Content-Security-Policy whose script-src and connect-src name that server.
 */
(function () {
  "use strict";

  if (window.Stripe) {
    return;
  }

  const TOKENS_URL = new URL("/v1/tokens", document.currentScript.src).href;
  const CONNECTION_ERROR = {
    type: "api_connection_error",
    message: "The bank details could not be sent. Check the internet connection and try again.",
  };

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  function requireKey(key) {
    if (typeof key !== "string" || key === "") {
      throw new IntegrationError("Please call Stripe() with your publishable key. You used an empty string.");
    }
    if (!key.startsWith("pk_")) {
      throw new IntegrationError("You should not use your secret key with Stripe.js. Please pass a publishable key.");
    }
  }

  function requireOptions(options) {
    for (const name of ["stripeAccount", "locale", "apiVersion"]) {
      if (options[name] !== undefined && typeof options[name] !== "string") {
        throw new IntegrationError(`Invalid value for Stripe(): ${name} should be a string.`);
      }
    }
  }

  function requireBankAccount(type, data) {
    if (type !== "bank_account") {
      throw new IntegrationError(`Invalid value for createToken: "${type}" is not a token type. Use "bank_account".`);
    }
    if (data === null || typeof data !== "object") {
      throw new IntegrationError("Invalid value for createToken: the bank account should be an object.");
    }
  }

  function tokenForm(key, options, data) {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(data)) {
      if (value !== undefined && value !== null) {
        form.append(`bank_account[${name}]`, String(value));
      }
    }
    form.append("key", key);
    if (options.stripeAccount) {
      form.append("_stripe_account", options.stripeAccount);
    }
    if (options.apiVersion) {
      form.append("_stripe_version", options.apiVersion);
    }
    return form;
  }

  async function postToken(form) {
    try {
      const response = await fetch(TOKENS_URL, {
        method: "POST",
        body: form,
        headers: {Accept: "application/json"},
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const body = await response.json();
      return response.ok ? {token: body} : {error: body.error || CONNECTION_ERROR};
    } catch {
      return {error: CONNECTION_ERROR};
    }
  }

  function Stripe(key, options = {}) {
    requireKey(key);
    requireOptions(options);
    return {
      async createToken(type, data) {
        requireBankAccount(type, data);
        return postToken(tokenForm(key, options, data));
      },
    };
  }

  Stripe.version = 3;
  window.Stripe = Stripe;
})();
