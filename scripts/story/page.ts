// Draws the story as one self-contained HTML page: no script, no request to anywhere, readable in light and dark.
import type { Answer, Level, StoryRecord } from "./record.ts";
import { style } from "./style.ts";
import { formatTokens } from "./tokens.ts";

const html = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
const short = (hex: string): string => `${hex.slice(0, 8)}…${hex.slice(-4)}`;
const count = (n: number): string => n.toLocaleString("en-US");

function digit(answer: Answer, title: string, wrong = false): string {
  const cells = answer.image
    .map((v, i) => {
      const shade = Math.round(255 - (v / 16) * 235);
      return `<rect x="${(i % 8) * 10}" y="${Math.floor(i / 8) * 10}" width="10" height="10" fill="rgb(${shade},${shade},${shade})"/>`;
    })
    .join("");
  return `<figure class="digit${wrong ? " wrong" : ""}"><svg viewBox="0 0 80 80" role="img" aria-label="a handwritten ${answer.written}">${cells}</svg>
<figcaption><b>${answer.answered}</b> ${html(title)}<br><small>${html(answer.worker)}, ${answer.seconds.toFixed(1)} s</small></figcaption></figure>`;
}

function pipeline({ program, lie, end }: StoryRecord): string {
  return `<ol class="pipeline">${program.steps
    .map((step, i) => {
      const mark = i === end.step ? " caught" : i > lie.step ? " tainted" : "";
      return `<li class="step${mark}"><span>${i}</span>${html(step.op)}<small>${html(step.type)}</small></li>`;
    })
    .join("")}</ol>`;
}

function level({ section, depth, children, differs, chosen }: Level, number: number): string {
  const boxes = children
    .map((child, i) => {
      const empty = /^0x0+$/.test(child);
      const kind = i === chosen ? "chosen" : differs[i] ? "differs" : empty ? "empty" : "same";
      return `<span class="node ${kind}" title="${child}">${empty ? "–" : child.slice(2, 6)}</span>`;
    })
    .join("");
  return `<div class="level"><div class="where">level ${number}<small>${section} tree, depth ${depth}</small></div><div class="nodes">${boxes}</div>
<div class="pick">child ${chosen} is the first that differs</div></div>`;
}

function tile({ end }: StoryRecord): string {
  const cells = end.tileValues
    .map((v, i) => `<span class="${i === end.elementInTile ? "chosen" : "same"}">${html(v)}</span>`)
    .join("");
  return `<div class="tile">${cells}</div>`;
}

function transactions({ transactions: all }: StoryRecord): string {
  const most = Math.max(...all.map((t) => t.gas), 1);
  const rows = all
    .map(
      (t) =>
        `<tr class="${t.dispute ? "dispute" : ""}"><td>${t.block}</td><td>${html(t.who)}</td><td>${html(t.what)}</td>
<td class="bar"><i style="width:${((t.gas / most) * 100).toFixed(1)}%"></i></td><td class="number">${count(t.gas)}</td><td><code title="${t.hash}">${short(t.hash)}</code></td></tr>`,
    )
    .join("");
  const dispute = all.filter((t) => t.dispute);
  const gas = dispute.reduce((sum, t) => sum + t.gas, 0);
  return `<p>The dispute took <b>${dispute.length} transactions</b> and <b>${count(gas)} gas</b>, both sides together.</p>
<table><thead><tr><th>block<th>who<th>what<th colspan="2">gas<th>transaction</tr></thead><tbody>${rows}</tbody></table>`;
}

function money({ tokens }: StoryRecord): string {
  const sum = (key: "in" | "out" | "held"): bigint => tokens.reduce((total, row) => total + row[key], 0n);
  const row = (who: string, into: bigint, out: bigint, held: bigint): string =>
    `<tr><td>${html(who)}<td class="number">${formatTokens(into)}<td class="number">${formatTokens(out)}<td class="number">${formatTokens(held)}</tr>`;
  return `<table><thead><tr><th>account<th>in<th>out<th>held by the vault</tr></thead><tbody>${tokens
    .map((t) => row(t.who, t.in, t.out, t.held))
    .join("")}</tbody><tfoot>${row("total", sum("in"), sum("out"), sum("held"))}</tfoot></table>
<p>${sum("in") === sum("out") + sum("held") ? "Every token that went in came out or is still held." : "The books do not balance."}</p>`;
}

/** The page of one played story, as HTML text. */
export function storyPage(record: StoryRecord): string {
  const { lie, end, levels, answers, program } = record;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay: one bit, caught</title><style>${style}</style></head><body><main>
<header><h1>One bit of one number, caught</h1>
<p>${html(lie.worker)} computed <b>${html(program.name)}</b> honestly up to step ${lie.step}, turned bit ${lie.bit} of element ${count(lie.element)} of the ${html(lie.op)} result
(${html(lie.honestValue)} became ${html(lie.toldValue)}), and computed everything after it correctly from there. Nobody was told. This is how it ended.</p></header>
<section><h2>What the requester saw</h2><div class="digits">${answers.map((a) => digit(a, "honest answer")).join("")}${digit(
    record.lieAnswer,
    `the lie (honest: ${record.honestAnswer})`,
    true,
  )}</div></section>
<section><h2>The program, ${program.steps.length} steps</h2><p>Each step is one tensor of integers. <span class="key tainted">After the lie</span> everything follows correctly from a wrong value;
only <span class="key caught">step ${end.step}</span> does not follow from what came before.</p>${pipeline(record)}</section>
<section><h2>The descent</h2><p>The worker shows sixteen hashes, the watchtower picks the first that differs from its own.</p>${levels
    .map((l, i) => level(l, i + 1))
    .join("")}</section>
<section><h2>The tile</h2><p>Tile ${end.tile} of step ${end.step} (${html(end.op)}, shape ${end.shape.join(" × ")}), as the worker had to show it.</p>${tile(record)}
<p class="verdict">element ${count(end.element)}: claimed <b>${html(end.claimed)}</b>, the contract recomputed <b>${html(end.recomputed)}</b></p></section>
<section><h2>Transactions</h2>${transactions(record)}</section>
<section><h2>Where the tokens went</h2>${money(record)}</section>
<footer>program <code>${program.programId}</code></footer></main></body></html>
`;
}
