// Tells the story on the screen while it happens: chapters, transactions, pictures, the way down, the closing table.
import { total } from "./books.ts";
import { nameOf } from "./cast.ts";
import type { Seen } from "./feed.ts";
import type { End, Level, Lie, Slash, TokenRow } from "./record.ts";
import { imageLines, type Screen, sideBySide } from "./screen.ts";
import { formatTokens } from "./tokens.ts";
import { count, disputeCalls } from "./wording.ts";

const indent = "   ";
const nameWidth = 11;
const wordsWidth = 44;

export interface Narrator {
  line(text?: string): void;
  chapter(title: string, ...sentences: string[]): void;
  say(text: string): void;
  /** Something that a node says about itself, without a transaction. */
  aside(who: string, text: string): void;
  /** Work before the story begins. */
  step<result>(
    what: string,
    work: (progress: (share: number) => void) => Promise<result>,
    tell?: (result: result) => string,
  ): Promise<result>;
  transaction(seen: Seen, words: string): void;
  images(images: readonly (readonly number[])[], captions: readonly string[]): void;
  level(level: Level, number: number): void;
  lie(lie: Lie): void;
  end(end: End): void;
  slash(slash: Slash, worker: string): void;
  books(rows: readonly TokenRow[]): void;
  /** Says what is being waited for, at a terminal, until the returned function is called. */
  waiting(text: string): () => void;
}

/** @param elapsed - Seconds since the story began. */
export function createNarrator(screen: Screen, elapsed: () => number): Narrator {
  const { line, paint } = screen;
  const clock = () => `${elapsed().toFixed(1).padStart(5)} s`;
  const say = (text: string) => line(`${indent}${text}`);
  const entry = (who: string, text: string, gas = "") =>
    line(
      `${indent}${paint("dim", clock())}  ${paint("cyan", who.padEnd(nameWidth))}${text.padEnd(wordsWidth)}${paint("dim", gas.padStart(11))}`.trimEnd(),
    );

  return {
    line,
    chapter: screen.chapter,
    say,
    aside: (who, text) => entry(who, paint("yellow", text)),
    step: async (what, work, tell = () => "") => {
      const from = performance.now();
      const seconds = () => `${((performance.now() - from) / 1_000).toFixed(1)} s`;
      let share: number | undefined;
      const draw = () =>
        screen.progress(`${indent}… ${what}${share ? ` ${Math.floor(share * 100)} %` : ""}  ${seconds()}`);
      const timer = setInterval(draw, 200);
      draw();
      try {
        const result = await work((done) => {
          share = done;
        });
        line(
          `${indent}${paint("green", "✔")} ${what}${paint("dim", `  ${tell(result)}`.trimEnd())}${paint("dim", `  ${seconds()}`)}`,
        );
        return result;
      } catch (error) {
        line(`${indent}${paint("red", "✖")} ${what}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
    transaction: (seen, words) => {
      const isMove = disputeCalls.includes(seen.functionName);
      const told = seen.succeeded
        ? isMove
          ? paint("red", words.padEnd(wordsWidth))
          : words
        : paint("dim", words);
      entry(nameOf(seen.from), told, `${count(seen.gas)} gas`);
    },
    images: (images, captions) => {
      const blocks = images.map((image, index) => ({
        lines: imageLines(image),
        caption: captions[index] ?? "",
      }));
      for (const text of sideBySide(blocks)) say(text);
    },
    level: ({ children, differs, chosen, covers }, number) => {
      const cells = children.map((child, index) => {
        if (index === chosen) return paint("red", "■");
        if (differs[index]) return paint("yellow", "▣");
        return /^0x0+$/.test(child) ? paint("dim", "·") : paint("green", "□");
      });
      say(`${" ".repeat(10)}level ${number}  ${cells.join(" ")}  ${paint("bold", covers)}`);
    },
    lie: ({ step, op, element, bit, honestValue, toldValue, worker }) => {
      say(`${worker} computes step ${step} (${op}) as everybody would,`);
      say(
        `then turns bit ${bit} of element ${count(element)}: ${paint("green", honestValue)} becomes ${paint("red", toldValue)}.`,
      );
      say("Everything after it follows correctly from there. Nobody else is told.");
    },
    end: ({ step, op, tile, element, claimed, recomputed }) => {
      say(`${paint("bold", `step ${step} (${op}), tile ${tile}, element ${count(element)}`)}`);
      say(
        `claimed ${paint("red", claimed)}, recomputed ${paint("green", recomputed)}: ${paint("bold", "proven false")}`,
      );
    },
    slash: ({ amount, burned, compensation, reward, gas }, worker) => {
      const rows = [
        [burned, "burned"],
        [compensation, "to the requester, who has its fee back too"],
        [reward, "to the watchtower"],
        [gas, "to the watchtower for its gas"],
      ] as const;
      say(`${formatTokens(amount)} tokens of ${worker} are divided:`);
      for (const [part, words] of rows) say(`${formatTokens(part).padStart(12)}  ${words}`);
    },
    waiting: (text) => {
      const from = performance.now();
      const draw = () =>
        screen.progress(`${indent}… ${text}  ${((performance.now() - from) / 1_000).toFixed(0)} s`);
      const timer = setInterval(draw, 500);
      draw();
      return () => clearInterval(timer);
    },
    books: (rows) => {
      const columns = ["in", "out", "held"] as const;
      const cells = (who: string, amounts: readonly bigint[]) =>
        who.padEnd(20) +
        amounts.map((amount) => (amount === 0n ? "–" : formatTokens(amount)).padStart(14)).join("");
      say(paint("dim", "".padEnd(20) + columns.map((column) => column.padStart(14)).join("")));
      for (const row of rows)
        say(
          cells(
            row.who,
            columns.map((column) => row[column]),
          ),
        );
      say(
        paint(
          "bold",
          cells(
            "all tokens",
            columns.map((column) => total(rows, column)),
          ),
        ),
      );
    },
  };
}
