import { chartStyle } from "./style-charts.ts";

/** Colours: a calm ground, five tones for outcomes, and lines that stay apart for colour-blind eyes. */
const light = `--ground:#f7f8f9;--card:#fff;--ink:#1a1f26;--muted:#5a6472;--line:#e2e6ea;--link:#0a5aa8;
--pass:#17713c;--pass-tint:#e6f4eb;--fail:#b3201a;--fail-tint:#fdecea;--inconclusive:#855600;--inconclusive-tint:#fdf3d9;
--invalid:#6a3aa3;--invalid-tint:#f3ecfc;--incomplete:#34557f;--incomplete-tint:#e8eff8;--none:#66707c;--none-tint:#eef0f2;
--web:#c2540a;--api:#0067b1;--subgraph:#00805f;--other0:#48515c;--other1:#a3467e;--other2:#8a6d00;--other3:#3f7fa6;
--good:#dcefe3;--track:#e8ebee;--unjudged:#eef0f3;--missing:#f6e3e1;--sign:#fff`;

const dark = `--ground:#101317;--card:#181c22;--ink:#e7eaee;--muted:#9ba6b2;--line:#2b323a;--link:#7fb8f0;
--pass:#5fcb90;--pass-tint:#11271b;--fail:#ff8f85;--fail-tint:#331614;--inconclusive:#f0bd55;--inconclusive-tint:#2c230d;
--invalid:#c5a2f3;--invalid-tint:#241a35;--incomplete:#93b9e8;--incomplete-tint:#16212e;--none:#98a2ae;--none-tint:#22272e;
--web:#ff9d5c;--api:#62b5f5;--subgraph:#4fd0a8;--other0:#bac3cd;--other1:#e79ac8;--other2:#dcc05e;--other3:#8fc7e6;
--good:#173324;--track:#2a3038;--unjudged:#20262d;--missing:#351f1e;--sign:#101317`;

