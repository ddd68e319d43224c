// docs/rules.md as data, and what the tests and contracts say about the ids in it.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PAGE = "docs/rules.md";
const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

export interface Rule {
  id: string;
  state: string;
  /** Below test/. */
  tests: string[];
  /** Contracts with a guard of that id. */
  mutants: string[];
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? "");

/** The rows of the page: id, rule, state, tests, mutants. */
export function rulesOf(): Rule[] {
  return read(PAGE)
    .split("\n")
    .filter((line) => /^\| [SI]-\d\d /.test(line))
    .map((line) => {
      const [id = "", , state = "", tests = "", mutants = ""] = line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
      return { id, state, tests: quoted(tests), mutants: quoted(mutants) };
    });
}

const files = globSync("test/**/*.{test.ts,t.sol}", { cwd: root })
  .filter((file) => file !== "test/docs.test.ts")
  .sort()
  .map((file) => ({ file: file.slice("test/".length), text: read(file) }));

/** An id as tests bear it: `S-05` in TypeScript, `_S05` in names of Solidity. */
const borne = (id: string): RegExp => new RegExp(`(?<![A-Za-z0-9])${id.replace("-", "-?")}(?![0-9])`);

/** Test files that bear an id. */
export const bearersOf = (id: string): string[] =>
  files.filter(({ text }) => borne(id).test(text)).map(({ file }) => file);

/** Every id that a test bears. */
export const testedIds = (): string[] => [
  ...new Set(
    files.flatMap(({ text }) =>
      [...text.matchAll(/(?<![A-Za-z0-9])([SI])-?(\d\d)(?![0-9])/g)].map(
        ([, letter, number]) => `${letter}-${number}`,
      ),
    ),
  ),
];

/** The contracts of which a mutant without a guard of that id is tried. */
export function guardsOf(id: string): string[] {
  const tried = globSync("test/mutants/*.ts", { cwd: root }).flatMap((file) => [
    ...read(file).matchAll(/guard: "([SI]-\d\d)[\w.-]*",\s+(?:contract|file): "(?:\w+\/)?(\w+)/g),
  ]);
  const contracts = tried.filter(([, guard]) => guard === id).map(([, , contract]) => contract ?? "");
  return [...new Set(contracts)].sort();
}

/** Writes the last two columns anew. */
export function rewriteRules(): void {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(" ");
  const page = read(PAGE).replace(
    /^(\| ([SI]-\d\d) \|[^|]*\|[^|]*\|)[^|]*\|[^|]*\|$/gm,
    (_, kept: string, id: string) => `${kept} ${list(bearersOf(id))} | ${list(guardsOf(id))} |`,
  );
  writeFileSync(join(root, PAGE), page);
}
