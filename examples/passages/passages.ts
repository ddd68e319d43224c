// The text classifier of this example as files: the float model, and verses that it was not trained on.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One verse: 64 tokens, filled up with padding, and the part of the Bible that it stands in. */
export interface PassageSample {
  readonly verse: string;
  readonly tokens: Int32Array;
  readonly label: number;
}

const file = (name: string): URL => new URL(name, import.meta.url);

export const passagesPath = (): string => fileURLToPath(file("passages.onnx"));

/** The held-out verses, in the order of the book, and what each label means. */
export function heldOutVerses(): { samples: PassageSample[]; labels: string[] } {
  const { groups, length, pad, verses } = JSON.parse(readFileSync(file("data/heldOut.json"), "utf8")) as {
    groups: string[];
    length: number;
    pad: number;
    verses: { verse: string; label: number; tokens: number[] }[];
  };
  const samples = verses.map(({ verse, label, tokens }) => {
    const filled = new Int32Array(length).fill(pad);
    filled.set(tokens.slice(0, length));
    return { verse, label, tokens: filled };
  });
  return { samples, labels: groups };
}
