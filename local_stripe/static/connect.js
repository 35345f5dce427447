/*
 * Connect.js, as far as local Stripe has components: the same calls, elements and events as Stripe's own script.
 *
 *   const instance = window.StripeConnect.init({publishableKey, fetchClientSecret, appearance, locale});
 *   const onboarding = instance.create("account-onboarding");
 *   onboarding.setOnExit(() => …);
 *   container.append(onboarding);
 *
 * It works alone, with `StripeConnect.onLoad`, and under the loader of the npm package @stripe/connect-js. It makes no
 * requests itself: every component is a frame of the server this script came from, and only frames talk to that. Hence
 * it runs under a Content-Security-Policy whose script-src and frame-src name that server. No element or attribute of
 * style is written; sizes are set through the object model, which such a policy allows.
 */
(function () {
  "use strict";

  if (window.StripeConnect && typeof window.StripeConnect.init === "function") {
    return;
  }

  const SERVER = new URL(document.currentScript.src).origin;
  const SOURCE = "local-stripe-connect";
  const PATIENCE = 20_000;
  const TAGS = [
    "account-onboarding", "disputes-list", "payments", "payment-details", "payment-disputes", "payouts", "payouts-list",
    "payout-details", "balances", "account-management", "notification-banner", "instant-payouts-promotion",
    "issuing-card", "issuing-cards-list", "financial-account", "financial-account-transactions", "documents",
    "tax-registrations", "tax-settings", "balance-report", "payout-reconciliation-report",
  ];
  const COMMON = ["LoadError", "LoaderStart"];
  /* Listeners, then options, of the elements that have any. */
  const METHODS = {
    "account-onboarding": [["Exit", "StepChange"], ["FullTermsOfServiceUrl", "RecipientTermsOfServiceUrl",
      "PrivacyPolicyUrl", "SkipTermsOfServiceCollection", "CollectionOptions"]],
    "account-management": [["SectionOpen"], ["CollectionOptions"]],
    "notification-banner": [["NotificationsChange"], ["CollectionOptions"]],
    "instant-payouts-promotion": [["InstantPayoutsPromotionLoaded", "InstantPayoutCreated"], []],
    "issuing-card": [[], ["DefaultCard", "CardSwitching", "FetchEphemeralKey", "ShowSpendControls"]],
    "issuing-cards-list": [[], ["FetchEphemeralKey", "ShowSpendControls", "IssuingProgram"]],
    "financial-account": [[], ["FinancialAccount"]],
    "financial-account-transactions": [[], ["FinancialAccount"]],
    payments: [[], ["DefaultFilters"]],
    "payment-details": [["Close"], ["Payment"]],
    "payment-disputes": [["DisputesLoaded"], ["Payment"]],
    "tax-settings": [["TaxSettingsUpdated"], ["HideProductTaxCodeSelector", "DisplayHeadOfficeCountries"]],
    "tax-registrations": [["AfterTaxRegistrationAdded", "AfterTaxRegistrationExpired"], ["DisplayCountries"]],
    "payout-details": [["Close"], ["Payout"]],
    "payout-reconciliation-report": [["ReportAvailabilityLoaded"], []],
  };
  const TITLES = {
    en: {"account-onboarding": "Account onboarding", "notification-banner": "Notifications"},
    fr: {"account-onboarding": "Inscription du compte", "notification-banner": "Notifications"},
    es: {"account-onboarding": "Registro de la cuenta", "notification-banner": "Notificaciones"},
  };

  class IntegrationError extends Error {
    constructor(message) {
      super(message);
      this.name = "IntegrationError";
    }
  }

  /* A failure as listeners of load errors get it. */
  class LoadFailure extends Error {
    constructor(type, message) {
      super(message);
      this.type = type;
    }
  }

  /* One component on the page: its iframe, and the conversation with it. */
  class Frame {
    constructor(connector, tag, host) {
      Object.assign(this, {connector, tag, host, loaded: false, gone: false, grant: null, step: null});
      this.iframe = document.createElement("iframe");
      this.iframe.title = connector.title(tag);
      this.iframe.style.display = "block";
      this.iframe.style.width = "100%";
      this.iframe.style.height = "6rem";
      this.iframe.style.border = "0";
      this.hear = (event) => this.receive(event);
      window.addEventListener("message", this.hear);
      this.patience = setTimeout(() => {
        this.fail(new LoadFailure("api_connection_error", "The component did not load in time."));
      }, PATIENCE);
      this.iframe.src = `${SERVER}/connect-js/frame/${tag}`;
      host.append(this.iframe);
    }

    say(type, more) {
      this.iframe.contentWindow?.postMessage({source: SOURCE, type, ...more}, SERVER);
    }

    receive(event) {
      const message = event.data;
      if (event.origin !== SERVER || event.source !== this.iframe.contentWindow || message?.source !== SOURCE) {
        return;
      }
      const acts = {
        hello: () => this.connector.admit(this),
        expired: () => this.connector.admit(this),
        claimed: () => this.settle?.({grant: message.grant}),
        refused: () => this.settle?.({error: message.error, code: message.code}),
        page: () => this.show(message),
        height: () => this.resize(message.height),
        "logged-out": () => this.loggedOut?.(),
      };
      if (Object.hasOwn(acts, message.type)) {
        acts[message.type]();
      }
    }

    /* Hand over a credential; what came of it: {grant} or {error, code}. */
    start(credential) {
      return new Promise((resolve) => {
        this.settle = resolve;
        this.say("start", {asks: {...this.connector.asks(), ...credential, component: this.tag, options: this.host.options}});
      });
    }

    show(message) {
      clearTimeout(this.patience);
      this.resize(message.height);
      if (this.loaded && this.iframe.getBoundingClientRect().top < 0) {
        this.iframe.scrollIntoView({block: "start"});
      }
      this.loaded = true;
      if (message.exits) {
        this.host.fire("Exit");
        this.connector.refresh();
      }
      if (message.step && message.step !== this.step) {
        this.host.fire("StepChange", {step: message.step});
        this.host.fire("SectionOpen", {sectionName: message.step});
      }
      this.step = message.step || null;
      if (message.notifications) {
        this.host.fire("NotificationsChange", message.notifications);
      }
    }

    resize(height) {
      if (Number.isFinite(height)) {
        this.iframe.style.height = `${Math.min(Math.max(height, 0), 30_000)}px`;
      }
    }

    fail(problem) {
      clearTimeout(this.patience);
      if (!this.gone) {
        const error = {type: problem.type || "api_error", message: problem.message};
        this.host.fire("LoadError", {error, elementTagName: this.tag});
      }
    }

    remove() {
      clearTimeout(this.patience);
      this.gone = true;
      window.removeEventListener("message", this.hear);
      this.settle?.({error: {type: "render_error", message: "The element was removed."}});
      this.iframe.remove();
    }
  }

  /* What all components of an instance share: the key, the look, and the grant that the client secret was traded for. */
  class Connector {
    constructor(params) {
      this.key = params.publishableKey;
      this.fetchClientSecret = params.fetchClientSecret;
      this.eager = params.metaOptions?.eagerClientSecretPromise || null;
      this.look = params.appearance?.variables || {};
      this.locale = params.locale || "";
      this.frames = new Set();
      this.grant = null;
      this.turn = Promise.resolve();
    }

    title(tag) {
      const titles = TITLES[(this.locale || navigator.language).slice(0, 2)] || TITLES.en;
      const words = tag.replaceAll("-", " ");
      return titles[tag] || words[0].toUpperCase() + words.slice(1);
    }

    asks() {
      return {publishable_key: this.key, look: this.look, locale: this.locale};
    }

    /* A client secret works once: the first may have been fetched before this script was there. */
    async secret() {
      const eager = this.eager;
      this.eager = null;
      let secret;
      try {
        secret = await (eager || this.fetchClientSecret());
      } catch (problem) {
        throw new LoadFailure("account_session_create_error", String(problem?.message || problem));
      }
      if (typeof secret !== "string" || secret === "") {
        throw new LoadFailure("account_session_create_error", "fetchClientSecret must return a client secret.");
      }
      return secret;
    }

    /* One frame at a time, for the first trades the secret and the others share what it got. */
    admit(frame) {
      this.turn = this.turn.then(() => this.letIn(frame)).catch((problem) => frame.fail(problem));
      return this.turn;
    }

    async letIn(frame) {
      if (frame.grant !== null && frame.grant === this.grant) {
        this.grant = null; // it has just run out
      }
      let answer;
      for (let attempt = 0; attempt < 3 && !frame.gone; attempt += 1) {
        const credential = this.grant ? {grant: this.grant} : {client_secret: await this.secret()};
        answer = await frame.start(credential);
        if (answer.grant) {
          this.grant = frame.grant = answer.grant;
          return;
        }
        if (answer.code !== "account_session_invalid") {
          break;
        }
        this.grant = null;
      }
      throw new LoadFailure(answer?.error?.type, answer?.error?.message);
    }

    update({appearance, locale} = {}) {
      if (appearance) {
        this.look = appearance.variables || {};
      }
      if (locale) {
        this.locale = locale;
      }
      for (const frame of this.frames) {
        frame.iframe.title = this.title(frame.tag);
        frame.say("update", {look: this.look, locale: this.locale});
      }
    }

    /* What a banner says may have changed with what another component saved. */
    refresh() {
      for (const frame of this.frames) {
        frame.say("refresh");
      }
    }

    async logout() {
      const frames = [...this.frames];
      const [speaker] = frames.filter((frame) => frame.loaded);
      if (speaker) {
        await new Promise((resolve) => {
          speaker.loggedOut = resolve;
          speaker.say("logout");
          setTimeout(resolve, 3_000);
        });
      }
      this.grant = this.eager = null;
      frames.forEach((frame) => frame.host.close());
    }
  }

  class ConnectElement extends HTMLElement {
    listeners = {};
    options = {};
    frame = null;

    get tag() {
      return this.localName.replace("stripe-connect-", "");
    }

    setConnector(connector) {
      this.connector = connector;
      this.open();
    }

    connectedCallback() {
      this.open();
    }

    disconnectedCallback() {
      this.close();
    }

    /* Setters that are called right after the element was made count from the start. */
    open() {
      if (!this.connector || !this.isConnected || this.frame || this.opening) {
        return;
      }
      this.opening = setTimeout(() => {
        this.opening = null;
        if (!this.isConnected || this.frame) {
          return;
        }
        this.style.display = "block";
        this.fire("LoaderStart", {elementTagName: this.tag});
        this.frame = new Frame(this.connector, this.tag, this);
        this.connector.frames.add(this.frame);
      });
    }

    close() {
      clearTimeout(this.opening);
      this.opening = null;
      if (this.frame) {
        this.connector.frames.delete(this.frame);
        this.frame.remove();
        this.frame = null;
      }
    }

    fire(name, detail) {
      this.listeners[name]?.(detail);
    }

    setOption(name, value) {
      const key = name[0].toLowerCase() + name.slice(1);
      const before = JSON.stringify(this.options[key]);
      this.options[key] = typeof value === "function" ? undefined : value;
      if (this.frame && JSON.stringify(this.options[key]) !== before) {
        this.close();
        this.open();
      }
    }
  }

  function addMethod(prototype, name, act) {
    prototype[`${name}InternalOnly`] = act;
    prototype[name] = act;
  }

  /* The loader puts methods of its own on elements, which call those that end in InternalOnly. */
  function define(tag) {
    const element = class extends ConnectElement {};
    const [listeners, options] = METHODS[tag] || [[], []];
    for (const name of [...COMMON, ...listeners]) {
      addMethod(element.prototype, `setOn${name}`, function (listener) {
        this.listeners[name] = listener;
      });
    }
    for (const name of options) {
      addMethod(element.prototype, `set${name}`, function (value) {
        this.setOption(name, value);
      });
    }
    window.customElements.define(`stripe-connect-${tag}`, element);
  }

  function requireParams(params) {
    const {publishableKey, fetchClientSecret} = params || {};
    if (typeof publishableKey !== "string" || publishableKey === "") {
      throw new IntegrationError("Please call init() with your publishable key. You used an empty string.");
    }
    if (!publishableKey.startsWith("pk_")) {
      throw new IntegrationError("You should not use your secret key with Connect.js. Please pass a publishable key.");
    }
    if (typeof fetchClientSecret !== "function") {
      throw new IntegrationError("Please call init() with fetchClientSecret, a function that returns a client secret.");
    }
  }

  function init(params) {
    requireParams(params);
    const connector = new Connector(params);
    const instance = {
      connect: connector,
      create(tag) {
        if (!TAGS.includes(tag)) {
          throw new IntegrationError(`"${tag}" is no component of Connect.js.`);
        }
        const element = document.createElement(`stripe-connect-${tag}`);
        element.setConnector(connector);
        return element;
      },
      update: (changes) => connector.update(changes),
      logout: () => connector.logout(),
      debugInstance: () => Promise.resolve(instance),
    };
    return instance;
  }

  TAGS.forEach(define);
  const given = window.StripeConnect;
  const shared = given && typeof given === "object" && !(given instanceof Element) ? given : {};
  window.StripeConnect = Object.assign(shared, {init});
  shared.onLoad?.();
})();
