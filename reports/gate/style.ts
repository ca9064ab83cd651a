/** What this page draws beyond the reports' own charts. */
export const gateStyle = `
.bypass{--tone:var(--incomplete);background:var(--incomplete-tint);border-bottom:2px solid var(--incomplete);padding:16px 0}.bypass strong{color:var(--incomplete)}
`;
