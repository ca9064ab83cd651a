/** What the site adds to the style of the reports. */
export const siteStyle = `
.site{padding:28px 0 8px}.site h1{font-size:clamp(1.6rem,4vw,2.3rem);font-weight:720;margin:6px 0}
.site .what{color:var(--muted)}.crumb{font-size:.92rem}
.newest-first{direction:rtl}.newest-first>table{direction:ltr}
.heat{border-collapse:separate;border-spacing:1px;width:auto}.heat th,.heat td{border:0}.heat td span{position:relative}
.heat td{padding:0;width:11px;min-width:11px;height:26px}.heat td span{display:block;height:26px;line-height:26px;text-align:center;font-size:9px;font-weight:700;color:var(--sign);background:var(--tone);border-radius:2px}
.heat td.gap span{background:none;border:1px dashed var(--none);color:var(--none)}.heat td.measured{--tone:var(--other3)}
.heat td.pass span{opacity:.55}.heat td a{display:block;text-decoration:none}
.heat tbody th{position:sticky;left:0;background:var(--card);padding:4px 12px 4px 4px;min-width:150px;white-space:nowrap;z-index:1}
.heat thead th{font-size:.72rem;padding:4px 2px;text-align:left;white-space:nowrap;font-weight:500}
.heat td .visually-hidden,.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.remark{margin:6px 0 0}.heat{min-width:100%}
@media (max-width:760px){main .scroll:not(.newest-first,:has(.cards)) :is(th,td){white-space:nowrap}.heat tbody th{min-width:110px;max-width:110px;white-space:normal;font-size:.8rem}}`;
