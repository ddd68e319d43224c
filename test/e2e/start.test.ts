// `npm start` as a visitor runs it: the story is played once, with the visitor's lie, and the network is used afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { elementCount, execute, executeFrom, packedOffsets, type Tensor } from "@assay/sdk/program";
import { expect } from "chai";
import { StoryUsageError } from "../../scripts/story/errors.ts";
import { checkFlip, lyingSlots, parseFlip } from "../../scripts/story/flip.ts";
import type { StoryRecord } from "../../scripts/story/record.ts";
import { network } from "../helpers/programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lie = { step: 10, element: 123, bit: 20 };
const fromSource = ["--conditions=assay-source", "--import", "tsx"];

/** As `stringifyJson` prints it: amounts are decimal strings. */
type Printed<T> = T extends bigint ? string : T extends object ? { [key in keyof T]: Printed<T[key]> } : T;
type Story = Printed<StoryRecord>;

interface Running {
  child: ChildProcess;
  /** What was told so far. */
  told(): string;
  /** The first line on stdout; the exit code when there was none. */
  record: Promise<string>;
  ended: Promise<number | null>;
}

function start(...argv: string[]): Running {
  const child = spawn(process.execPath, [...fromSource, "scripts/start.ts", ...argv], { cwd: root });
  let told = "";
  child.stderr.on("data", (chunk) => {
    told += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const record = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    void ended.then((code) => reject(new Error(`The story ended with ${code}:\n${told}`)));
  });
  record.catch(() => {});
  return { child, told: () => told, record, ended };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("npm start", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "assay-start-"));
  const page = join(folder, "page.html");
  let running: Running;
  let story: Story;

  before(async () => {
    const cheat = `step=${lie.step},element=${lie.element},bit=${lie.bit}`;
    running = start("--json", "--keep", "--page", page, "--cheat", cheat);
    story = JSON.parse(await running.record) as Story;
  });
  after(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
    rmSync(folder, { recursive: true });
  });

  it("tells the answers that the images deserve, and one that it does not", () => {
    expect(story.answers.map(({ worker }) => worker)).to.deep.equal(["worker 1", "worker 2", "worker 3"]);
    for (const { written, answered } of story.answers) expect(answered).to.equal(written);
    expect(story.lieAnswer.worker).to.equal(story.lie.worker);
    expect(story.lie).to.include(lie);
  });

  it("ends the dispute on exactly the bit that the visitor has chosen", () => {
    const { step, element, bits, claimed, recomputed, tileValues, elementInTile } = story.end;
    expect({ step, element }).to.deep.equal({ step: lie.step, element: lie.element });
    expect(tileValues[elementInTile]).to.equal(claimed);
    expect(BigInt.asUintN(bits, BigInt(claimed) ^ BigInt(recomputed))).to.equal(1n << BigInt(lie.bit));
    const { differs } = story.program.steps[lie.step]!;
    expect(differs).to.equal(true);
    expect(story.program.steps.slice(0, lie.step).some((one) => one.differs)).to.equal(false);
  });

  it("goes down into the first difference at every level", () => {
    expect(story.levels.length).to.equal(3);
    for (const { chosen, differs, children } of story.levels) {
      expect(children.length).to.equal(16);
      expect(chosen).to.equal(differs.indexOf(true));
    }
    expect(story.transactions.filter(({ dispute }) => dispute).map(({ who }) => who)).to.deep.equal([
      ...["watchtower", "worker 3", "watchtower", "worker 3", "watchtower"],
      ...["worker 3", "watchtower", "worker 3", "watchtower"],
    ]);
    for (const { gas } of story.transactions) expect(gas).to.be.greaterThan(21_000);
  });

  it("accounts for every token", () => {
    const sum = (column: "in" | "out" | "held") =>
      story.tokens.reduce((total, row) => total + BigInt(row[column]), 0n);
    expect(sum("in")).to.equal(sum("out") + sum("held"));
    const { amount, reward, gas, compensation, burned } = story.slash;
    expect(BigInt(reward) + BigInt(gas) + BigInt(compensation) + BigInt(burned)).to.equal(BigInt(amount));
    expect(2n * BigInt(burned) >= BigInt(amount)).to.equal(true);
    const row = (who: string) => story.tokens.find((one) => one.who === who)!;
    expect(row("burned").out).to.equal(burned);
    expect(BigInt(row("worker 1").held) - BigInt(row("worker 3").held)).to.equal(BigInt(amount));
    expect(BigInt(row("watchtower").out) > BigInt(row("watchtower").in)).to.equal(true);
  });

  it("writes a page that needs nothing but itself", () => {
    const text = readFileSync(page, "utf8");
    expect(text)
      .to.match(/^<!doctype html>/)
      .and.to.include(story.end.claimed)
      .and.to.include("worker 3");
    expect(text).to.not.match(/<script|https?:|src=|@import|url\(/);
    console.log(`      told in ${story.seconds.toFixed(1)} s`);
  });

  it("leaves a network running in which the printed lines buy an answer", async () => {
    const lines = () => running.told().split(/^(?=import \{ createAssayClient)/m)[1];
    while (
      !lines()
        ?.trimEnd()
        .match(/console\.log.*$/)
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
    const argv = [...fromSource, "--input-type=module", "--eval", lines()!];
    const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, printed: printed.trim() }).to.deep.equal({
      code: 0,
      printed: `provisional Float64Array(1) [ ${story.honestAnswer} ]`,
    });
  });

  it("takes its processes along when it is told to stop", async () => {
    const pids = [...running.told().matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
    expect(pids.length).to.equal(4);
    running.child.kill("SIGINT");
    expect(await running.ended).to.equal(0);
    expect(pids.filter(isAlive)).to.deep.equal([]);
  });

  for (const [cheat, sentence] of [
    ["step=34,element=0,bit=0", "steps: 0 to 33"],
    ["step=7", "--cheat step=7,element=123,bit=3"],
  ] as const)
    it(`refuses --cheat ${cheat}`, async () => {
      const refused = start("--json", "--page", join(folder, "none.html"), "--cheat", cheat);
      expect(await refused.ended).to.equal(2);
      expect(refused.told()).to.include(sentence);
    });
});

