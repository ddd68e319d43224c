// The pages tell the truth: their code runs, their commands exist, their links lead somewhere, their tables are the code's.
import { execFile } from "node:child_process";
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { descriptorRules } from "@assay/sdk/program";
import { commitId, disputeId, programId, type Request, requestId } from "@assay/sdk/protocol";
import { expect } from "chai";
import { encodeAbiParameters, type Hex, keccak256, parseAbiParameters, stringToBytes } from "viem";
import { tiers } from "../deploy/parameters.ts";
import { createProgram } from "../node/cli/program.ts";
import { commands } from "../node/commands/index.ts";
import { supportedOperators } from "../node/compiler/index.ts";
import { operatorsPage } from "../scripts/operatorsPage.ts";
import { withExample, withParameters } from "../scripts/parametersPage.ts";
import { auditRows, deployedSources, linesOf, rewriteCounts } from "./helpers/auditPage.ts";
import {
  assayWords,
  benchmarks,
  blocksOf,
  commandsOf,
  inScratch,
  pages,
  readPage,
  root,
  rowsOf,
} from "./helpers/pages.ts";
import { bearersOf, guardsOf, rewriteRules, rulesOf, testedIds } from "./helpers/rulesPage.ts";

const run = promisify(execFile);

describe("pages", () => {
  it("link to what exists", () => {
    const broken = pages.flatMap((page) =>
      [...readPage(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
        .filter(([, path = "", anchor]) => !leads(path === "" ? page : join(dirname(page), path), anchor))
        .map(([link]) => `${page}: ${link}`),
    );
    expect(broken).to.deep.equal([]);
  });

  it("name commands that exist, with flags that they take", async () => {
    const { scripts } = JSON.parse(readPage("package.json")) as { scripts: Record<string, string> };
    for (const page of pages) {
      for (const words of commandsOf(page)) {
        const line = `${page}: ${words.join(" ")}`;
        const [command, verb = "", script = "", , name] = words;
        const given = assayWords(words);
        if (given !== undefined) await parses(given, line);
        else if (command === "npm" && verb === "run" && script === "bench")
          expect(benchmarks(), line).to.include(name);
        else if (command === "npm" && !["i", "install"].includes(verb))
          expect(scripts, line).to.have.property(verb === "run" ? script : verb);
      }
    }
  });

  it("speak of commands that exist", () => {
    const names = commands.flatMap(({ name }) => [name, name.split(" ")[0]]);
    const unknown = pages.flatMap((page) =>
      [...readPage(page).matchAll(/`assay ([a-z]+)( [a-z]+)?[^`]*`/g)]
        .filter(([, word = "", next = ""]) => !names.includes(word) && !names.includes(word + next))
        .map(([text]) => `${page}: ${text}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  const programs = ["README.md", "docs/protocol.md", "docs/programs.md"].flatMap((page) =>
    blocksOf(page, "ts").map((code) => ({ page, code })),
  );

  it("show TypeScript that type-checks", async function () {
    this.timeout(120_000);
    const context = `import type { Account, Hex } from "viem";
import type { Deployment } from "@assay/sdk";
declare const rpcUrl: string, account: Account, deployment: Deployment, programId: Hex, input: Uint8Array;\n`;
    const abridged = blocksOf("sdk/README.md", "ts").map((code) => context + code);
    await inScratch(async (folder) => {
      const files = [...programs.map(({ code }) => code), ...abridged].map((code, index) => {
        writeFileSync(join(folder, `${index}.ts`), `${code}\nexport {};\n`);
        return `${index}.ts`;
      });
      const config = { extends: join(root, "tsconfig.json"), include: [], files };
      writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      await run(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => expect.fail(String(stdout)));
    });
  });

  for (const { page, code } of programs.filter(({ page }) => page !== "README.md")) {
    it(`print what ${page} says that they print`, async function () {
      this.timeout(120_000);
      const promised = [...code.matchAll(/^console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line);
      expect(promised.length).to.be.greaterThan(0);
      const printed = await inScratch(async (folder) => {
        const file = join(folder, "program.ts");
        writeFileSync(file, code);
        const argv = ["--conditions=assay-source", "--import", "tsx", file];
        return (await run(process.execPath, argv, { cwd: root })).stdout;
      });
      expect(printed.trim().split("\n")).to.deep.equal(promised);
    });
  }
});

describe("README.md", () => {
  it("is short, and has its doors", () => {
    const page = readPage("README.md");
    expect(page.split("\n").length).to.be.at.most(120);
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, text]) => text);
    expect(headings).to.include.members(["Operate", "Build", "Challenge", "What you must trust", "Folders"]);
  });

  it("names every folder", () => {
    const named = rowsOf("README.md").flatMap(([folder]) => /^`(\w+)\/`$/.exec(folder ?? "")?.[1] ?? []);
    const ignored = readPage(".gitignore")
      .split("\n")
      .map((line) => line.replaceAll("/", ""));
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name);
    expect(named.sort()).to.deep.equal(folders.filter((name) => !ignored.includes(name)).sort());
  });
});

describe("docs/operators.md", () => {
  it("is fresh (scripts/generateDocs.ts writes it)", () => {
    expect(readPage("docs/operators.md")).to.equal(operatorsPage());
  });
});

describe("docs/programs.md", () => {
  it("lists the rules of descriptors", () => {
    const words = (text: string) => text.toLowerCase().replace(/\.$/, "");
    const listed = rowsOf("docs/programs.md")
      .filter(([number = "", , ...others]) => /^\d+$/.test(number) && others.length === 0)
      .map(([number, sentence = ""]) => `${number} ${words(sentence)}`);
    const known = Object.entries(descriptorRules).map(([number, text]) => `${number} ${words(text)}`);
    expect(listed).to.deep.equal(known);
  });

  it("lists the float operators that compile", () => {
    const [, list = ""] = /explains: ([\s\S]*?)\. Softmax/.exec(readPage("docs/programs.md")) ?? [];
    expect(list.split(/,\s+/)).to.deep.equal([...supportedOperators]);
  });
});

describe("docs/parameters.md", () => {
  it("is fresh (scripts/generateDocs.ts writes it)", () => {
    const page = readPage("docs/parameters.md");
    expect(page).to.equal(withParameters(page));
  });
});

describe("docs/protocol.md", () => {
  const page = readPage("docs/protocol.md");

  it("hashes identifiers as the SDK does", () => {
    const root = (byte: string): Hex => `0x${byte.repeat(32)}`;
    const address = (byte: string): Hex => `0x${byte.repeat(20)}`;
    const request: Request = {
      requester: address("a1"),
      salt: 8n,
      programId: root("03"),
      inputRoot: root("04"),
      inputPosted: true,
      fee: 9n,
      version: 2,
      method: "optimistic",
      level: "final",
      worker: address("a2"),
      consumer: address("a3"),
      callbackGas: 10,
    };
    const terms = {
      subject: root("05"),
      programId: root("03"),
      inputRoot: root("04"),
      outputRoot: root("06"),
      passes: 1,
      worker: address("a2"),
      version: 2,
    };
    const values = {
      ...request,
      ...terms,
      method: 0,
      level: 2,
      chainId: 31_337n,
      market: address("a4"),
      source: address("a5"),
      operatorSet: 1,
      programRoot: root("01"),
      manifestHash: root("02"),
      commitId: root("07"),
      challenger: address("a6"),
      serial: 3,
    };
    const known: Record<string, Hex> = {
      programId: programId(1, values.programRoot, values.manifestHash),
      requestId: requestId({ chainId: values.chainId, market: values.market, request }),
      commitId: commitId({ chainId: values.chainId, source: values.source, terms }),
      disputeId: disputeId(values.commitId, values.challenger, values.serial),
    };
    const shown = rowsOf("docs/protocol.md").flatMap(([id = "", name = "", fields = ""]) => {
      const [, domain] = /^`(assay\.\w+)`$/.exec(name) ?? [];
      if (domain === undefined || !Object.hasOwn(known, id.replaceAll("`", ""))) return [];
      const parameters = parseAbiParameters(fields.replaceAll("`", ""));
      const given = parameters.map((field) => values[field.name as "salt"]);
      const types = [{ type: "bytes32" }, ...parameters];
      const hash = keccak256(encodeAbiParameters(types, [keccak256(stringToBytes(domain)), ...given]));
      return [[id.replaceAll("`", ""), hash]];
    });
    expect(Object.fromEntries(shown)).to.deep.equal(known);
  });

  it("gives signed structs the types of the contracts", () => {
    const literals = ["Requests", "libraries/ReceiptLib"].flatMap((file) =>
      [...readPage(`contracts/${file}.sol`).matchAll(/"((?:[^"]|"\s+")+)"/g)].map(([, text = ""]) =>
        text.replace(/"\s+"/g, ""),
      ),
    );
    const types = [...page.matchAll(/`((?:RequestOrder|Receipt|Voucher)\(.*?\))`/g)].map(([, type]) => type);
    expect(types).to.have.lengthOf(3);
    expect(literals).to.include.members(types);
  });

  it("has a fresh example of a slash (scripts/generateDocs.ts writes it)", () => {
    expect(page).to.equal(withExample(page));
  });

  it("calculates with the standard tier", () => {
    const hour = 3_600;
    const { windowSeconds, deliverySeconds, receiptSeconds, airgapSeconds, ...tier } = tiers.standard;
    const { workerSeconds, challengerSeconds, floorSeconds, maxTraceDepth, maxTensorDepth } = tier;
    const moves = 2 * (maxTraceDepth + maxTensorDepth) + 3;
    const dispute = workerSeconds + challengerSeconds + moves * floorSeconds;
    const before = Math.max(deliverySeconds, receiptSeconds);
    const input = tier.inputSeconds + tier.recheckSeconds;
    const unbonding = 1.1 * (before + windowSeconds + input + dispute + airgapSeconds);
    const rows = [...page.matchAll(/^(T_dispute =|U ≥).* ([\d.]+) h under `standard`$/gm)].map(
      ([, , h]) => h,
    );
    expect(rows).to.deep.equal([String(dispute / hour), (unbonding / hour).toFixed(1)]);
  });

  it("shows every status", () => {
    const diagrams = blocksOf("docs/protocol.md", "mermaid").join("\n");
    const statuses = ["Market", "Commitment", "InputRequest", "Dispute"].flatMap((file) =>
      [...readPage(`contracts/types/${file}.sol`).matchAll(/enum \w+Status \{([^}]*)\}/g)].flatMap(
        ([, body = ""]) =>
          body
            .replace(/\/\/.*$/gm, "")
            .split(",")
            .map((status) => status.trim()),
      ),
    );
    const missing = statuses.filter(
      (status) => status !== "" && !new RegExp(`\\b${status}\\b`).test(diagrams),
    );
    expect(missing).to.deep.equal([]);
  });
});

