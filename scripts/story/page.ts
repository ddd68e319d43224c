// Draws the story as one self-contained HTML page: no script, no request to anywhere, readable in light and dark.
import type { Answer, Level, StoryRecord } from "./record.ts";
import { style } from "./style.ts";
import { formatTokens } from "./tokens.ts";

const html = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
const short = (hex: string): string => `${hex.slice(0, 8)}…${hex.slice(-4)}`;
const count = (n: number): string => n.toLocaleString("en-US");
const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function digit(answer: Answer, title: string, wrong = false): string {
  const cells = answer.image
    .map((value, i) => {
      const x = (i % 8) * 10;
      const y = Math.floor(i / 8) * 10;
      return `<rect x="${x}" y="${y}" width="10" height="10" fill-opacity="${(value / 16).toFixed(2)}"/>`;
    })
    .join("");
  return `<figure class="digit${wrong ? " wrong" : ""}"><svg viewBox="0 0 80 80" role="img" aria-label="a handwritten ${answer.written}">${cells}</svg>
<figcaption><b>${answer.answered}</b> ${html(title)}<br><small>${html(answer.worker)}, ${answer.seconds.toFixed(1)} s</small></figcaption></figure>`;
}

function images({ answers, lieAnswer, honestAnswer }: StoryRecord): string {
  const lie = lieAnswer.answered === honestAnswer ? "with false scores" : `the lie: it is a ${honestAnswer}`;
  const honest = answers.map((answer) => digit(answer, "honest")).join("");
  return `<div class="digits">${honest}${digit(lieAnswer, lie, true)}</div>`;
}

function pipeline({ program, end }: StoryRecord): string {
  const steps = program.steps.map(({ op, type, differs }, i) => {
    const mark = i === end.step ? " caught" : differs ? " tainted" : "";
    return `<li class="step${mark}"><span>${i}</span>${html(op)}<small>${html(type)}</small></li>`;
  });
  return `<ol class="pipeline">${steps.join("")}</ol>`;
}

/** Widens from the chosen box to the whole of what lies below it. */
const funnel = (chosen: number): string =>
  `<svg class="funnel" viewBox="0 0 16 1" preserveAspectRatio="none" aria-hidden="true"><polygon points="${chosen},0 ${chosen + 1},0 16,1 0,1"/></svg>`;

function level({ section, children, differs, chosen, covers }: Level, number: number): string {
  const boxes = children.map((child, i) => {
    const isEmpty = /^0x0+$/.test(child);
    const kind = i === chosen ? "chosen" : differs[i] ? "differs" : isEmpty ? "empty" : "same";
    return `<span class="node ${kind}" title="${i}: ${child}">${isEmpty ? "" : child.slice(2, 6)}</span>`;
  });
  return `<div class="where">level ${number} <small>of the ${section}</small></div><div class="nodes">${boxes.join("")}</div>
<div class="pick">${html(covers)}</div>${funnel(chosen)}`;
}

function tile({ end, lie }: StoryRecord): string {
  const cells = end.tileValues.map((value, i) => {
    const kind = i === end.elementInTile ? "chosen" : "same";
    return `<span class="${kind}">${html(value)}</span>`;
  });
  return `<div class="where">tile ${end.tile} <small>of step ${end.step}</small></div><div class="tile${end.bits === 8 ? " narrow" : end.bits === 64 ? " wide" : ""}">${cells.join("")}</div>
<div class="pick">element ${count(end.element)} of ${html(end.op)}, shape ${end.shape.join(" × ")}</div>
<div class="verdict">claimed <b>${html(end.claimed)}</b>, the contract recomputed <b>${html(end.recomputed)}</b>: they differ in bit ${lie.bit}${binary(end)}</div>`;
}

/** Both values in binary, with the bits marked in which they differ. */
function binary({ claimed, recomputed, bits }: StoryRecord["end"]): string {
  const [theirs, ours] = [claimed, recomputed].map((value) =>
    BigInt.asUintN(bits, BigInt(value)).toString(2).padStart(bits, "0"),
  );
  const row = (text = "", other = "") =>
    [...text].map((bit, i) => `<i${bit === other[i] ? "" : ' class="flipped"'}>${bit}</i>`).join("");
  return `<div class="bits${bits > 32 ? " long" : ""}"><div>${row(theirs, ours)}</div><div>${row(ours, theirs)}</div></div>`;
}

