/** What this page draws beyond the reports' own charts. */
export const gateStyle = `
.bypass{--tone:var(--incomplete);background:var(--incomplete-tint);border-bottom:2px solid var(--incomplete);padding:16px 0}.bypass strong{color:var(--incomplete)}
.strips{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:14px}
.strips figure,.strips figure+figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:12px 16px}
.strips figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 12px;margin-bottom:4px}
.strip{width:100%;height:auto;display:block}.strip text{font-size:15px;fill:var(--muted)}.strip .arm{fill:var(--ink)}
.strip .grid{stroke:var(--line);stroke-width:1}.strip .rail{stroke:var(--line);stroke-width:1.5}
.strip .dot{stroke:var(--card);stroke-width:1}.strip .dot.baseline{fill:var(--other0)}.strip .dot.candidate{fill:var(--api)}
.strip .median{stroke:var(--ink);stroke-width:2.5}.strip .never{stroke:var(--fail);stroke-width:2.5;fill:none}
.one{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3}.strip .limit{stroke:var(--fail);stroke-width:1.5;stroke-dasharray:6 4}
.interval .one{stroke:var(--muted)}.strip .pair{fill:var(--api);stroke:var(--api);stroke-width:2}.strip .candidate-first{fill:var(--card)}
`;
