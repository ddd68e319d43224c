// Import arrows point one way. A folder imports itself and what its row names, nothing else.
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const root = fileURLToPath(new URL("..", import.meta.url));

// The row of the longest matching folder counts. "pkg" is the dependencies that the file's own package declares, "node:"
// the built-in modules, "any" every package. Between packages the import names the package ("@assay/sdk/protocol").
const arrows: Record<string, string[]> = {
  "sdk/errors.ts": [],
  "sdk/protocol": ["sdk/errors.ts", "viem", "viem/utils"],
  "sdk/program": ["sdk/errors.ts", "sdk/protocol", "protobufjs", "protobufjs/minimal.js"],
  "sdk/abi": [],
  "sdk/ethers": ["sdk", "ethers", "pkg"],
  sdk: ["sdk", "pkg"],
  "node/strategy": ["@assay/sdk/protocol", "@assay/sdk/program"],
  node: ["node", "@assay/sdk", "pkg", "node:"],
  deploy: ["deploy", "node", "@assay/sdk", "any", "node:"],
  examples: ["examples", "@assay/contracts", "@assay/sdk", "@assay/node", "any", "node:"],
  scripts: ["scripts", "sdk", "node", "deploy", "examples", "@assay/sdk", "@assay/node", "any", "node:"],
  // Benchmarks play what the tests play, only more of it.
  bench: ["bench", "test", "sdk", "node", "deploy", "examples", "@assay/sdk", "@assay/node", "any", "node:"],
  test: [
    "test",
    "sdk",
    "node",
    "deploy",
    "examples",
    "scripts",
    "contracts",
    "@assay/contracts",
    "@assay/sdk",
    "@assay/node",
    "any",
    "node:",
  ],

  "contracts/types": [],
  "contracts/interfaces": ["contracts/types", "pkg"],
  "contracts/libraries": ["contracts/types", "contracts/interfaces", "pkg"],
  "contracts/ops": ["contracts/types", "contracts/interfaces", "contracts/libraries", "pkg"],
  "contracts/consumer": ["contracts/types", "contracts/interfaces", "contracts/libraries", "pkg"],
  "contracts/mocks": ["contracts", "pkg"],
  contracts: ["contracts", "pkg"],
};
// What even an allowed folder keeps to itself: nothing that ships depends on a mock.
const onlyFor: Record<string, string[]> = { "contracts/mocks": ["contracts/mocks", "test"] };
const pure = ["sdk/errors.ts", "sdk/protocol", "sdk/program", "node/strategy"];
const impure =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.|fetch\(|setTimeout|setInterval)/;

const within = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const ownerOf = (path: string) =>
  Object.keys(arrows)
    .filter((folder) => within(path, folder))
    .sort((a, b) => b.length - a.length)[0] ?? "";

type Import = { name: string; target: string; typeOnly: boolean };
const manifest = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    exports: Record<string, { "assay-source"?: string }>;
  };

function targetOf(name: string, file: string): string {
  if (name.startsWith(".")) return join(dirname(file), name);
  const [, folder, entry] = /^@assay\/(sdk|node)(\/.*)?$/.exec(name) ?? [];
  if (folder === undefined) return name;
  return join(folder, manifest(folder).exports[`.${entry ?? ""}`]?.["assay-source"] ?? `no entry ${name}`);
}

const withoutComments = (text: string) =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
const folders = "{contracts,sdk,node,deploy,examples,scripts,bench,test}/**/*.{ts,sol}";
const files = new Map<string, { text: string; imports: Import[] }>();
for (const file of globSync(folders, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).sort()) {
  const text = withoutComments(readFileSync(join(root, file), "utf8"));
  const found = text.matchAll(
    /^\s*(?:import|export)\s(type\s)?(?:[^;"'`]*?\sfrom\s*)?"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  const imports = [...found].map(([, type, named, dynamic]) => {
    const name = named ?? dynamic ?? "";
    return { name, target: targetOf(name, file), typeOnly: type !== undefined };
  });
  files.set(file, { text, imports });
}

function allowed(file: string, { name, target }: Import): boolean {
  const owner = ownerOf(file);
  const rows = arrows[owner] ?? [];
  const keeper = Object.keys(onlyFor).find((folder) => within(target, folder));
  if (keeper && !onlyFor[keeper]?.some((folder) => within(file, folder))) return false;
  if (name.startsWith(".")) return ownerOf(target) === owner || rows.some((folder) => within(target, folder));
  if (name.startsWith("node:")) return rows.includes("node:");
  if (name.startsWith("@assay/")) return rows.some((row) => row.startsWith("@assay/") && within(name, row));
  if (rows.includes("any") || rows.includes(name)) return true;
  const { dependencies, peerDependencies } = manifest(owner.split("/")[0] ?? "");
  const declared = Object.keys({ ...dependencies, ...peerDependencies });
  return rows.includes("pkg") && declared.some((dependency) => within(name, dependency));
}

describe("layering", () => {
  it("imports only along the arrows", () => {
    const wrong = [...files].flatMap(([file, { imports }]) =>
      imports
        .filter((one) => !allowed(file, one))
        .map(
          ({ name }) => `${file} imports "${name}" (${ownerOf(file)}: ${arrows[ownerOf(file)]?.join(", ")})`,
        ),
    );
    expect(wrong, wrong.join("\n")).to.deep.equal([]);
  });

  it("keeps clocks, chance and input/output out of the pure folders", () => {
    const wrong = [...files]
      .filter(([file, { text }]) => pure.some((folder) => within(file, folder)) && impure.test(text))
      .map(([file, { text }]) => `${file} uses ${impure.exec(text)?.[0]}`);
    expect(wrong, wrong.join("\n")).to.deep.equal([]);
  });

  it("has no import cycle", () => {
    const done = new Set<string>();
    const visit = (file: string, path: string[]): string[] | undefined => {
      if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
      if (done.has(file)) return undefined;
      for (const { target, typeOnly } of files.get(file)?.imports ?? []) {
        const cycle = typeOnly ? undefined : visit(target, [...path, file]);
        if (cycle) return cycle;
      }
      done.add(file);
      return undefined;
    };
    for (const file of files.keys()) {
      const cycle = visit(file, []);
      expect(cycle, cycle?.join(" -> ")).to.equal(undefined);
    }
  });

  it("reads the sources it judges", () => {
    const imports = [...files.values()].flatMap((file) => file.imports);
    expect(files.size).to.be.greaterThan(10);
    expect(imports.map((one) => one.name)).to.include("chai");
    expect(
      allowed("sdk/protocol/a.ts", { name: "../actions/b.ts", target: "sdk/actions/b.ts", typeOnly: true }),
    ).to.equal(false);
    expect(allowed("sdk/a.ts", { name: "node:fs", target: "node:fs", typeOnly: false })).to.equal(false);
    expect(
      allowed("contracts/A.sol", { name: "./mocks/B.sol", target: "contracts/mocks/B.sol", typeOnly: false }),
    ).to.equal(false);
  });
});
