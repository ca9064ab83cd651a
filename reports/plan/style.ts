/** What this page draws beyond the reports' own charts. */
export const planStyle = `
.overview .late{color:var(--fail);font-weight:700}
.overview .conflicts{list-style:none;margin:10px 0 14px;padding:0;display:grid;gap:6px}.overview .conflicts li{background:var(--inconclusive-tint);border-left:4px solid var(--inconclusive);border-radius:6px;padding:8px 12px;max-width:110ch}.overview .conflicts a{color:inherit;text-decoration:none}.overview .conflicts a:hover{text-decoration:underline}
.overview .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,230px),1fr));gap:10px;margin:14px 0 0}.overview .facts>div{background:var(--card);color:var(--ink);border:1px solid var(--line);border-radius:10px;padding:10px 14px;min-width:0}.overview .facts dt{font-size:.8rem;color:var(--muted)}.overview .facts dd{margin:0;display:grid;gap:2px}.overview .facts dd strong{white-space:nowrap}.overview .facts dd strong{font-size:1.3rem}.overview .facts dd span{font-size:.88rem}
.rests{font-size:.84rem;color:var(--muted);margin-top:6px}
.scroll+.scroll{margin-top:14px}tbody th{min-width:6rem}#changes tbody th{min-width:9rem}#today details{margin-top:14px}
`;
