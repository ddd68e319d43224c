// A program as people pass it around: the ONNX file in fast form, the manifest, its tokenizer if it has text, and what follows.
import {
  type CommittedProgram,
  commitProgram,
  decodeManifest,
  type Manifest,
  type Program,
  readFastForm,
} from "@assay/sdk/program";
import { bytesToHex, programId as hashProgramId, manifestHash, sha256 } from "@assay/sdk/protocol";
import type { Hex } from "viem";
import { IntegrityError } from "./errors.ts";

export type ProgramFiles = {
  programId: Hex;
  program: Program;
  programBytes: Uint8Array;
  manifest: Manifest;
  manifestBytes: Uint8Array;
  /** The file that the manifest names, where people read and write text. */
  tokenizerBytes: Uint8Array | undefined;
  committed: CommittedProgram;
  manifestHash: Hex;
};

/** Names of the files, in folders and below URLs. */
export const programFile = "program.onnx";
export const manifestFile = "manifest.json";
export const tokenizerFile = "tokenizer.json";

type Further = {
  /** Needed where the manifest names one, unless `textless`. */
  tokenizerBytes?: Uint8Array | undefined;
  /** For those who execute and judge: they read and write bytes, so they need no tokenizer. */
  textless?: boolean;
  /** What `readFastForm` made of the program's file, if that happened elsewhere. */
  program?: Program | undefined;
};

/**
 * Reads and hashes a program's files.
 *
 * @throws what the SDK throws about files that are not exactly a program's; IntegrityError about its tokenizer.
 */
export function programOf(
  programBytes: Uint8Array,
  manifestBytes: Uint8Array,
  { tokenizerBytes, textless = false, program = readFastForm(programBytes) }: Further = {},
): ProgramFiles {
  const manifest = decodeManifest(manifestBytes);
  if (!textless || tokenizerBytes !== undefined) assertTokenizer(manifest, tokenizerBytes);
  const committed = commitProgram(program);
  const hash = manifestHash(manifestBytes);
  const programId = hashProgramId(program.operatorSet, committed.programRoot, hash);
  const files = { programBytes, manifestBytes, tokenizerBytes: manifest.text && tokenizerBytes };
  return { ...files, programId, program, manifest, committed, manifestHash: hash };
}

/** @throws IntegrityError when a manifest's tokenizer is not there, or is another one. */
export function assertTokenizer({ text }: Manifest, tokenizerBytes: Uint8Array | undefined): void {
  if (text === undefined) return;
  const wanted = text.tokenizer.sha256;
  if (tokenizerBytes === undefined)
    throw new IntegrityError("The tokenizer that the manifest names is missing.", {
      facts: { sha256: wanted },
      hint: `Put ${tokenizerFile} beside ${manifestFile}`,
    });
  const found = bytesToHex(sha256(tokenizerBytes)).slice(2);
  if (found !== wanted)
    throw new IntegrityError("The tokenizer is another one than the manifest names.", {
      facts: { wanted, found },
    });
}
