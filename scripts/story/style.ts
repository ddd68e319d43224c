// The style sheet of the story's page.
export const style = `
:root{color-scheme:light dark;--bg:#fbfbf9;--ink:#1c1f24;--soft:#6b717b;--line:#dcdcd6;--same:#e8ebe6;--red:#c6303e;--amber:#e2a23b;--blue:#2f6fb3;--green:#3d8f5f}
@media(prefers-color-scheme:dark){:root{--bg:#14161a;--ink:#e6e7ea;--soft:#9aa1ab;--line:#30343b;--same:#23272d;--red:#ef5a66;--amber:#d69a3d;--blue:#6aa5e3;--green:#63b585}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:1040px;margin:0 auto;padding:48px 24px}h1{font-size:38px;line-height:1.1;margin:0 0 12px;letter-spacing:-.02em}
h2{font-size:20px;margin:44px 0 8px}small{color:var(--soft)}code{font:13px ui-monospace,monospace}
.digits{display:flex;gap:20px;flex-wrap:wrap}.digit{margin:0;width:112px}.digit svg{width:112px;border:1px solid var(--line);border-radius:6px;display:block;fill:var(--ink)}
.digit.wrong{width:150px}.digit.wrong svg{border:3px solid var(--red)}.digit.wrong b{color:var(--red)}figcaption{font-size:14px;line-height:1.3;margin-top:6px}figcaption b{font-size:22px}
.pipeline{list-style:none;display:flex;flex-wrap:wrap;gap:6px;padding:0}.step{border:1px solid var(--line);border-radius:6px;padding:4px 8px;font-size:13px;background:var(--same)}
.step span{color:var(--soft);margin-right:6px}.step small{display:block;font-size:11px}.tainted{border-color:var(--amber);box-shadow:inset 0 -3px var(--amber)}
.caught{background:var(--red);color:#fff;border-color:var(--red)}.caught small,.caught span{color:#fff}.key{padding:0 6px;border-radius:4px;border:1px solid var(--line)}
.key.caught{border:0}.key.differs{border:2px solid var(--amber)}
.descent{display:grid;grid-template-columns:104px minmax(0,1fr) 150px;gap:0 16px;align-items:center;margin-top:16px}.where{grid-column:1}.where small{display:block;line-height:1.2}.pick{font-size:14px;color:var(--red)}
.nodes{display:grid;grid-template-columns:repeat(16,1fr)}.node{font:11px ui-monospace,monospace;text-align:center;padding:8px 0;min-height:33px;background:var(--same);border:2px solid var(--bg);border-radius:5px;overflow:hidden}
.node.empty{opacity:.45}.node.differs{border-color:var(--amber)}.node.chosen{background:var(--red);border-color:var(--red);color:#fff}
.funnel{grid-column:2;width:100%;height:30px;fill:var(--red);opacity:.16;display:block}
.tile{display:grid;grid-template-columns:repeat(16,1fr);gap:1px;margin:0 2px;font:10px ui-monospace,monospace;align-self:start}.tile span{background:var(--same);padding:2px 3px;text-align:right;overflow:hidden}
.tile.narrow{grid-template-columns:repeat(32,1fr)}.tile.wide{grid-template-columns:repeat(4,1fr)}.tile .chosen{background:var(--red);color:#fff;min-width:max-content;position:relative}.verdict{grid-column:2/-1;font-size:18px;margin-top:16px}.verdict b{color:var(--red)}.verdict b+b{color:var(--green)}
.bits{font:14px ui-monospace,monospace;margin-top:8px;overflow-x:auto}.bits div{display:flex;gap:1px;margin-bottom:2px}.bits i{font-style:normal;background:var(--same);padding:1px 4px}.bits.long i{padding:1px}.bits .flipped{background:var(--red);color:#fff}
.bits div+div .flipped{background:var(--green)}.split{display:flex;height:28px;border-radius:6px;overflow:hidden}.split i{display:block;min-width:3px}.legend{display:flex;flex-wrap:wrap;gap:4px 24px;font-size:14px;margin-top:8px}
.legend span::before{content:"";display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px;background:var(--kind)}.split i{background:var(--kind)}
.burned{--kind:var(--soft)}.requester{--kind:var(--blue)}.reward{--kind:var(--green)}.gas{--kind:var(--amber)}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:var(--soft);font-weight:500}td,th{padding:5px 8px;border-bottom:1px solid var(--line)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}tfoot td{font-weight:600}tr.dispute td:nth-child(3){color:var(--red)}
.bar{width:22%}.bar i{display:block;height:10px;border-radius:3px;background:var(--blue)}tr.dispute .bar i{background:var(--red)}footer{margin-top:48px;color:var(--soft);overflow-wrap:anywhere}
@media(max-width:760px){main{padding:28px 16px}h1{font-size:30px}.extra{display:none}.descent{grid-template-columns:minmax(0,1fr);gap:2px}.where small{display:inline}.funnel,.verdict{grid-column:1}.node{font-size:0;padding:4px 0}.tile{font-size:8px;grid-template-columns:repeat(8,1fr)}.tile.narrow{grid-template-columns:repeat(16,1fr)}.bits{font-size:11px}.bits i{padding:1px 2px}}
`;
