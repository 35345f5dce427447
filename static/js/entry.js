/*
 * Goes on by itself, unless it would end somebody else's session; without this the button does. Not in a preview that
 * is prepared and never looked at.
 */
const form = document.querySelector("[data-enter]");
const enter = () => form && document.visibilityState === "visible" && form.requestSubmit();
if (document.prerendering) {
  document.addEventListener("prerenderingchange", enter, {once: true});
} else {
  enter();
}
