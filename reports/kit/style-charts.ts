/**
 * Style of everything that is drawn. What a chart draws has a `className`: a colour of its own (`--look`), and for lines a
 * dash, so that no two differ by colour alone.
 */
const colours: Readonly<Record<string, string>> = {
  "surface-web": "--web",
  "surface-api": "--api",
  "surface-subgraph": "--subgraph",
  other0: "--other0",
  other1: "--other1",
  other2: "--other2",
  other3: "--other3",
  main: "--api",
  fan: "--api",
  saturated: "--fail",
  target: "--fail",
  limit: "--fail",
  ceiling: "--fail",
  abort: "--fail",
  event: "--inconclusive",
  worse: "--fail",
  late: "--fail",
  never: "--fail",
  better: "--pass",
  front: "--pass",
  order: "--inconclusive",
  safe: "--inconclusive",
  outlier: "--inconclusive",
  "lead-time": "--inconclusive",
  campaign: "--other1",
  beaten: "--other3",
  baseline: "--other0",
  candidate: "--api",
  "baseline-first": "--api",
  "candidate-first": "--api",
  today: "--muted",
  up: "--muted",
  down: "--muted",
  environment: "--muted",
  "left-out": "--other0",
};

const looks = Object.entries(colours)
  .map(([look, colour]) => `.chart .${look}{--look:var(${colour})}`)
  .join("");

const lines = `
.line{fill:none;stroke:var(--look,var(--ink));stroke-width:1.7;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.line.points{stroke-width:5}.d1{stroke-dasharray:6 4}.d2{stroke-dasharray:2 4}.d3{stroke-dasharray:9 3 2 3}
.chart :is(.limit,.ceiling,.target):is(path){stroke-width:1.3;stroke-dasharray:4 3}.chart :is(.level,.reference):is(path){stroke-width:1.3;stroke-dasharray:2 3}
.chart .front:is(path){stroke-width:1.6;stroke-dasharray:5 4}.chart .better:is(line,path){stroke-dasharray:5 3}
.chart .lead-time:is(path){stroke-width:5;stroke-linecap:butt}.chart .lead-time.late{--look:var(--fail)}
.strokes{fill:none;stroke:var(--look,var(--ink));stroke-width:2.2;vector-effect:non-scaling-stroke}.strokes.main{opacity:.28}
.chart .ground{fill:var(--look,var(--ink));opacity:.16;stroke:none}`;

/** One colour, more of it: the order of the shades is seen by everybody, on light and on dark ground. */
const cells = `
.cell{stroke:none;fill:var(--look,var(--api))}.cell.shade0{fill-opacity:.14}.cell.shade1{fill-opacity:.32}.cell.shade2{fill-opacity:.52}.cell.shade3{fill-opacity:.76}.cell.failed{--look:var(--fail)}.legend .chart .cell{fill:var(--look,var(--api));opacity:1}`;

const spans = `
.chart .span,.band{fill:none;opacity:1}.chart .span.campaign{fill:var(--look);opacity:.16}
.span.interval,.ribbon .band.judged{fill:var(--good)!important}.span.unjudged,.band.unjudged{fill:var(--unjudged)!important}.span.missing,.band.missing{fill:var(--missing)!important}.span.event{fill:var(--inconclusive-tint)!important}
.span.lead-time{fill:var(--inconclusive-tint)!important}.span.lead-time.late{fill:var(--fail-tint)!important}
.legend .span{stroke:var(--line)}.legend .span.fan{fill:var(--look);opacity:.3}`;

const marks = `
.dot{r:4px;fill:var(--look,var(--api));stroke:var(--card);stroke-width:1.2}.dot:is(.history,.needed){fill:var(--ink)}
.dot:is(.safe,.left-out,.outlier,.candidate-first){fill:var(--card);stroke:var(--look);stroke-width:1.8}.dot.beaten{fill-opacity:.5}
.dot.given{r:11px;fill:none;stroke:var(--ink);stroke-width:1.6}
.chart .dot-sign{fill:var(--look);font-size:15px}.chart .dot-label{fill:var(--ink);font-weight:600}.chart .unbounded{fill:var(--fail);font-weight:600;font-size:11px}
.upright{stroke:var(--look,var(--ink));stroke-width:1.4}.upright:is(.up,.down){stroke-width:1;stroke-dasharray:1 3}
.chart .upright-sign{font-size:12px;font-weight:700;fill:var(--ink)}.charts figure~figure .upright-sign{display:none}
.chart :is(.upright-label,.level-label){fill:var(--look,var(--ink));font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3.5px;stroke-linejoin:round}`;