function slash({ slash: { amount, reward, gas, compensation, burned }, lie }: StoryRecord): string {
  const parts = [
    ["burned", burned, "burned"],
    ["requester", compensation, "to the requester, besides its fee"],
    ["reward", reward, "to the watchtower"],
    ["gas", gas, "for its gas"],
  ] as const;
  const bars = parts.map(
    ([kind, part]) =>
      `<i class="${kind}" style="width:${(Number((part * 10_000n) / amount) / 100).toFixed(2)}%"></i>`,
  );
  const words = parts.map(
    ([kind, part, text]) => `<span class="${kind}"><b>${formatTokens(part)}</b> ${text}</span>`,
  );
  return `<p>${capitalized(html(lie.worker))} lost the <b>${formatTokens(amount)}</b> tokens that stood behind its answer.</p>
<div class="split">${bars.join("")}</div><div class="legend">${words.join("")}</div>`;
}

function transactions({ transactions: all }: StoryRecord): string {
  const most = Math.max(...all.map((one) => one.gas), 1);
  const rows = all.map(
    ({ dispute, block, who, what, gas, hash }) =>
      `<tr${dispute ? ' class="dispute"' : ""}><td class="extra">${block}<td>${html(who)}<td>${html(what)}
<td class="bar extra"><i style="width:${((gas / most) * 100).toFixed(1)}%"></i><td class="number">${count(gas)}<td class="extra"><code title="${hash}">${short(hash)}</code></tr>`,
  );
  const moves = all.filter((one) => one.dispute);
  const gas = moves.reduce((sum, one) => sum + one.gas, 0);
  return `<p>The dispute took <b>${moves.length} transactions</b> and <b>${count(gas)} gas</b>, both sides together.</p>
<table><thead><tr><th class="extra">block<th>who<th>what<th class="extra"><th class="number">gas<th class="extra">transaction</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function money({ tokens }: StoryRecord): string {
  const columns = ["in", "out", "held"] as const;
  const sums = columns.map((column) => tokens.reduce((total, row) => total + row[column], 0n));
  const row = (who: string, amounts: readonly bigint[]): string =>
    `<tr><td>${html(who)}${amounts.map((amount) => `<td class="number">${amount === 0n ? "–" : formatTokens(amount)}`).join("")}</tr>`;
  const rows = tokens.map((one) =>
    row(
      one.who,
      columns.map((column) => one[column]),
    ),
  );
  const [paid = 0n, out = 0n, held = 0n] = sums;
  return `<table><thead><tr><th>account<th class="number">in<th class="number">out<th class="number">held by the vault</tr></thead>
<tbody>${rows.join("")}</tbody><tfoot>${row("all tokens", sums)}</tfoot></table>
<p>${paid === out + held ? "Every token that went in came out or is still held." : "The books do not balance."}</p>`;
}

/** The page of one played story, as HTML text. */
export function storyPage(record: StoryRecord): string {
  const { lie, end, levels, program, seconds } = record;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Assay: one bit, caught</title><style>${style}</style></head><body><main>
<header><h1>One bit of one number, caught</h1>
<p>${capitalized(html(lie.worker))} computed <b>${html(program.name)}</b> honestly up to step ${lie.step}, turned bit ${lie.bit} of element ${count(lie.element)} of the ${html(lie.op)} result
(${html(lie.honestValue)} became ${html(lie.toldValue)}), and computed everything after it correctly from there. Nobody was told. This is how it ended, ${Math.round(seconds)} seconds after the story began.</p></header>
<section><h2>What the requester saw</h2>${images(record)}</section>
<section><h2>The program, ${program.steps.length} steps</h2><p>Each step is one tensor of integers. <span class="key tainted">The amber ones</span> are wrong, and yet each follows correctly from what came before;
only <span class="key caught">step ${end.step}</span> does not.</p>${pipeline(record)}</section>
<section><h2>The descent</h2><p>The worker shows sixteen hashes, the watchtower goes down into the <span class="key caught">first</span> that <span class="key differs">differs</span> from its own, until a tile of numbers is left.</p>
<div class="descent">${levels.map((one, i) => level(one, i + 1)).join("")}${tile(record)}</div></section>
<section><h2>What it cost</h2>${slash(record)}</section>
<section><h2>Transactions</h2>${transactions(record)}</section>
<section><h2>Where the tokens went</h2>${money(record)}</section>
<footer>program <code>${program.programId}</code></footer></main></body></html>
`;
}