describe("the visitor's lie", () => {
  const program = network(1);
  const { out } = program.steps[0]!;

  it("is one that the program has room for", () => {
    const elements = elementCount(out);
    const fits = { step: 0, element: elements - 1, bit: 31 };
    expect(out.dtype).to.equal("i32");
    expect(() => checkFlip(program, fits)).not.to.throw();
    for (const [flip, bounds] of [
      [{ ...fits, step: program.steps.length }, { steps: `0 to ${program.steps.length - 1}` }],
      [{ ...fits, element: elements }, { elements: `0 to ${elements - 1}` }],
      [{ ...fits, bit: 32 }, { bits: "0 to 31" }],
    ] as const)
      expect(() => checkFlip(program, flip))
        .to.throw(StoryUsageError)
        .with.property("facts")
        .that.deep.includes(bounds);
  });

  it("is written in one way only", () => {
    expect(parseFlip("step=7,element=123,bit=3")).to.deep.equal({ step: 7, element: 123, bit: 3 });
    expect(parseFlip("bit=3,step=7,element=123")).to.deep.equal({ step: 7, element: 123, bit: 3 });
    for (const text of [
      "",
      "7,123,3",
      "step=7,element=1",
      "step=-1,element=0,bit=0",
      "step=1,element=0,bit=0,x=1",
    ])
      expect(() => parseFlip(text), text).to.throw(StoryUsageError);
  });

  it("changes one bit of one tensor, and what follows from it", () => {
    const input = new Uint8Array(packedOffsets(program.inputs).length).fill(9);
    const honest = execute(program, input);
    const lying = lyingSlots(program, input, { step: 0, element: 5, bit: 30 });
    const valuesOf = ({ data }: Tensor) => Array.from<number | bigint>(data as ArrayLike<number>).map(Number);
    const right = valuesOf(honest[0]!);
    const flipped = valuesOf(lying[0]!).map((value, index) => value ^ right[index]!);
    expect(flipped).to.deep.equal(flipped.map((_, index) => (index === 5 ? 1 << 30 : 0)));
    expect(lying.slice(1)).to.deep.equal(executeFrom(program, input, lying, 1).slice(1));
  });
});
