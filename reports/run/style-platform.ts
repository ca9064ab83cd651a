/** Style of what the platform's observers add: pods, pages, the database. */
const light = `--part0:#8fa3b5;--part1:#3f7fa6;--part2:#b98a2e;--part3:#a3467e;--part4:#00805f;--part5:#c2540a;--part6:#d4d9de;--part-ink:#fff;--part-ink-dark:#1a1f26`;
const dark = `--part0:#77899a;--part1:#8fc7e6;--part2:#dcc05e;--part3:#e79ac8;--part4:#4fd0a8;--part5:#ff9d5c;--part6:#3a434d;--part-ink:#101317;--part-ink-dark:#e7eaee`;

export const platformStyle = `:root{${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
.tally-name{color:var(--muted);font-weight:500!important}.tally+.tally{margin-top:6px}
main h4{font-size:.95rem;line-height:1.4;font-weight:600;margin:22px 0 8px}figure h4{margin:0}
.nested{margin-top:34px;padding-top:22px;border-top:2px solid var(--line)}
.nested>h3{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:center;font-size:1.15rem;margin:0 0 12px}.nested>h3 .badge{font-size:.95rem;white-space:normal}
.nested>.facts{margin-bottom:14px;grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}.nested>.scroll,.nested>.charts{margin-top:14px}
[data-table=scaled] tbody th{min-width:0}[data-table=scaled] td:nth-child(2){min-width:130px}[data-table=scaled] .badge{white-space:normal}[data-table=scaled] strong{white-space:nowrap}
[data-table=checked] .badge:not(:last-child){margin-right:14px}
[data-table=checks]{margin-top:16px}[data-table=checks] tbody th{min-width:0;width:3.4em;white-space:nowrap}[data-table=checks] td:last-child{width:1%;white-space:nowrap}
[data-table=checks] details{margin:3px 0 0}[data-table=checks] :is(th,td){padding-top:7px;padding-bottom:7px}
[data-table=decisions] .reason{min-width:230px}[data-table=decisions] tbody th{min-width:56px;max-width:110px}[data-table=decisions] :is(tbody th,td){padding-top:4px;padding-bottom:4px}[data-table=decisions] td:nth-child(6){min-width:140px}[data-table=decisions] td:nth-child(3){min-width:130px}
[data-table=statements] tbody th{max-width:560px;min-width:240px}[data-table=statements] code{white-space:normal}
.gaps{--tone:var(--incomplete);border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:8px;background:var(--card);padding:10px 16px;margin:10px 0 16px}
.gaps>p{color:var(--tone)}
.stacks{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 20px}
.stacks li{padding:2px 0}.stacks ol>li{display:grid;grid-template-columns:112px minmax(0,1fr) 96px;gap:10px;align-items:center;padding:4px 0;font-size:.9rem}
.stacks ol>li>strong{font-weight:600}
.stacks figcaption{margin-bottom:6px}
.part0{fill:var(--part0)}.part1{fill:var(--part1)}.part2{fill:var(--part2)}.part3{fill:var(--part3)}.part4{fill:var(--part4)}.part5{fill:var(--part5)}.part6{fill:var(--part6)}
.stacked .part{stroke:var(--card);stroke-width:1.5}.stacked text{font-size:11.5px;font-weight:600;fill:var(--part-ink)}.stacked .part0+text,.stacked .part6+text{fill:var(--part-ink-dark)}
#browser td strong{white-space:nowrap}
.shots{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:16px}
.shot{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:8px}.shot+.shot{border-top:1px solid var(--line);margin:0;padding:8px}
.shot img{display:block;width:100%;height:auto;border-radius:5px;background:var(--none-tint);color:var(--muted);font-size:.85rem}
.shot figcaption{padding:7px 4px 2px;font-size:.9rem;display:block}
#database .facts{grid-template-columns:repeat(auto-fill,minmax(300px,1fr))}#database dd .bar,#database dd code{display:block;margin-top:5px}
@media (max-width:760px){
.stacks{padding:12px}.stacks ol>li{grid-template-columns:minmax(0,1fr) auto;gap:2px 10px}.stacks ol>li>svg{grid-column:1/-1;grid-row:2}
[data-table=statements] tbody th{min-width:200px}.nested>.facts{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.chart .upright-sign{display:none}}
@media print{:root{${light}}.nested{break-before:auto}.shot,.stacks{break-inside:avoid}}
`;
