// Every npm script of the root ends here: node scripts/tasks.js <command> [arguments]. Plain JavaScript, run by the
// Node that scripts/bootstrap.js chose, with the packages installed.
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const bin = {
  biome: "node_modules/@biomejs/biome/bin/biome",
  hardhat: "node_modules/hardhat/dist/src/cli.js",
  mocha: "node_modules/mocha/bin/mocha.js",
  prettier: "node_modules/prettier/bin/prettier.cjs",
  solhint: "node_modules/solhint/solhint.js",
  tsc: "node_modules/typescript/bin/tsc",
};
const fromSource = ["--conditions=assay-source", "--import", "tsx"];
const solidity = ["contracts/**/*.sol", "test/**/*.sol"];

// Runs Node on `argv`. Output goes to the terminal, or is kept (`quiet`), or both (`tee`).
function node(argv, { quiet = false, tee = false, env = {} } = {}) {
  return new Promise((done) => {
    const piped = quiet || tee;
    const child = spawn(process.execPath, argv, {
      stdio: ["inherit", piped ? "pipe" : "inherit", piped ? "pipe" : "inherit"],
      env: { ...process.env, ...env },
    });
    let output = "";
    const keep = (to) => (chunk) => {
      output += chunk;
      if (tee) to.write(chunk);
    };
    child.stdout?.on("data", keep(process.stdout));
    child.stderr?.on("data", keep(process.stderr));
    child.on("error", (error) => done({ code: 1, output: error.message }));
    child.on("close", (code, signal) =>
      done({ code: code ?? 1, output: signal ? `${output}\nkilled by ${signal}` : output }),
    );
  });
}

async function must(argv, options) {
  const { code, output } = await node(argv, options);
  if (code === 0) return;
  if (options?.quiet) process.stderr.write(output);
  process.exit(code);
}

// What `npm run lint` and the first stages of `npm test` hold the sources to.
const checks = {
  "lint TypeScript": [bin.biome, "ci", "--colors=off", "--error-on-warnings", "."],
  "type check": [bin.tsc, "-p", "tsconfig.json"],
  "lint Solidity": [bin.solhint, "--max-warnings", "0", "--disc", "--noPoster", ...solidity],
  "format Solidity": [bin.prettier, "--check", "--no-error-on-unmatched-pattern", ...solidity],
};

const hardhat = (...argv) => [...fromSource, bin.hardhat, ...argv];
const compileSilently = () => must(hardhat("build", "--no-tests"), { quiet: true });

// Warnings that the compiler gave for our sources: kept in Hardhat's build information, so a cached build shows them too.
function compilerWarnings() {
  const folder = "artifacts/build-info";
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".output.json"))
    .flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")).output?.errors ?? [])
    .filter((error) => error.sourceLocation?.file.startsWith("project/contracts/"))
    .map((error) => error.formattedMessage);
}

async function compile() {
  const { code, output } = await node(hardhat("build"), { quiet: true });
  const warnings = code === 0 ? compilerWarnings() : [];
  return { code: code || (warnings.length > 0 ? 1 : 0), output: warnings.join("\n") || output };
}

