// A program on disk: a folder with its files, as `assay compile` writes it.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { manifestFile, type ProgramFiles, programFile, programOf, tokenizerFile } from "../programFiles.ts";
import { InputFormatError } from "./npy.ts";
import { readInputFile } from "./numbers.ts";

/** Reads and checks a program folder, or the folder of the given program file. */
export function readProgramFolder(path: string): ProgramFiles {
  if (!existsSync(path))
    throw new InputFormatError("There is no such program folder.", {
      facts: { path },
      hint: "Make one with `assay compile MODEL.onnx`, or fetch one with `assay programs fetch PROGRAM_ID`",
    });
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const tokenizer = join(folder, tokenizerFile);
  return programOf(readInputFile(join(folder, programFile)), readInputFile(join(folder, manifestFile)), {
    tokenizerBytes: existsSync(tokenizer) ? readInputFile(tokenizer) : undefined,
  });
}

/** Writes a program folder; files that are there are replaced. */
export function writeProgramFolder(
  folder: string,
  {
    programBytes,
    manifestBytes,
    tokenizerBytes,
  }: Pick<ProgramFiles, "programBytes" | "manifestBytes" | "tokenizerBytes">,
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, programFile), programBytes);
  writeFileSync(join(folder, manifestFile), manifestBytes);
  if (tokenizerBytes) writeFileSync(join(folder, tokenizerFile), tokenizerBytes);
}