const frame = `
svg{display:block}.icon,.legend svg{display:inline-block}
.charts,.plots figure{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px 8px;min-width:0}
.ribbon,.chart{margin-left:74px;width:calc(100% - 74px);overflow:visible}.legend .chart{margin:0;width:26px;overflow:hidden}
.ribbon{margin-bottom:10px}.ribbon text{font-size:11px;fill:var(--muted)}.chart text{font-size:11px;fill:var(--muted)}
figure{padding:6px 0 4px}figure+figure{border-top:1px solid var(--line);margin-top:6px;padding-top:14px}
.plots{display:grid;gap:14px;margin:12px 0}.plots.two{grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr))}
.plots figure,.plots figure+figure{margin:0;padding:14px 18px}.plots h3{margin:0}.plots+.scroll{margin-top:14px}
figcaption{display:flex;flex-wrap:wrap;gap:2px 20px;align-items:baseline;justify-content:space-between;margin-bottom:4px}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:.85rem}.legend svg{vertical-align:.05em}.legend li:has(.limit){color:var(--fail);font-weight:600}
figure .note{color:var(--muted);font-size:.88rem;margin-top:4px;max-width:92ch}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}.tick{stroke:var(--line)}
.chart :is(.limit,.ceiling,.zero,.reference):is(path){fill:none;stroke:var(--look,var(--ink));vector-effect:non-scaling-stroke}`;

const bars = `
.interval .good{fill:var(--good)}.interval .rail{stroke:var(--line);stroke-width:1}.interval .limit{stroke:var(--ink);stroke-width:1.6}
.interval .reference{stroke:var(--muted);stroke-dasharray:2 2}.interval .range{stroke:var(--tone);stroke-width:2;fill:none}
.interval .point{fill:var(--tone);stroke:var(--card);stroke-width:1.2}.interval .hollow{fill:var(--card);stroke:var(--tone);stroke-width:2}
.bar .track{fill:var(--track)}.bar .fill{fill:var(--other3)}.bar.over .fill{fill:var(--fail)}.bar .limit{stroke:var(--ink);stroke-width:1.5}
.sparkline .line{--look:var(--other3);stroke-width:2}td .bar{margin-top:5px}`;

const narrow = `
@media (max-width:760px){.chart .spare{display:none}.ribbon,.chart{margin-left:58px;width:calc(100% - 58px)}.legend .chart{width:26px}.plots figure,.plots figure+figure{padding:12px}}`;

/** What the page's script adds. */
const tools = `
figure{position:relative}.chart[data-x]{touch-action:pan-y}.chart[data-x]:focus-visible{outline:2px solid var(--link);outline-offset:4px}
.chart .cross{fill:var(--ink);opacity:.7;pointer-events:none}.chart .picked{fill:var(--link);opacity:.16;pointer-events:none}
.off,.outside,.is-zoomed>:is(.axis,.tick){display:none}.chart .zoomed{font-size:11px;fill:var(--muted)}
.readout{position:absolute;z-index:1;display:none;max-width:46%;padding:3px 9px;background:var(--card);border:1px solid var(--line);border-radius:6px;font-size:.8rem;line-height:1.45;pointer-events:none}.readout.on{display:block}
button,input{font:inherit;color:inherit}button{background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
button:focus-visible,input:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.legend button{padding:2px 4px;margin:0 -4px;min-height:26px;border-radius:4px}.legend button:hover,thead button:hover{text-decoration:underline}.legend [aria-pressed=false]{text-decoration:line-through;color:var(--muted)}
thead button{font-weight:inherit;min-width:24px;min-height:24px}[aria-sort] button::after{content:" ▲"}[aria-sort=descending] button::after{content:" ▼"}
.filter{display:block;margin:8px 0;font-size:.9rem;color:var(--muted)}.filter input{color:var(--ink);background:var(--card);border:1px solid var(--muted);border-radius:6px;padding:4px 8px;margin-left:6px;max-width:60%}
.reset{position:fixed;right:16px;bottom:16px;z-index:2;background:var(--ink);color:var(--card);border-radius:99px;padding:8px 18px;font-size:.9rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media screen{tr.left-out{display:none}}
@media print{.filter,.reset,.readout{display:none!important}.off{display:inline}}`;

export const chartStyle = `${frame}${looks}${lines}${cells}${spans}${marks}${bars}${tools}${narrow}`;
