import { anyone, signedIn } from "../base.ts";
import { anyFields, settingKey } from "../inputs.ts";
import { themeColours } from "../theme.ts";

const font = (family: string) => ({ family, source: "fontsource", preload: true });

const theme = {
  logo: { lightUrl: "/assets/logo-light.svg", darkUrl: "/assets/logo-dark.svg", alt: "Sandbox" },
  images: { faviconUrl: "/favicon.ico" },
  fonts: { sans: font("Figtree"), mono: font("Roboto Mono") },
  cssVars: { light: themeColours("1"), dark: themeColours("0.2") },
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
    get: anyone.input(anyFields).handler(async ({ context }) => {
      const row = await context.database.readOne<{ settings: number }>(
        "select count(*)::int as settings from settings",
      );
      const metadata = {
        version: row?.settings ?? 0,
        updatedBy: "seed",
        updatedAt: "2026-01-01T00:00:00.000Z",
      };
      return { ...theme, metadata };
    }),
  },
};
