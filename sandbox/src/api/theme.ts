/** Colours of the theme by the names of the platform's style sheet. */
const names = [
  "sm-text",
  "sm-text-contrast",
  "sm-accent",
  "sm-accent-hover",
  "sm-background-darkest",
  "sm-background-lightest",
  "sm-background-gradient-start",
  "sm-background-gradient-end",
  "sm-state-success",
  "sm-state-success-background",
  "sm-state-success-fg-deep",
  "sm-state-warning",
  "sm-state-warning-background",
  "sm-state-error",
  "sm-state-error-background",
  "sm-graphics-primary",
  "sm-graphics-secondary",
  "sm-graphics-tertiary",
  "sm-graphics-quaternary",
  "sm-colored-shadow",
  "sm-inset-shadow",
  "sm-muted",
  "sm-border",
] as const;

/** @param lightness of the colours, 0..1 */
export const themeColours = (lightness: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    names.map((name, place) => [name, `oklch(${lightness} 0.1 ${place * 15})`]),
  ),
  radius: "0.5rem",
});