describe("pages about the contracts", () => {
  const ours = [
    "docs/protocol.md",
    "docs/parameters.md",
    "docs/trust.md",
    "docs/audit.md",
    "contracts/README.md",
  ];
  const about = [...ours, ...pages.filter((page) => page.startsWith("docs/failures/"))];
  const words = new Set(
    globSync(["contracts/**/*.sol", "{sdk,node,deploy,scripts,test}/**/*.ts"], { cwd: root })
      .filter((file) => file !== "test/docs.test.ts")
      .flatMap((file) => readFileSync(join(root, file), "utf8").match(/[A-Za-z_]\w*/g) ?? []),
  );

  it("speak of what exists: names of contracts, calls, events, errors, parameters and metrics", () => {
    const unknown = about.flatMap((page) =>
      [
        ...readPage(page)
          .replace(/^```[\s\S]*?^```$/gm, "")
          .matchAll(/`([^`\n]+)`/g),
      ]
        .map(([, text = ""]) => text.replace(/\(.*\)$/, ""))
        .filter((name) => /^[A-Za-z_]\w*$/.test(name) && !words.has(name))
        .map((name) => `${page}: ${name}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("say of every deployed contract how it fails, is noticed and mended", () => {
    const parts = ["Answers", "Commitments", "Receipts", "Requests", "SignatureVerifier"];
    const contracts = globSync(["contracts/*.sol", "contracts/consumer/*.sol"], { cwd: root })
      .map((file) => basename(file, ".sol"))
      .filter((name) => !parts.includes(name));
    const told = pages.flatMap((page) => /^docs\/failures\/(\w+)\.md$/.exec(page)?.[1] ?? []);
    expect(told.sort()).to.deep.equal(contracts.sort());
    for (const name of told) {
      const [head, ...rows] = rowsOf(`docs/failures/${name}.md`);
      expect(head, name).to.deep.equal(["Failure", "What happens", "Detection", "Recovery"]);
      expect(rows.length, name).to.be.greaterThan(5);
    }
    const everything = told.map((name) => readPage(`docs/failures/${name}.md`)).join();
    for (const part of parts) expect(everything, part).to.include(part);
  });
});

describe("docs/audit.md", () => {
  if (process.env.UPDATE) rewriteCounts();
  const rows = auditRows();

  it("leads through every source, in files of about so many lines", () => {
    const left = deployedSources().filter(
      (file) => !rows.some(({ path }) => path === file || (path.endsWith("/") && file.startsWith(path))),
    );
    expect(left).to.deep.equal([]);
    for (const { path, lines } of rows) {
      const counted = linesOf(path);
      expect(Math.abs(lines - counted), `${path} has ${counted}: UPDATE=1`).to.be.at.most(
        Math.max(20, counted / 10),
      );
    }
  });

  it("names tests that exist", () => {
    const tests = [...readPage("docs/audit.md").matchAll(/`(test\/[\w/.]+\.(?:ts|sol))`/g)].map(
      ([, file = ""]) => file,
    );
    expect(tests.filter((file) => !existsSync(join(root, file)))).to.deep.equal([]);
    expect(tests.length).to.be.greaterThan(30);
  });

  it("names the sources with assembly", () => {
    const [, list = ""] = /Assembly is in ([\s\S]*?), all\s+of\s+it/.exec(readPage("docs/audit.md")) ?? [];
    const named = [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const found = deployedSources().filter((file) => /\bassembly\b/.test(readPage(file)));
    expect(named.sort()).to.deep.equal(found.map((file) => basename(file, ".sol")).sort());
  });
});

describe("docs/rules.md", () => {
  if (process.env.UPDATE) rewriteRules();
  const rules = rulesOf();

  it("has a row for S-01 to S-15, for every invariant of the design, and for every id that a test bears", () => {
    const two = (number: number) => String(number).padStart(2, "0");
    const soundness = Array.from({ length: 15 }, (_, index) => `S-${two(index + 1)}`);
    const invariants = [
      [1, 7],
      [10, 15],
      [20, 32],
      [40, 43],
      [50, 55],
    ].flatMap(([first = 0, last = 0]) =>
      Array.from({ length: last - first + 1 }, (_, index) => `I-${two(first + index)}`),
    );
    expect(invariants).to.have.lengthOf(36);
    const design = [...soundness, ...invariants];
    expect(rules.map(({ id }) => id)).to.include.members([...new Set([...design, ...testedIds()])]);
  });

  it("names only tests that exist and bear the id", () => {
    const wrong = rules.flatMap(({ id, tests }) =>
      tests.filter((test) => !bearersOf(id).includes(test)).map((test) => `${id}: ${test}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("names only mutants that are tried", () => {
    const wrong = rules.flatMap(({ id, mutants }) =>
      mutants.filter((contract) => !guardsOf(id).includes(contract)).map((contract) => `${id}: ${contract}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("names attacks one by one, and for each rules that have tests or are not built", () => {
    const attacks = rowsOf("docs/rules.md").filter(([id = ""]) => /^A\d+$/.test(id));
    expect(attacks.map(([id]) => id)).to.deep.equal(
      Array.from({ length: 32 }, (_, index) => `A${index + 1}`),
    );
    const held = rules.filter(({ tests }) => tests.length > 0).map(({ id }) => id);
    const open = attacks.filter(([, , , named = ""]) => !named.split(" ").some((id) => held.includes(id)));
    expect(open.map(([id, , stopped]) => `${id}: ${stopped}`)).to.deep.equal([
      "A28: assumption 2; audits are not built",
      "A29: audits are not built",
    ]);
    const unknown = attacks
      .flatMap(([, , , named = ""]) => named.split(" "))
      .filter((id) => id !== "S-21" && !held.includes(id));
    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it("says of every rule without a test that it is not there", () => {
    const silent = rules.filter(({ tests, state }) => tests.length === 0 && !state.startsWith("not yet"));
    expect(silent.map(({ id }) => id)).to.deep.equal([]);
  });
});

describe("docs/benchmarks.md", () => {
  it("shows every benchmark, and only those", () => {
    const shown = [...readPage("docs/benchmarks.md").matchAll(/npm run bench -- ([a-z]\w*)/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(shown)].sort()).to.deep.equal(benchmarks());
  });
});

/** Whether a file exists, and has the heading that an anchor names. */
function leads(target: string, anchor: string | undefined): boolean {
  if (!existsSync(join(root, target))) return false;
  if (anchor === undefined) return true;
  const slugs = [...readPage(target).matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  return slugs.includes(anchor);
}

/** Parses a command line as `assay` would, and runs nothing. */
async function parses(words: readonly string[], line: string): Promise<void> {
  let invoked: string | undefined;
  const program = createProgram({
    commands,
    version: "",
    stdout: () => {},
    invoke: async ({ command }) => {
      invoked = command.name;
    },
  });
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message: string };
    if (exitCode !== 0) throw new Error(`${line}: ${message}`);
    return; // --help or --version
  }
  expect(invoked, line).to.be.a("string");
}
