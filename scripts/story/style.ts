// The style sheet of the story's page.
export const style = `
:root{color-scheme:light dark;--bg:#fbfbf9;--ink:#1c1f24;--soft:#6b717b;--line:#dcdcd6;--same:#e8ebe6;--red:#c6303e;--amber:#e2a23b;--blue:#2f6fb3}
@media(prefers-color-scheme:dark){:root{--bg:#14161a;--ink:#e6e7ea;--soft:#9aa1ab;--line:#30343b;--same:#23272d;--red:#ef5a66;--amber:#d69a3d;--blue:#6aa5e3}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:1040px;margin:0 auto;padding:48px 24px}h1{font-size:38px;line-height:1.1;margin:0 0 12px;letter-spacing:-.02em}
h2{font-size:20px;margin:40px 0 8px}small{color:var(--soft)}code{font:13px ui-monospace,monospace}
.digits{display:flex;gap:20px;flex-wrap:wrap}.digit{margin:0;width:112px}.digit svg{width:112px;border:1px solid var(--line);border-radius:6px;display:block}
.digit.wrong svg{border:3px solid var(--red)}.digit.wrong b{color:var(--red)}figcaption{font-size:14px;line-height:1.3;margin-top:6px}figcaption b{font-size:22px}
.pipeline{list-style:none;display:flex;flex-wrap:wrap;gap:6px;padding:0}.step{border:1px solid var(--line);border-radius:6px;padding:4px 8px;font-size:13px;background:var(--same)}
.step span{color:var(--soft);margin-right:6px}.step small{display:block;font-size:11px}.tainted{border-color:var(--amber);box-shadow:inset 0 -3px var(--amber)}
.caught{background:var(--red);color:#fff;border-color:var(--red)}.caught small,.caught span{color:#fff}.key{padding:0 6px;border-radius:4px;border:1px solid var(--line)}
.key.caught{border:0}.level{display:grid;grid-template-columns:120px 1fr;gap:4px 16px;margin:14px 0;align-items:center}.where small{display:block}
.nodes{display:grid;grid-template-columns:repeat(16,1fr);gap:4px}.node{font:11px ui-monospace,monospace;text-align:center;padding:8px 0;border-radius:4px;background:var(--same);overflow:hidden}
.node.empty{opacity:.4}.node.differs{outline:2px solid var(--amber)}.node.chosen{background:var(--red);color:#fff}.pick{grid-column:2;font-size:13px;color:var(--soft)}
.tile{display:grid;grid-template-columns:repeat(auto-fill,minmax(58px,1fr));gap:2px;font:11px ui-monospace,monospace}.tile span{background:var(--same);padding:2px 4px;text-align:right;border-radius:2px}
.tile .chosen{background:var(--red);color:#fff}.verdict{font-size:18px}.verdict b{color:var(--red)}.verdict b+b{color:var(--blue)}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:var(--soft);font-weight:500}td,th{padding:5px 8px;border-bottom:1px solid var(--line)}
.number{text-align:right;font-variant-numeric:tabular-nums}tfoot td{font-weight:600}tr.dispute td:nth-child(3){color:var(--red)}
.bar{width:22%}.bar i{display:block;height:10px;border-radius:3px;background:var(--blue)}tr.dispute .bar i{background:var(--red)}footer{margin-top:48px;color:var(--soft);overflow-wrap:anywhere}
`;
