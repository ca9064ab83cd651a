/** @param attributes by name; `text` is its content */
export function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  text = "",
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [each, value] of Object.entries(attributes)) element.setAttribute(each, value);
  element.textContent = text;
  return element;
}

export const all = <Found extends Element>(
  selector: string,
  from: ParentNode = document,
): Found[] => [...from.querySelectorAll<Found>(selector)];

/** Said to those who listen instead of looking. */
export function liveRegion(): (sentence: string) => void {
  const region = made("div", { class: "unseen", "aria-live": "polite" });
  document.querySelector("main")?.append(region);
  return (sentence) => (region.textContent = sentence);
}
