import { pageScript } from "../kit/page-script.ts";

/** A page without the one script that is its own: what is left holds none. */
export const withoutScript = (page: string): string =>
  page.replace(`<script>${pageScript}</script>\n`, () => "");
