// What people see: chapters, one line a transaction, pictures out of characters. Colours at a terminal only.
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface Screen {
  line(text?: string): void;
  chapter(title: string, ...sentences: string[]): void;
  /** A line that is drawn over by the next one, at a terminal; silent elsewhere. */
  progress(text: string): void;
  paint(style: Style, text: string): string;
  /** One character for each of several kinds, with its colour. */
  readonly colours: boolean;
}

export interface Sink {
  write(text: string): unknown;
  isTTY?: boolean;
}

const eraseLine = "\r\u001b[2K";

export function createScreen(sink: Sink, environment: NodeJS.ProcessEnv = process.env): Screen {
  const isTerminal = sink.isTTY === true && environment.TERM !== "dumb";
  const colours = (isTerminal && !environment.NO_COLOR) || Boolean(environment.FORCE_COLOR);
  const paint = (style: Style, text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  let number = 0;
  let isDrawn = false;

  function line(text = ""): void {
    sink.write(`${isDrawn ? eraseLine : ""}${text}\n`);
    isDrawn = false;
  }

  return {
    line,
    paint,
    colours,
    chapter: (title, ...sentences) => {
      number += 1;
      line();
      line(paint("bold", `${number}  ${title}`));
      for (const sentence of sentences) line(paint("dim", `   ${sentence}`));
    },
    progress: (text) => {
      if (!isTerminal) return;
      sink.write(`${eraseLine}${paint("dim", text)}`);
      isDrawn = true;
    },
  };
}

/** Bright to dark. */
const shades = [" ", "░", "▒", "▓", "█"];

/** An 8 × 8 image of pixels 0 … 16 as lines, two characters a pixel. */
export function imageLines(image: ArrayLike<number>): string[] {
  const pixels = Array.from(image, (value) => (shades[Math.ceil(value / 4)] ?? "█").repeat(2));
  return Array.from({ length: 8 }, (_, row) => pixels.slice(8 * row, 8 * row + 8).join(""));
}

/** Blocks of lines beside each other, with a caption below each. */
export function sideBySide(
  blocks: readonly { lines: readonly string[]; caption: string }[],
  gap = 4,
): string[] {
  const width = 16;
  const rows = Math.max(...blocks.map(({ lines }) => lines.length));
  const space = " ".repeat(gap);
  const rowAt = (row: number) => blocks.map(({ lines }) => (lines[row] ?? "").padEnd(width)).join(space);
  const captions = blocks.map(({ caption }) => caption.padEnd(width)).join(space);
  return [...Array.from({ length: rows }, (_, row) => rowAt(row)), captions].map((text) => text.trimEnd());
}
