/*
 * Runs in the frames that Connect.js shows. It talks to the page around it and to nobody else: the first message that
 * brings a credential decides which origin that is, the server keeps it, and no later page listens to another.
 * Nothing that somebody typed is ever told to that page.
 */
(function () {
  "use strict";

  const SOURCE = "local-stripe-connect";
  const root = document.documentElement;
  const event = root.dataset.event;
  const base = location.pathname.split("/").slice(0, 5).join("/");
  const waiting = [];
  let origin = root.dataset.origin || null;
  let dirty = false;

  const COLORS = {
    colorBackground: ["--ground", "--sheet"],
    formBackgroundColor: ["--field"],
    colorText: ["--ink"],
    colorSecondaryText: ["--soft"],
    colorBorder: ["--line"],
    colorPrimary: ["--accent", "--button", "--link"],
    colorDanger: ["--wrong"],
    buttonPrimaryColorBackground: ["--button"],
    buttonPrimaryColorText: ["--on-accent"],
    actionPrimaryColorText: ["--link"],
  };
  const RADII = {
    borderRadius: ["--radius", "--button-radius", "--form-radius"],
    buttonBorderRadius: ["--button-radius"],
    formBorderRadius: ["--form-radius"],
  };

  function luminance(color) {
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function take(variables, table, property) {
    for (const [name, targets] of Object.entries(table)) {
      const value = variables[name];
      if (typeof value === "string" && CSS.supports(property, value)) {
        targets.forEach((target) => root.style.setProperty(target, value));
      }
    }
  }

  function isColor(value) {
    return typeof value === "string" && CSS.supports("color", value);
  }

  /* Light or dark follows from the background that the platform chose, as do words on its buttons. */
  function dress(variables) {
    root.removeAttribute("style");
    take(variables, COLORS, "color");
    take(variables, RADII, "border-radius");
    take(variables, {fontFamily: ["--font"]}, "font-family");
    take(variables, {fontSizeBase: ["--size"]}, "font-size");
    if (isColor(variables.colorBackground)) {
      root.style.colorScheme = luminance(variables.colorBackground) < 0.18 ? "dark" : "light";
    }
    const button = [variables.buttonPrimaryColorBackground, variables.colorPrimary].find(isColor);
    if (button && !isColor(variables.buttonPrimaryColorText)) {
      root.style.setProperty("--on-accent", luminance(button) > 0.18 ? "#000000" : "#ffffff");
    }
  }

  function tell(type, more) {
    if (origin) {
      window.parent.postMessage({source: SOURCE, type, ...more}, origin);
    }
  }

  function post(path, body) {
    return fetch(path, {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify(body || {}),
      credentials: "omit",
    });
  }

  const height = () => Math.ceil(document.body.getBoundingClientRect().height);

  /* Trade the credential for a session; on a page whose session ran out, for that session's renewal. */
  async function start(message) {
    const body = {
      ...message.asks,
      origin,
      session: event === "hello" ? undefined : base.split("/")[4],
    };
    let reply, answer;
    try {
      reply = await post("/connect-js/frame/session", body);
      answer = await reply.json();
    } catch {
      tell("refused", {error: {type: "api_connection_error", message: "The connection to Stripe failed."}});
      return;
    }
    if (!reply.ok) {
      const {type, message: words, code} = answer.error;
      tell("refused", {error: {type, message: words}, code});
      return;
    }
    tell("claimed", {grant: answer.grant});
    if (waiting.length && base.endsWith(`/${answer.session}`)) {
      waiting.splice(0).forEach((send) => send());
    } else if (base.endsWith(`/${answer.session}`)) {
      location.replace(location.href);
    } else {
      location.replace(`/connect-js/frame/e/${answer.session}`);
    }
  }

  async function update({look, locale}) {
    dress(look);
    if (event === "hello") {
      return;
    }
    await post(`${base}/look`, {look, locale});
    if (locale && locale.slice(0, 2) !== root.lang && !dirty) {
      location.replace(location.href);
    }
  }

  /* Only what merely tells something draws itself anew; forms are left alone. */
  function refresh() {
    if (document.querySelector("form") === null && event === "page") {
      location.replace(location.href);
    }
  }

  async function logOut() {
    if (event !== "hello") {
      await post(`${base}/logout`).catch(() => {});
    }
    tell("logged-out");
  }

  window.addEventListener("message", (received) => {
    const message = received.data;
    if (received.source !== window.parent || window.parent === window || message?.source !== SOURCE) {
      return;
    }
    if (origin === null && message.type === "start") {
      origin = received.origin;
    }
    if (received.origin !== origin) {
      return;
    }
    const acts = {start, update, refresh, logout: logOut};
    if (Object.hasOwn(acts, message.type)) {
      acts[message.type](message);
    }
  });

  /* A form waits until its session is known to be alive, or has been renewed: what was typed is not lost. */
  async function submit(sent) {
    const {target: form, submitter} = sent;
    if (form.dataset.checked) {
      return;
    }
    sent.preventDefault();
    if (form.dataset.asked) {
      return;
    }
    form.dataset.asked = "yes";
    const send = () => {
      form.dataset.checked = "yes";
      form.requestSubmit(submitter);
    };
    let alive = true;
    try {
      alive = (await post(`${base}/alive`)).ok;
    } catch {
      /* The form itself will tell. */
    }
    if (alive) {
      send();
    } else {
      waiting.push(send);
      tell("expired");
    }
  }

  dress(JSON.parse(root.dataset.look || "{}"));

  document.addEventListener("DOMContentLoaded", () => {
    if (event === "hello") {
      const alone = window.parent === window;
      document.getElementById("alone").hidden = !alone;
      document.getElementById("waiting").hidden = alone;
      window.parent.postMessage({source: SOURCE, type: "hello"}, "*");
      return;
    }
    document.addEventListener("submit", submit);
    document.addEventListener("input", () => {
      dirty = true;
    });
    tell(event === "expired" ? "expired" : "page", {
      ...JSON.parse(root.dataset.tells || "{}"),
      exits: event === "exit",
      height: height(),
    });
    new ResizeObserver(() => tell("height", {height: height()})).observe(document.body);
  });
})();
