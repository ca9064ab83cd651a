/**
 * The one script of every page, inside the file: it only adds to what the page says without it. Bundled and minified into
 * `reports/kit/page-script.ts` by `npm run page-script`. Whatever it makes is made here, so that no dead control is left where no
 * script runs.
 */
import { chartTools } from "./charts.ts";
import { seriesButtons } from "./legends.ts";
import { tableTools } from "./tables.ts";

seriesButtons();
chartTools();
tableTools();
