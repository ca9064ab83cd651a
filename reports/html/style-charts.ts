/** Style of everything that is drawn. Lines differ by colour and by dash. */
export const chartStyle = `
svg{display:block}.icon,.legend svg{display:inline-block}
.charts{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px 8px}
.ribbon,.chart{margin-left:74px;width:calc(100% - 74px);overflow:visible}.ribbon{margin-bottom:10px}.ribbon text{font-size:11px;fill:var(--muted)}
figure{padding:6px 0 4px}figure+figure{border-top:1px solid var(--line);margin-top:6px;padding-top:14px}
figcaption{display:flex;flex-wrap:wrap;gap:2px 20px;align-items:baseline;justify-content:space-between}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:.85rem}.legend svg{vertical-align:.1em}
.chart text{font-size:11px;fill:var(--muted)}
.chart .mark-label{paint-order:stroke;stroke:var(--card);stroke-width:3.5px;stroke-linejoin:round}
.band{fill:none}.band.unjudged{fill:var(--unjudged)}.band.missing{fill:var(--missing)}.ribbon .band.judged{fill:var(--good)}
.grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}.tick{stroke:var(--line)}
.line{fill:none;stroke-width:1.7;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
.line.points{stroke-width:5}.ground{opacity:.16;stroke:none}
.line.surface-web{stroke:var(--web)}.line.surface-api{stroke:var(--api)}.line.surface-subgraph{stroke:var(--subgraph)}
.line.other0{stroke:var(--other0)}.line.other1{stroke:var(--other1)}.line.other2{stroke:var(--other2)}.line.other3{stroke:var(--other3)}
.ground.surface-web{fill:var(--web)}.ground.surface-api{fill:var(--api)}.ground.surface-subgraph{fill:var(--subgraph)}
.ground.other0{fill:var(--other0)}.ground.other1{fill:var(--other1)}.ground.other2{fill:var(--other2)}.ground.other3{fill:var(--other3)}
.d1{stroke-dasharray:6 4}.d2{stroke-dasharray:2 4}.d3{stroke-dasharray:9 3 2 3}
.chart .limit,.legend .limit{fill:none;stroke:var(--fail);stroke-width:1.3;stroke-dasharray:4 3;vector-effect:non-scaling-stroke}
.legend .limit-label{color:var(--fail);font-weight:600}.chart .mark-label,.chart .unbounded{fill:var(--fail);font-weight:600}
.mark{stroke:var(--fail);stroke-width:1.6}
.interval .good{fill:var(--good)}.interval .rail{stroke:var(--line);stroke-width:1}.interval .limit{stroke:var(--ink);stroke-width:1.6}
.interval .span{stroke:var(--tone);stroke-width:2;fill:none}
.interval .point{fill:var(--tone);stroke:var(--card);stroke-width:1.2}.interval .hollow{fill:var(--card);stroke:var(--tone);stroke-width:2}
.bar .track{fill:var(--track)}.bar .fill{fill:var(--other3)}.bar.over .fill{fill:var(--fail)}.bar .limit{stroke:var(--ink);stroke-width:1.5}
td .bar{margin-top:5px}`;