const ground = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.inner,.summary,main,nav,footer{max-width:1120px;margin:0 auto;padding:0 24px}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h2{font-size:1.3rem;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{font-size:1rem;line-height:1.4;font-weight:600}
ul,ol{list-style:none}
a{color:var(--link);text-underline-offset:2px}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{padding:12px 16px;background:var(--none-tint);border-radius:8px;overflow-x:auto}
.muted{color:var(--muted);font-weight:400}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px;z-index:3}
.pass{--tone:var(--pass);--tint:var(--pass-tint)}.fail{--tone:var(--fail);--tint:var(--fail-tint)}
.inconclusive{--tone:var(--inconclusive);--tint:var(--inconclusive-tint)}.invalid{--tone:var(--invalid);--tint:var(--invalid-tint)}
.incomplete{--tone:var(--incomplete);--tint:var(--incomplete-tint)}.not-applicable{--tone:var(--none);--tint:var(--none-tint)}
.icon{flex:none;vertical-align:-.18em}.icon .body,.icon .dot{fill:var(--tone)}.icon .dot{fill:var(--sign)}
.icon .sign{fill:none;stroke:var(--sign);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
.icon .ring{fill:none;stroke:var(--tone);stroke-width:2.4}.icon .sign.dark{stroke:var(--tone)}`;

const overview = `
.overview{background:var(--tint);border-top:6px solid var(--tone);padding:28px 0 30px}
.what{color:var(--muted)}.what strong{color:var(--ink);font-weight:600}.when{white-space:nowrap}
h1{display:flex;flex-wrap:wrap;align-items:center;gap:6px 16px;margin:14px 0 10px;line-height:1.1}
h1 .word{font-size:clamp(2.1rem,6.5vw,3.2rem);font-weight:750;letter-spacing:.01em;color:var(--tone);overflow-wrap:normal}
.exit{font-size:.95rem;font-weight:450;color:var(--muted)}
.pill{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:1px 11px;font-size:.8rem;font-weight:600;line-height:1.5;white-space:nowrap}
h1 .pill{font-size:1rem;padding:3px 14px;color:var(--incomplete)}
.sentence{font-size:clamp(1.1rem,2.6vw,1.35rem);line-height:1.45;max-width:62ch;font-weight:500}
.next{margin-top:14px;max-width:92ch;text-wrap:pretty}
.label{display:inline-block;margin-right:6px;font-size:.75rem;font-weight:700;letter-spacing:.06em;text-transform:uppercase;color:var(--tone,var(--muted))}
.tally{display:flex;flex-wrap:wrap;gap:6px 20px;margin-top:18px;font-size:.95rem}
.tally li{display:flex;gap:7px;align-items:center;font-weight:550}
.coverage p{padding-top:7px}.coverage{margin:14px 0 0;max-width:78ch;color:var(--muted)}.coverage .track{fill:var(--card)}.coverage .fill{fill:var(--incomplete)}
.summary{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,7fr);gap:20px;margin-top:24px}
.validity,.run{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px}
.validity.invalid{background:var(--tint);border-color:var(--tone)}.validity .icon{margin-right:4px}
.validity h2,.run h2{font-size:1.05rem;margin-bottom:10px}
.validity ul{margin-bottom:12px}.validity li{padding:3px 0}.validity li strong{font-weight:600}.hint{color:var(--ink)}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:12px 24px}
.validity .facts{grid-template-columns:repeat(auto-fill,minmax(130px,1fr));border-top:1px solid var(--line);padding-top:12px}
.run .facts,#method .facts{grid-template-columns:repeat(auto-fill,minmax(240px,1fr))}
dt{font-size:.8rem;color:var(--muted)}dd{font-weight:500}`;

const content = `
nav{margin-top:26px}nav ul{display:flex;flex-wrap:wrap;gap:4px 22px;border-bottom:1px solid var(--line);padding-bottom:12px}
nav a{text-decoration:none;font-size:.92rem}nav a:hover{text-decoration:underline}
main>section{padding-top:40px}main>section>h2{margin-bottom:6px}
.lead{color:var(--muted);max-width:92ch;text-wrap:pretty;margin-bottom:14px;font-size:.95rem}
.nothing{color:var(--muted)}h2+.scroll,h2+.findings,h2+.nothing,h2+.facts,h2+ul{margin-top:12px}
.findings{display:grid;gap:12px}
.finding{--tone:var(--muted);background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 20px}
.finding.P0,.finding.P1{--tone:var(--fail)}.finding.P2{--tone:var(--inconclusive)}.finding.P3{--tone:var(--incomplete)}
.severity{display:inline-block;min-width:2.4em;text-align:center;border:1px solid var(--tone);border-radius:5px;color:var(--tone);font-size:.8rem;font-weight:700;line-height:1.5;padding:0 6px;margin-right:4px}
.evidence{color:var(--muted);margin-top:4px}.action{margin-top:4px}.action .arrow{color:var(--tone);font-weight:700;margin-right:4px}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px;margin-bottom:12px}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:9px 11px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:normal}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8rem;font-weight:600;color:var(--muted);vertical-align:bottom}thead th.number{max-width:90px}
tbody th{font-weight:500;min-width:150px;max-width:340px;overflow-wrap:anywhere}
.number,[data-table=numbers] :is(td,th+th){text-align:right}:is(td.number,[data-table=numbers] td){white-space:nowrap}
.group th{background:var(--none-tint);font-weight:650;font-size:.85rem;padding:6px 11px}
#objectives tbody th{min-width:200px}.name{display:block;font-weight:600}.reason{display:block;color:var(--muted);font-weight:400;font-size:.86rem}
.badge{display:inline-flex;gap:6px;align-items:center;color:var(--tone);font-weight:650;white-space:nowrap}
[data-table=objectives] td:nth-child(3){white-space:nowrap}[data-table=objectives] td .interval{display:block;margin-top:2px}[data-table=objectives] td .reason{white-space:normal;max-width:230px}
details{margin:8px 0}summary{cursor:pointer;color:var(--muted);font-size:.88rem;padding:3px 0;width:fit-content}
details[open]>summary{margin-bottom:6px}
.plain li{padding:3px 0;font-size:.92rem}.plain{max-width:100ch}
main h3{margin:18px 0 8px}.finding h3{margin:0}figure h3{margin:0}pre+.facts{margin-top:16px}
.sentences .badge{white-space:normal}.sentences{display:grid;gap:5px;max-width:92ch;margin:6px 0 12px}.sentences li{padding-left:18px;position:relative}.sentences li::before{content:"–";position:absolute;left:0;color:var(--muted)}
.gaps .sentences,details .sentences{margin-bottom:0}p.muted+.scroll{margin-top:10px}
.rooms{display:grid;gap:10px}.rooms li{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr) minmax(0,15rem);gap:4px 14px;align-items:center;font-size:.92rem}
.rooms svg{width:100%;height:14px}.rooms .track{fill:var(--track)}.rooms .fill{fill:var(--other3)}.rooms .over .fill{fill:var(--fail)}.rooms .reserve{fill:var(--other3);opacity:.4}.rooms .over .reserve{fill:var(--fail)}
footer{color:var(--muted);font-size:.85rem;padding-top:40px;padding-bottom:48px}`;

const narrow = `
@media (max-width:760px){
.inner,.summary,main,nav,footer{padding-left:16px;padding-right:16px}
.summary{grid-template-columns:minmax(0,1fr);gap:14px}
.run .facts,.facts{grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:10px 16px}
th,td{padding:8px 10px}tbody th{max-width:200px}tbody th,#objectives tbody th{min-width:140px}
.rooms li{grid-template-columns:minmax(0,1fr)}nav ul{gap:2px 16px}main>section{padding-top:32px}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}`;

/** A row is a card: its verdict, its name, then every value under the title of its column, numbers beside each other. */
const cards = `
@media (max-width:600px){
.cards,.cards tbody,.cards :is(th,td){display:block}.cards thead{display:none}
.scroll:has(.cards){overflow-x:visible}
.cards tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(92px,1fr));gap:6px 14px;padding:12px 14px;border-bottom:1px solid var(--line)}
.cards tbody tr:last-child{border-bottom:0}.cards tr.group{padding:0;border:0}
.cards tr>:is(th,td){padding:0;border:0;min-width:0!important;max-width:none!important;text-align:left;white-space:normal!important;overflow-wrap:anywhere}
.cards .group th{grid-column:1/-1;padding:6px 14px}
.cards tbody th,.cards td:not(.number){grid-column:1/-1}.cards tbody tr:not(.group)>th{font-size:.98rem;font-weight:600}
.cards td.verdict{order:-1;font-weight:650}.cards td:empty{display:none}
.cards td[data-label]:not(.verdict)::before{content:attr(data-label);display:block;font-size:.78rem;color:var(--muted);font-weight:400}
.cards td .reason{max-width:none}}`;

const paper = `
@media print{
:root{${light};--ground:#fff}
html{font-size:10.5px}nav,.skip,summary{display:none}
.overview{-webkit-print-color-adjust:exact;print-color-adjust:exact}
svg,.badge,.group th{-webkit-print-color-adjust:exact;print-color-adjust:exact}
main>section{padding-top:18pt}h2,h3,figcaption{break-after:avoid}
figure,tr,.finding,.validity,.run{break-inside:avoid}
.scroll{overflow:visible;border:0}th,td{padding:3pt 5pt}tbody th{min-width:60pt}#objectives tbody th{min-width:90pt}
svg.interval{width:120px;height:auto}svg.bar{width:80px;height:auto}
@page{margin:14mm}}`;

/** The whole style of the page: no file beside it, no font from elsewhere. */
export const stylesheet = `:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}${ground}${overview}${content}${chartStyle}${narrow}${cards}${paper}
`;
