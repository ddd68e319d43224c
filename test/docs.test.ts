// The pages tell the truth: their code runs, their commands exist, their links lead somewhere, their tables are the code's.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { descriptorRules } from "@assay/sdk/program";
import { commitId, disputeId, programId, requestId } from "@assay/sdk/protocol";
import { expect } from "chai";
import { encodeAbiParameters, type Hex, keccak256, parseAbiParameters, stringToBytes } from "viem";
import { tiers } from "../deploy/parameters.ts";
import { createProgram } from "../node/cli/program.ts";
import { commands } from "../node/commands/index.ts";
import { supportedOperators } from "../node/compiler/index.ts";
import { operatorsPage } from "../scripts/operatorsPage.ts";
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

describe("docs/protocol.md", () => {
  const units = { s: 1, min: 60, h: 3_600, day: 86_400 } as const;
  const seconds = (text: string): number => {
    const [, amount, unit] = /^(\d+) (s|min|h|day)s?$/.exec(text) ?? [];
    return Number(amount) * units[unit as keyof typeof units];
  };

  it("shows the tiers as they are deployed", () => {
    const keys = [
      ["open request may be claimed", "claimSeconds"],
      ["claimed request must be delivered", "deliverySeconds"],
      ["challenge window", "windowSeconds"],
      ["worker's clock in a dispute", "workerSeconds"],
      ["challenger's clock", "challengerSeconds"],
      ["least time after a move of the other side", "floorSeconds"],
      ["input time, for reaching an input", "inputSeconds"],
      ["from slash to settlement", "airgapSeconds"],
    ] as const;
    for (const [words, key] of keys) {
      const [, , , ...shown] = rowsOf("docs/protocol.md").find(([first]) => first === words) ?? [];
      const deployed = [tiers.standard[key], tiers.devnet[key], tiers.demo[key]];
      expect(shown.map(seconds), words).to.deep.equal(deployed);
    }
  });

  it("hashes identifiers as the SDK does", () => {
    const root = (byte: string): Hex => `0x${byte.repeat(32)}`;
    const accounts = { market: `0x${"a1".repeat(20)}`, requester: `0x${"a2".repeat(20)}` } as const;
    const others = { worker: `0x${"a3".repeat(20)}`, challenger: `0x${"a4".repeat(20)}` } as const;
    const roots = { programRoot: root("01"), manifestHash: root("02"), programId: root("03") };
    const more = {
      inputRoot: root("04"),
      outputRoot: root("05"),
      requestId: root("06"),
      commitId: root("07"),
    };
    const numbers = {
      chainId: 31_337n,
      nonce: 8n,
      fee: 9n,
      operatorSet: 1,
      version: 2,
      passes: 1,
      serial: 3,
    };
    const values = { ...accounts, ...others, ...roots, ...more, ...numbers };
    const known: Record<string, Hex> = {
      programId: programId(1, values.programRoot, values.manifestHash),
      requestId: requestId({ ...values, method: "optimistic" }),
      commitId: commitId(values),
      disputeId: disputeId(values.commitId, values.challenger, values.serial),
    };
    const shown = rowsOf("docs/protocol.md").flatMap(([id = "", name = "", fields = ""]) => {
      const [, domain] = /^`(assay\.\w+)`$/.exec(name) ?? [];
      if (domain === undefined) return [];
      const parameters = parseAbiParameters(fields.replaceAll("`", ""));
      const given = parameters.map((field) => ({ ...values, method: 0 })[field.name as "method"]);
      const types = [{ type: "bytes32" }, ...parameters];
      const hash = keccak256(encodeAbiParameters(types, [keccak256(stringToBytes(domain)), ...given]));
      return [[id.replaceAll("`", ""), hash]];
    });
    expect(Object.fromEntries(shown)).to.deep.equal(known);
  });

  it("counts the gas of moves as the contracts do", () => {
    const source = readPage("contracts/libraries/MoveGasLib.sol");
    const [, repaid = ""] =
      /The gas of a dispute is counted([\s\S]*?)count\. /.exec(readPage("docs/protocol.md")) ?? [];
    const constants = ["CHALLENGE", "CHOOSE", "PROVE_STEP", "JUDGE_MAX"].map((name) =>
      new RegExp(` ${name} = ([\\d_]+);`).exec(source)?.[1]?.replaceAll("_", ","),
    );
    expect(repaid.match(/\d+(,\d+)+/g)).to.deep.equal(constants);
  });

  it("calculates with the standard tier", () => {
    const { windowSeconds, deliverySeconds, inputSeconds, airgapSeconds, ...tier } = tiers.standard;
    const { workerSeconds, challengerSeconds, floorSeconds, maxTraceDepth, maxTensorDepth } = tier;
    const moves = 2 * (maxTraceDepth + maxTensorDepth) + 3;
    const dispute = workerSeconds + challengerSeconds + moves * floorSeconds;
    const unbonding = 1.1 * (deliverySeconds + windowSeconds + inputSeconds + dispute + airgapSeconds);
    expect(readPage("docs/protocol.md"))
      .to.include(`${dispute / units.h} h under \`standard\``)
      .and.include(`${(unbonding / units.h).toFixed(1)} h under \`standard\``);
  });
});

describe("docs/rules.md", () => {
  if (process.env.UPDATE) rewriteRules();
  const rules = rulesOf();

  it("has a row for S-01 to S-15, and for every id that a test bears", () => {
    const design = Array.from({ length: 15 }, (_, index) => `S-${String(index + 1).padStart(2, "0")}`);
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
