import { chartGrid } from "../kit/chart.ts";
import { pageShell } from "../kit/page-shell.ts";
import { markup } from "../markup.ts";
import type { SiteDocument, SiteTrend } from "./document.ts";
import { siteStyle } from "./style.ts";
import { trendChart } from "./trend-chart.ts";

/** Size of the picture, in pixels. */
export const trendPictureSize = { width: 900, height: 480 } as const;

/** The trend of one metric alone, for a picture in a message. */
export const trendPicturePage = (trend: SiteTrend, site: SiteDocument): string =>
  pageShell({
    title: trend.title,
    style: `${siteStyle}nav,footer,.skip{display:none}main{padding:8px 16px}`,
    header: markup``,
    sections: [
      {
        id: "trend",
        title: trend.title,
        body: markup`${chartGrid([trendChart(trend, site)], "wide")}`,
      },
    ],
    footer: markup``,
  });
