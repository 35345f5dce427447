/*
 * Shows a component of Stripe's in the place of what the server drew. The page works as it came: this only adds to it,
 * and whatever goes wrong leaves, or brings back, what was there.
 */
import {loadConnectAndInitialize} from "../vendor/connect-js/pure.esm.js";

const PATIENCE_MS = 8000;
const DARK = matchMedia("(prefers-color-scheme: dark)");
// What Connect.js calls a colour, and the token of ours that it gets.
const COLOURS = {
  colorPrimary: "--accent",
  colorText: "--text",
  colorSecondaryText: "--text-2",
  colorBorder: "--control",
  colorDanger: "--bad",
  buttonPrimaryColorBackground: "--accent",
  buttonPrimaryColorBorder: "--accent",
  buttonPrimaryColorText: "--on-accent",
  buttonSecondaryColorBackground: "--surface",
  buttonSecondaryColorBorder: "--control",
  buttonSecondaryColorText: "--text",
  buttonDangerColorBackground: "--bad",
  buttonDangerColorText: "--on-bad",
  actionPrimaryColorText: "--accent",
  actionSecondaryColorText: "--text-2",
  badgeNeutralColorBackground: "--mute-soft",
  badgeNeutralColorText: "--text-2",
  badgeSuccessColorBackground: "--ok-soft",
  badgeSuccessColorText: "--ok",
  badgeWarningColorBackground: "--warn-soft",
  badgeWarningColorText: "--warn",
  badgeDangerColorBackground: "--bad-soft",
  badgeDangerColorText: "--bad",
  offsetBackgroundColor: "--surface-2",
  formBackgroundColor: "--surface",
  formHighlightColorBorder: "--accent",
  formAccentColor: "--accent",
  formPlaceholderTextColor: "--text-3",
};

// A refusal of our server's, in a sentence for the reader. Of everything else people learn only that it did not work.
class Refusal extends Error {}

function within(promise, milliseconds) {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), milliseconds));
  return Promise.race([promise, late]);
}

// The loader knows Stripe's own address only, so the script is there before it looks: then it takes what it finds.
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}

// Tokens hold both themes at once; only a drawn element tells which colour is meant.
function hexOf(token, probe) {
  probe.style.color = `var(${token})`;
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

function appearance(ground) {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const variables = {fontFamily: getComputedStyle(document.body).fontFamily, borderRadius: "8px"};
  for (const [name, token] of Object.entries(COLOURS)) {
    variables[name] = hexOf(token, probe);
  }
  variables.colorBackground = hexOf(ground, probe);
  probe.remove();
  return {overlays: "dialog", variables};
}

function followTheme(instance, ground) {
  const update = () => instance.update({appearance: appearance(ground)});
  new MutationObserver(update).observe(document.documentElement, {attributeFilter: ["data-theme"]});
  DARK.addEventListener("change", update);
}

async function askForSecret({session, csrf, visit}) {
  const headers = {"X-CSRFToken": csrf, "X-Visit": visit};
  const reply = await fetch(session, {method: "POST", headers, redirect: "manual"});
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok || !answer.client_secret) {
    throw new Refusal(answer.error?.message);
  }
  return answer.client_secret;
}

/* One place on the page that a component may take. */
class Place {
  constructor(root) {
    this.root = root;
    this.facts = root.dataset;
    this.form = root.querySelector("[data-connect-form]");
    this.box = root.querySelector("[data-connect-box]");
    this.status = root.querySelector("[data-connect-status]");
    this.instead = root.querySelector("[data-connect-instead]");
    this.instead?.addEventListener("click", () => this.giveBack(""));
  }

  // What stands behind the component: a card of ours, or the page itself.
  get ground() {
    return this.box.matches(".card") ? "--surface" : "--bg";
  }

  say(sentence) {
    if (this.status) {
      this.status.textContent = sentence;
    }
  }

  takeOver() {
    this.say("");
    this.box.hidden = false;
    if (this.form) {
      this.form.hidden = this.form.inert = true;
    }
    if (this.instead) {
      this.instead.hidden = false;
    }
  }

  giveBack(sentence) {
    this.element?.remove();
    this.box.hidden = true;
    if (this.form) {
      this.form.hidden = this.form.inert = false;
    }
    if (this.instead) {
      this.instead.hidden = true;
    }
    this.say(sentence);
  }

  // The account is read again, and the page that follows says how it stands.
  finish() {
    this.root.querySelector("[data-connect-done]").requestSubmit();
  }

  count(total) {
    this.box.hidden = total === 0;
    if (total < this.total) {
      this.finish();
    }
    this.total = total;
  }

  async connect() {
    this.say(this.facts.loading ?? "");
    await within(loadScript(this.facts.url), PATIENCE_MS);
    // The loader asks at once and cannot say what went wrong, so the first secret is fetched here.
    let first = await within(askForSecret(this.facts), PATIENCE_MS);
    const instance = loadConnectAndInitialize({
      publishableKey: this.facts.key,
      locale: this.facts.locale,
      appearance: appearance(this.ground),
      fetchClientSecret: async () => {
        const secret = first ?? (await askForSecret(this.facts).catch(() => undefined));
        first = null;
        return secret;
      },
    });
    await within(instance.debugInstance(), PATIENCE_MS);
    return instance;
  }

  show(instance) {
    const element = instance.create(this.facts.connect);
    element.setOnLoaderStart(() => this.takeOver());
    element.setOnLoadError(() => this.giveBack(this.facts.unavailable ?? ""));
    element.setCollectionOptions({fields: this.facts.collects, futureRequirements: "include"});
    if (this.facts.connect === "account-onboarding") {
      element.setOnExit(() => this.finish());
    } else {
      element.setOnNotificationsChange(({total}) => this.count(total));
    }
    this.element = element;
    this.box.hidden = false;
    this.box.firstElementChild.append(element);
    followTheme(instance, this.ground);
  }

  async start() {
    try {
      this.show(await this.connect());
    } catch (problem) {
      this.giveBack((problem instanceof Refusal && problem.message) || (this.facts.unavailable ?? ""));
    }
  }
}

for (const root of document.querySelectorAll("[data-connect]")) {
  new Place(root).start();
}
