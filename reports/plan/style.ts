/** What this page draws beyond the reports' own charts. */
export const planStyle = `
.overview .late{color:var(--fail);font-weight:700}
.overview .conflicts{list-style:none;margin:10px 0 14px;padding:0;display:grid;gap:6px}.overview .conflicts li{background:var(--inconclusive-tint);border-left:4px solid var(--inconclusive);border-radius:6px;padding:8px 12px;max-width:110ch}.overview .conflicts a{color:inherit;text-decoration:none}.overview .conflicts a:hover{text-decoration:underline}
.overview .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr));gap:10px;margin:14px 0 0}.overview .facts>div{background:var(--card);color:var(--ink);border:1px solid var(--line);border-radius:10px;padding:10px 14px;min-width:0}.overview .facts dt{font-size:.8rem;color:var(--muted)}.overview .facts dd{margin:0;display:grid;gap:2px}.overview .facts dd strong{white-space:nowrap}.overview .facts dd strong{font-size:1.3rem}.overview .facts dd span{font-size:.88rem}
.plots{display:grid;gap:14px;margin:12px 0}.plots.two{grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr))}
.plots figure,.plots figure+figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 18px;min-width:0}
.plots figcaption{margin-bottom:6px}.plots .note{color:var(--muted);font-size:.88rem;margin-top:4px;max-width:92ch}
.plot .ground.fan{fill:var(--api);opacity:.16}.plot .ground.fan2{fill:var(--other1);opacity:.14}
.plot .line.median{stroke:var(--api)}.plot .line.second{stroke:var(--other1);stroke-dasharray:6 4}.plot .line.third{stroke:var(--other2);stroke-dasharray:2 4}.plot .line.fourth{stroke:var(--other0);stroke-dasharray:9 3 2 3}
.plot .line.lead-time{stroke:var(--inconclusive);stroke-width:5;stroke-linecap:butt}.plot .line.lead-time.late{stroke:var(--fail)}
.plot .point{fill:var(--api);stroke:var(--card);stroke-width:1.2}.plot .point.second{fill:var(--other1)}.plot .point.history{fill:var(--ink)}.plot .point.needed{fill:var(--ink)}.plot .point.safe{fill:var(--card);stroke:var(--inconclusive);stroke-width:2}.plot .point.saturated{fill:var(--fail)}.plot .point.left-out{fill:var(--card);stroke:var(--other0);stroke-width:1.6}
.plot .unbounded{fill:var(--fail)}
.plot .stretch.campaign{fill:var(--other1);opacity:.16}.key.campaign{background:var(--other1);opacity:.35}.plot .upright.campaign{stroke:var(--other1)}.plot .upright-label.campaign{fill:var(--other1)}
.plot .stretch.interval{fill:var(--good)}.plot .stretch.lead-time{fill:var(--inconclusive-tint)}.plot .stretch.lead-time.late{fill:var(--fail-tint)}
.plot path.ceiling{fill:none;stroke:var(--fail);stroke-width:1.4;stroke-dasharray:4 3;vector-effect:non-scaling-stroke}.plot path.zero{stroke:var(--ink);stroke-width:1;vector-effect:non-scaling-stroke}
.plot .level-label,.plot .upright-label{paint-order:stroke;stroke:var(--card);stroke-width:3.5px;stroke-linejoin:round;font-weight:600}
.plot .level-label.ceiling{fill:var(--fail)}.plot .level-label.zero{fill:var(--muted)}
.plot .upright{stroke:var(--ink);stroke-width:1.3}.plot .upright.today{stroke:var(--muted)}.plot .upright.order{stroke:var(--inconclusive)}.plot .upright.late{stroke:var(--fail)}
.plot .upright-label{fill:var(--ink)}.plot .upright-label.today{fill:var(--muted)}.plot .upright-label.order{fill:var(--inconclusive)}.plot .upright-label.late{fill:var(--fail)}
.key{display:inline-block;width:22px;height:9px;border-radius:2px;vertical-align:.02em;margin-right:4px}
.key.fan{background:var(--api);opacity:.3}.key.median{height:3px;background:var(--api);vertical-align:.25em}.key.second{height:0;border-top:3px dashed var(--other1);vertical-align:.25em}.key.third{height:0;border-top:3px dotted var(--other2);vertical-align:.25em}.key.fourth{height:0;border-top:3px double var(--other0);vertical-align:.25em}.key.fan2{background:var(--other1);opacity:.3}.key.interval{background:var(--good)}.key.lead-time{background:var(--inconclusive)}.key.late{background:var(--fail)}
.key.dot{width:9px;border-radius:50%;background:var(--api)}.key.dot.second{border:0;height:9px;background:var(--other1)}.key.dot.history{background:var(--ink)}.key.dot.needed{background:var(--ink)}.key.dot.safe{background:none;border:2px solid var(--inconclusive)}.key.dot.saturated{background:var(--fail)}.key.dot.left-out{background:none;border:2px solid var(--other0)}
.rooms{display:grid;gap:10px}.rooms li{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr) minmax(0,15rem);gap:4px 14px;align-items:center;font-size:.92rem}
.rooms svg{width:100%;height:14px}.rooms .track{fill:var(--track)}.rooms .fill{fill:var(--other3)}.rooms .over .fill{fill:var(--fail)}.rooms .reserve{fill:var(--other3);opacity:.4}.rooms .over .reserve{fill:var(--fail)}
.rests{font-size:.84rem;color:var(--muted);margin-top:6px}.sentences{display:grid;gap:5px;max-width:100ch;margin:6px 0 12px}.sentences li{padding-left:18px;position:relative}.sentences li::before{content:"–";position:absolute;left:0;color:var(--muted)}
.plots h3{margin:0}.scroll+.scroll,.plots+.scroll{margin-top:14px}tbody th{min-width:6rem}#changes tbody th{min-width:9rem}#today details{margin-top:14px}
@media (max-width:760px){.rooms li{grid-template-columns:minmax(0,1fr)}.plots figure{padding:12px}.chart.plot{margin-left:58px;width:calc(100% - 58px)}}
`;
