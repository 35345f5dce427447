/*
 * The part of Stripe.js that collects bank accounts, companies and people, with the same calls and answers.
 *
 *   const stripe = Stripe("pk_test_…", {stripeAccount: "acct_…"});
 *   const {token, error} = await stripe.createToken("bank_account", {country, currency, routing_number, …});
 *   … = await stripe.createToken("account", {company: {name, tax_id, …}, tos_shown_and_accepted});
 *   … = await stripe.createToken("person", {person: {first_name, id_number, …}});
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
    message: "The details could not be sent. Check the internet connection and try again.",
  };

  const TYPES = ["account", "bank_account", "person"];

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

  function requireData(type, data) {
    if (!TYPES.includes(type)) {
      throw new IntegrationError(`Invalid value for createToken: "${type}" is not one of ${TYPES.join(", ")}.`);
    }
    if (data === null || typeof data !== "object") {
      throw new IntegrationError("Invalid value for createToken: the data should be an object.");
    }
  }

  function appendTo(form, name, value) {
    if (value === undefined || value === null) {
      return;
    }
    if (typeof value !== "object") {
      form.append(name, String(value));
      return;
    }
    for (const [inner, each] of Object.entries(value)) {
      appendTo(form, `${name}[${inner}]`, each);
    }
  }

  function tokenForm(type, key, options, data) {
    const form = new URLSearchParams();
    // The data of a person stands below its own name already.
    appendTo(form, type, type === "person" ? data.person : data);
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
        requireData(type, data);
        return postToken(tokenForm(type, key, options, data));
      },
    };
  }

  Stripe.version = 3;
  window.Stripe = Stripe;
})();
