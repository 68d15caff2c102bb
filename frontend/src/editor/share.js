// A link to the query as it is now, pinned to the release that answers it; and the buttons that copy.
import { settings, word } from "./settings.js";

const LONGEST = 8000; // characters of an address that every browser and server takes

/** Have the button show the link; it follows the query while it is shown. */
export function makeShare(query) {
  const link = document.getElementById("share-link");
  const fill = () => {
    const address = location.origin + query.address(settings.pinned || settings.release);
    link.value = address.length < LONGEST ? address : word("too-long");
  };
  panel("share", fill, query);
}

/** A button that opens and closes a panel, which is filled when it opens and whenever the query changes. */
export function panel(name, fill, query) {
  const button = document.getElementById(name);
  const box = document.getElementById(`${name}-panel`);
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) fill();
  });
  query.onChange(() => box.hidden || fill());
}

/** Have every copy button copy the field it names. */
export function onCopy(root) {
  root.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // no clipboard without https; the text is selected
    }
    document.getElementById("status").textContent = word("copied");
  }));
}
