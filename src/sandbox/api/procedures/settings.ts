import { anyone, signedIn } from "../base.ts";
import { nothing, settingKey } from "../inputs.ts";

const theme = {
  logo: { light: "/assets/logo-light.svg", dark: "/assets/logo-dark.svg", alt: "Sandbox" },
  fonts: { sans: { family: "Figtree", source: "fontsource", weights: [400, 500, 700] } },
  cssVars: {
    light: { background: "oklch(1 0 0)", primary: "oklch(0.55 0.2 262)", radius: "0.5rem" },
    dark: { background: "oklch(0.15 0 0)", primary: "oklch(0.7 0.16 262)", radius: "0.5rem" },
  },
};

export const settingsRouter = {
  read: signedIn.input(settingKey).handler(async ({ context, input }) => {
    const row = await context.database.readOne<{ value: string | null }>(
      "select value from settings where key = $1",
      [input.key],
    );
    return row?.value ?? null;
  }),
  theme: {
    get: anyone.input(nothing).handler(async ({ context }) => {
      const row = await context.database.readOne<{ settings: number }>(
        "select count(*)::int as settings from settings",
      );
      return { ...theme, metadata: { version: row?.settings ?? 0, updatedBy: "seed" } };
    }),
  },
};
