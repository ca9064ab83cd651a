/** The entries of a legend become buttons that hide and show what they explain. */
import { all, made } from "./elements.ts";

const shapes = new Set(["line", "points", "ground", "span", "dot"]);

export function seriesButtons(): void {
  for (const figure of all("figure"))
    for (const entry of all<HTMLLIElement>(".legend li", figure)) {
      const series = seriesOf(entry, figure);
      if (series.length === 0) continue;
      const button = made("button", { type: "button", "aria-pressed": "true" });
      button.append(...entry.childNodes);
      entry.append(button);
      button.addEventListener("click", () => {
        const isShown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", `${isShown}`);
        for (const each of series) each.classList.toggle("off", !isShown);
      });
    }
}

/** What is drawn in the classes of the entry's own swatch, but for those of its shape. */
function seriesOf(entry: Element, figure: Element): readonly Element[] {
  const classes = [...(entry.querySelector("svg > *")?.classList ?? [])].filter(
    (each) => !shapes.has(each),
  );
  if (classes.length === 0) return [];
  const selector = classes.map((each) => `.${CSS.escape(each)}`).join("");
  return all(`figure > .chart ${selector}`, figure);
}
