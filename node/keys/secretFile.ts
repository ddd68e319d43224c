// Reads files that hold secrets, and refuses those that others can read.
import { readFileSync, statSync } from "node:fs";
import { KeyError } from "../errors.ts";

const maximumBytes = 1_048_576;
const othersMayRead = 0o077;

/** The file's text without the line break that editors leave at its end. */
export function readSecretFile(path: string): string {
  assertPrivate(path);
  const secret = readFileSync(path, "utf8").replace(/\r?\n$/, "");
  if (secret === "") throw new KeyError("The file holds no secret", { facts: { file: path } });
  return secret;
}

/** Throws unless only the file's owner can read it. */
export function assertPrivate(path: string): void {
  let status: ReturnType<typeof statSync>;
  try {
    status = statSync(path);
  } catch (cause) {
    throw new KeyError("The file cannot be read", { facts: { file: path }, cause });
  }
  if (!status.isFile() || status.size > maximumBytes)
    throw new KeyError("This is not a file that holds a secret", { facts: { file: path } });
  const mode = status.mode & 0o777;
  if (process.platform !== "win32" && (mode & othersMayRead) !== 0)
    throw new KeyError("Others can read this file", {
      facts: { file: path, mode: `0${mode.toString(8)}` },
      hint: `Run chmod 600 ${path}`,
    });
}
