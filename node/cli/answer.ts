// A result as people read it: which class, which numbers, how sure, until when.
import { decodeOutput, type InferenceResult } from "@assay/sdk";
import type { Manifest } from "@assay/sdk/program";
import type { FinalityLevel, RequestStatus } from "@assay/sdk/protocol";
import { decodeTokens, openText, type Reply } from "@assay/sdk/text";
import type { Address, Hex } from "viem";
import { type Fact, facts, timeText } from "./layout.ts";

export type Answer = {
  requestId: Hex;
  programId: Hex;
  commitId: Hex;
  worker: Address;
  status: RequestStatus;
  level: FinalityLevel | null;
  /** Unix seconds at which the challenge window closes. */
  challengeUntil: bigint;
} & Shown;

/** An output, and what it means to people. */
export type Shown = {
  /** The output bytes. */
  output: Uint8Array;
  outputRoot: Hex;
  /** By name, in the units of the original model; null without the program's manifest. */
  outputs: Record<string, number[]> | null;
  /** Name of the class that a classifier found. */
  label: string | null;
  /** What a program that writes text has written, and why it ended there. */
  text: string | null;
  ended: Reply["ended"] | null;
};

/** What is known of a program besides its id. */
export type Described = { manifest: Manifest; tokenizerBytes?: Uint8Array | undefined };

export function toAnswer(result: InferenceResult, program: Described | undefined): Answer {
  const { requestId, programId, commitId, worker, status, level, challengeUntil, output, outputRoot } =
    result;
  const facts = { requestId, programId, commitId, worker, status, level: level ?? null, challengeUntil };
  return { ...facts, ...toShown({ output, outputRoot }, program) };
}

/** Reads an output by the program's manifest, where that is known. */
export function toShown(given: Pick<Shown, "output" | "outputRoot">, program: Described | undefined): Shown {
  const { output } = given;
  const manifest = program?.manifest;
  const decoded = manifest === undefined ? undefined : decodeOutput(manifest, output);
  const outputs =
    decoded === undefined
      ? null
      : Object.fromEntries(Object.entries(decoded).map(([name, values]) => [name, Array.from(values)]));
  const reply = program && replyOf(program, output);
  const written = { text: reply?.text ?? null, ended: reply?.ended ?? null };
  return { ...given, outputs, label: labelOf(outputs, manifest), ...written };
}

function replyOf({ manifest, tokenizerBytes }: Described, output: Uint8Array): Reply | undefined {
  if (manifest.text === undefined || tokenizerBytes === undefined) return undefined;
  return decodeTokens(openText(manifest, tokenizerBytes), output);
}

/** The class that a program names itself in its output `label`, else the one with the largest logit. */
function labelOf(outputs: Record<string, number[]> | null, manifest: Manifest | undefined): string | null {
  if (outputs === null || manifest === undefined || manifest.labels.length === 0) return null;
  const { label, ...others } = outputs;
  const [logits] = Object.values(others);
  const index = label?.[0] ?? (logits === undefined ? undefined : logits.indexOf(Math.max(...logits)));
  return index === undefined ? null : (manifest.labels[index] ?? null);
}

const endings = { stop: "by the model", length: "for lack of room" } as const;

const mostNumbers = 16;

const numbersText = (values: readonly number[]): string => {
  const shown = values.slice(0, mostNumbers).map((value) => String(Number(value.toPrecision(5))));
  return `${shown.join(" ")}${values.length > mostNumbers ? ` … (${values.length} numbers)` : ""}`;
};

export const answerText = (answer: Answer, now: number): string =>
  shownText(answer, [
    ["finality", finalityText(answer, now)],
    ["worker", answer.worker],
    ["request", answer.requestId],
    ["program", answer.programId],
  ]);

/** An output for people: its text or its numbers, then further facts. */
export function shownText(answer: Shown, further: readonly Fact[]): string {
  const written = answer.text === null ? "" : `${printable(answer.text)}\n\n`;
  return `${written}${facts([
    ["answer", answer.label ?? undefined],
    ["ended", answer.ended === null ? undefined : endings[answer.ended]],
    ...(answer.text === null ? outputFacts(answer) : []),
    ...further,
  ])}`;
}

const outputFacts = ({ outputs, output, outputRoot }: Shown): Fact[] =>
  outputs === null
    ? [["output", `${output.length} bytes, root ${outputRoot}`]]
    : Object.entries(outputs).map(([name, values]) => [name, numbersText(values)]);

/** Text of strangers for a terminal: no control characters but line breaks and tabs. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (mark) => (mark === "\n" || mark === "\t" ? mark : "\ufffd"));

export function finalityText({ level, status, challengeUntil }: Answer, now: number): string {
  if (level === null) return `none: the commitment was ${status}, the output counts for nothing`;
  if (level === "final") return "final: it can never change";
  return `${level}: it may still be disproven; the window closes ${timeText(challengeUntil, now)}`;
}