// Runs one stage and reports it in a line, with its output if it failed.
async function stage(name, running) {
  const from = Date.now();
  const { code, output } = await running;
  console.log(`${code === 0 ? "✔" : "✖"} ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

async function test(selection) {
  const whole = selection.length === 0;
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const counted = async (name, running) => {
    const passed = await stage(name, running);
    totals[passed ? "passed" : "failed"] += 1;
    return passed;
  };

  const solidityFiles = select(selection, "test/**/*.t.sol");
  const mochaFiles = select(selection, "test/**/*.test.ts");
  if (solidityFiles.length + mochaFiles.length === 0) fail(`no test under ${selection.join(", ") || "test"}`);

  const compiled = counted("compile contracts", compile()); // slow and on one core: the checks run beside it
  if (whole) {
    for (const [name, argv] of Object.entries(checks)) await counted(name, node(argv, { quiet: true }));
  }
  if (await compiled) {
    const freshness = [...fromSource, "scripts/generateAbi.ts", "--check"];
    if (whole) await counted("ABI up to date", node(freshness, { quiet: true }));
    await solidityTests(solidityFiles, totals);
    await mochaTests(mochaFiles, totals);
  }

  const { passed, failed, skipped } = totals;
  console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

// The test files of `pattern` that lie under the given files and folders; "contracts" means "test/contracts".
function select(selection, pattern) {
  const files = globSync(pattern).sort();
  if (selection.length === 0) return files;
  const below = selection.map((path) => {
    const inTest = join("test", path);
    return relative(root, resolve(existsSync(inTest) ? inTest : path));
  });
  return files.filter((file) => below.some((path) => file === path || file.startsWith(`${path}/`)));
}

async function solidityTests(files, totals) {
  if (files.length === 0) return;
  const { code, output } = await node(hardhat("test", "solidity", "--no-compile", ...files), { tee: true });
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  add(totals, code, { passes: count("passing"), failures: count("failing"), pending: count("skipped") });
}

async function mochaTests(files, totals) {
  if (files.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), "assay-test-"));
  const record = join(folder, "totals.json");
  const options = ["--parallel", "--jobs", "2", "--timeout", "60000", "--forbid-only", "--exit"];
  const argv = [...fromSource, bin.mocha, ...options, "--reporter", "scripts/reporter.js", ...files];
  const { code } = await node(argv, { env: { ASSAY_TEST_TOTALS: record } });
  const counts = existsSync(record)
    ? JSON.parse(readFileSync(record, "utf8"))
    : { passes: 0, failures: 0, pending: 0 };
  rmSync(folder, { recursive: true });
  add(totals, code, counts);
}

// A runner that fails without naming a failed test (it crashed, or found nothing to run) is one failure itself.
function add(totals, code, { passes, failures, pending }) {
  totals.passed += passes;
  totals.failed += failures || (code === 0 ? 0 : 1);
  totals.skipped += pending;
}

async function build() {
  await must(hardhat("build"));
  await must([...fromSource, "scripts/generateAbi.ts"]);
  for (const name of ["sdk", "node"]) {
    rmSync(join(name, "dist"), { recursive: true, force: true });
    await must([bin.tsc, "-p", `${name}/tsconfig.build.json`]);
  }
  shipArtifacts();
  for (const name of ["contracts", "sdk", "node"]) cpSync("LICENSE", join(name, "LICENSE"));
}

// What `assay devnet` deploys from an installed package: interface and code of every contract, beside the sources.
function shipArtifacts() {
  const target = "contracts/artifacts";
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  for (const source of [...globSync("contracts/{,judges/}*.sol"), "contracts/mocks/AssayToken.sol"]) {
    const name = basename(source, ".sol");
    const { abi, bytecode } = JSON.parse(readFileSync(join("artifacts", source, `${name}.json`), "utf8"));
    if (bytecode === "0x") continue; // abstract
    writeFileSync(join(target, `${name}.json`), `${JSON.stringify({ abi, bytecode })}\n`);
  }
}

async function bench([name, ...argv]) {
  const names = existsSync("bench") ? readdirSync("bench").filter((file) => file.endsWith(".ts")) : [];
  if (!name || name.startsWith("-")) {
    console.log("npm run bench -- NAME [--json], where NAME is one of:");
    for (const file of names.sort()) console.log(`  ${file.slice(0, -".ts".length)}`);
    return;
  }
  if (!names.includes(`${name}.ts`))
    fail(`bench/${name}.ts does not exist: npm run bench lists the benchmarks`);
  await compileSilently();
  await must([...fromSource, `bench/${name}.ts`, ...argv]);
}

async function assay(argv) {
  if (!existsSync("artifacts/contracts")) await compileSilently();
  await must([...fromSource, "node/cli.ts", ...argv]);
}

async function start(argv) {
  if (!existsSync("artifacts/contracts")) console.error("compiling the contracts, once");
  await compileSilently();
  await must([...fromSource, "scripts/start.ts", ...argv]);
}

async function lint() {
  for (const [name, argv] of Object.entries(checks)) {
    if (!(await stage(name, node(argv, { quiet: true })))) process.exitCode = 1;
  }
}

async function format() {
  await must([bin.biome, "check", "--write", "."]);
  await must([bin.prettier, "--write", "--no-error-on-unmatched-pattern", ...solidity]);
}

async function coverage(argv) {
  await must(hardhat("test", "--coverage", ...argv));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const commands = { start, test, bench, assay, build, lint, format, coverage };
const [command, ...argv] = process.argv.slice(2);
if (!Object.hasOwn(commands, command ?? "")) fail(`one of: ${Object.keys(commands).join(", ")}`);
await commands[command](argv);
