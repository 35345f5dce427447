/*
 * Shows the picture that was chosen before it is sent, and says at once when a file is too large.
 * Without it the form works all the same: the server looks at every file.
 */
(() => {
  "use strict";

  const form = document.querySelector("[data-document-form]");
  if (!form) {
    return;
  }
  const most = Number(form.dataset.mostBytes);

  function chosen(side) {
    return [...side.querySelectorAll("input[type=file]")].map((input) => input.files[0]).find(Boolean);
  }

  function clear(preview) {
    const shown = preview.querySelector("img");
    if (shown) {
      URL.revokeObjectURL(shown.src);
    }
    preview.replaceChildren();
    preview.hidden = true;
  }

  function show(side, file) {
    const preview = side.querySelector("[data-preview]");
    clear(preview);
    if (!file?.type.startsWith("image/")) {
      return;
    }
    const picture = document.createElement("img");
    picture.alt = file.name;
    // A picture that this browser cannot draw is not shown; the server says whether Stripe takes it.
    picture.addEventListener("error", () => clear(preview));
    picture.src = URL.createObjectURL(file);
    preview.append(picture);
    preview.hidden = false;
  }

  function judge(side, file) {
    const error = side.querySelector("[data-early-error]");
    const isTooLarge = Boolean(file) && file.size > most;
    error.hidden = !isTooLarge;
    error.querySelector("span").textContent = isTooLarge ? side.dataset.tooLarge : "";
    return !isTooLarge;
  }

  function draw(side) {
    const file = chosen(side);
    show(side, file);
    judge(side, file);
  }

  form.addEventListener("change", ({target}) => {
    const side = target.closest("[data-side]");
    if (!side) {
      return;
    }
    // The file chosen last counts: a photo replaces a file, and the other way round.
    for (const input of side.querySelectorAll("input[type=file]")) {
      if (input !== target && target.files.length) {
        input.value = "";
      }
    }
    draw(side);
  });
  form.addEventListener("submit", (event) => {
    const sides = [...form.querySelectorAll("[data-side]")];
    const wrong = sides.find((side) => !judge(side, chosen(side)));
    if (wrong || form.dataset.sending) {
      event.preventDefault();
      wrong?.querySelector("input[type=file]").focus();
      return;
    }
    form.dataset.sending = "1";
  });
  window.addEventListener("pageshow", () => {
    delete form.dataset.sending;
  });
  // Somebody may have been quicker than this script.
  for (const side of form.querySelectorAll("[data-side]")) {
    draw(side);
  }
})();
