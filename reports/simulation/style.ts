/** What this page draws beyond the reports' own charts. */
export const simulationStyle = `
.policy{margin-bottom:16px}.policy .facts{grid-template-columns:repeat(auto-fill,minmax(240px,1fr))}
.wide{overflow-x:auto}.scatter{width:100%;min-width:600px;height:auto}.scatter text{font-size:12px;fill:var(--muted)}
.scatter .beaten{fill:var(--other3);fill-opacity:.45;stroke:var(--card);stroke-width:1}
.scatter .best{fill:var(--pass);stroke:var(--card);stroke-width:1.2}
.scatter .front{fill:none;stroke:var(--pass);stroke-width:1.6;stroke-dasharray:5 4}
.scatter .given{fill:none;stroke:var(--ink);stroke-width:1.6}.scatter .given-label{fill:var(--ink);font-weight:600}
.charts+.scroll{margin-top:14px}
`;
