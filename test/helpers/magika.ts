// Magika's published examples as inputs of its network: the first and last 1,024 bytes of a file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { testData } from "./testData.ts";

interface Published {
  readonly content_base64: string;
  readonly prediction: { readonly dl: string; readonly score: number };
}

export interface MagikaExample {
  /** 2,048 bytes; 256 where the file is shorter */
  readonly bytes: Int32Array;
  /** the published label */
  readonly label: string;
}

const PART = 1024;
const BLOCK = 4096;
const PADDING = 256;
/** What Python's strip takes away. */
const SPACES = new Set([9, 10, 11, 12, 13, 32]);

const read = (name: string): Buffer => readFileSync(testData(join("models/magika", name)));

export const magikaModel = (): Uint8Array => new Uint8Array(read("model.onnx"));

export function magikaLabels(): string[] {
  const { target_labels_space: labels } = JSON.parse(read("config.min.json").toString()) as {
    target_labels_space: string[];
  };
  return labels;
}

function inputOf(content: Uint8Array): Int32Array {
  const head = content.subarray(0, BLOCK);
  const tail = content.subarray(Math.max(0, content.length - BLOCK));
  let start = 0;
  while (start < head.length && SPACES.has(head[start]!)) start++;
  let end = tail.length;
  while (end > 0 && SPACES.has(tail[end - 1]!)) end--;
  const input = new Int32Array(2 * PART).fill(PADDING);
  input.set(head.subarray(start, start + PART));
  const last = tail.subarray(Math.max(0, end - PART), end);
  input.set(last, 2 * PART - last.length);
  return input;
}

/** The examples whose label the network itself gave. */
export function magikaExamples(): MagikaExample[] {
  const examples = JSON.parse(
    gunzipSync(read("inference_examples_by_content.json.gz")).toString(),
  ) as Published[];
  return examples
    .filter(({ prediction }) => prediction.dl !== "undefined")
    .map(({ content_base64, prediction }) => ({
      bytes: inputOf(Buffer.from(content_base64, "base64")),
      label: prediction.dl,
    }));
}
