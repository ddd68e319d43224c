// docs/audit.md as data, and the counts of lines that it shows.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPage, root } from "./pages.ts";

const PAGE = "docs/audit.md";
const ROW = /^(\| `([\w/.-]+)` \| )(\d+)( \|.*)$/gm;

export interface AuditRow {
  /** A file, or a folder that ends in a slash. */
  path: string;
  lines: number;
}

export const auditRows = (): AuditRow[] =>
  [...readPage(PAGE).matchAll(ROW)].map(([, , path = "", lines]) => ({ path, lines: Number(lines) }));

/** The lines of a file, or of all files in a folder. */
export const linesOf = (path: string): number =>
  (path.endsWith("/") ? globSync(`${path}*`, { cwd: root }) : [path])
    .map((file) => readFileSync(join(root, file), "utf8").split("\n").length - 1)
    .reduce((sum, lines) => sum + lines, 0);

/** The sources of the contracts that run on a chain. */
export const deployedSources = (): string[] =>
  globSync("contracts/**/*.sol", { cwd: root })
    .filter((file) => !/^contracts\/(interfaces|mocks)\//.test(file))
    .sort();

/** Counts anew. */
export function rewriteCounts(): void {
  const page = readPage(PAGE).replace(
    ROW,
    (_, before: string, path: string, __, after: string) => `${before}${linesOf(path)}${after}`,
  );
  writeFileSync(join(root, PAGE), page);
}
