// The pages of the project as data: code blocks, commands, tables.
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export const readPage = (page: string): string => readFileSync(join(root, page), "utf8");

export const pages: readonly string[] = globSync(
  ["*.md", "docs/**/*.md", "{contracts,sdk,node}/README.md", "examples/**/*.md"],
  { cwd: root },
).sort();

/** The code blocks of a page in one language. */
export const blocksOf = (page: string, language: string): string[] =>
  [...readPage(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, found, code = ""]) =>
    found === language ? [code] : [],
  );

/** The commands of a page's shell blocks as words, without comments. */
export const commandsOf = (page: string): string[][] =>
  blocksOf(page, "sh")
    .flatMap((block) => block.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word));

/** The words behind `assay`, or behind `npm run assay --`; undefined for other commands. */
export function assayWords(words: readonly string[]): readonly string[] | undefined {
  if (words[0] === "assay") return words.slice(1);
  return words.slice(0, 4).join(" ") === "npm run assay --" ? words.slice(4) : undefined;
}

/** The cells of the tables of a page, row by row; headers count as rows. */
export const rowsOf = (page: string): string[][] =>
  readPage(page)
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** The names of the benchmarks. */
export const benchmarks = (): string[] =>
  globSync("bench/*.ts", { cwd: root })
    .map((file) => file.slice("bench/".length, -".ts".length))
    .sort();

/** A folder inside the project, so that imports resolve, which git ignores and which is gone afterwards. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(join(root, "cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "cache/docs-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
