// Requests that cannot be right are refused before anything is sent, with the bound and what to do.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { digitsFolder, startTestDevnet, type TestDevnet } from "../../helpers/devnet.ts";

const numbers = Array.from({ length: 64 }, (_, index) => index / 64);

describe("assay request refuses a request", () => {
  let devnet: TestDevnet;
  let programId: Hex;
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(devnet.folder, name);
    writeFileSync(path, content);
    return path;
  };
  const digits = (...flags: string[]) => [
    "--program",
    programId,
    "--input",
    file("d.json", JSON.stringify(numbers)),
    ...flags,
  ];
  before(async () => {
    devnet = await startTestDevnet();
    const { json } = await devnet.run(["publish", digitsFolder(), "--json"]);
    programId = json.programId as Hex;
  });
  after(() => devnet.stop());

  const refused: [string, () => string[], number, RegExp][] = [
    ["without a program", () => [], 2, /--program is needed/],
    [
      "for an unknown program",
      () => ["--program", `0x${"77".repeat(32)}`, "--raw", "x"],
      1,
      /ProgramNotFoundError/,
    ],
    ["for a folder that is not there", () => ["--program", "nowhere"], 1, /There is no such program folder/],
    ["without input", () => ["--program", programId], 2, /--input is needed/],
    [
      "with too few numbers",
      () => ["--program", programId, "--input", file("few.json", "[1, 2, 3]")],
      1,
      /given +3[\s\S]*required +64/,
    ],
    [
      "with another shape",
      () => [
        "--program",
        programId,
        "--input",
        file("shape.json", JSON.stringify(Array(16).fill([0, 0, 0, 0]))),
      ],
      1,
      /given +16×4[\s\S]*required +1×1×8×8/,
    ],
    [
      "with ragged lists",
      () => ["--program", programId, "--input", file("ragged.json", "[[1, 2], [3]]")],
      1,
      /nested lists have different lengths/,
    ],
    [
      "with what is no number",
      () => ["--program", programId, "--input", file("text.json", '["one"]')],
      1,
      /not a finite number/,
    ],
    [
      "with an unknown input name",
      () => ["--program", programId, "--input", file("name.json", JSON.stringify({ picture: numbers }))],
      1,
      /given +picture[\s\S]*inputs +image/,
    ],
    [
      "with raw input of the wrong length",
      () => ["--program", programId, "--raw", file("short.bin", new Uint8Array(63))],
      1,
      /given +63[\s\S]*required +64/,
    ],
    [
      "with a file of no known kind",
      () => ["--program", programId, "--input", file("odd.txt", "hello")],
      1,
      /\.png, \.pgm, \.ppm, \.npy, \.json/,
    ],
    [
      "with a file that is not there",
      () => ["--program", programId, "--input", "absent.png"],
      1,
      /The file cannot be read/,
    ],
    [
      "above the maximal fee",
      () => digits("--max-fee", "0.0001"),
      1,
      /FeeAboveMaximumError[\s\S]*maxFee +0\.0001 tokens/,
    ],
    [
      "below the minimal fee",
      () => digits("--fee", "0.00001"),
      1,
      /FeeTooLowError[\s\S]*minimum +0\.001 tokens/,
    ],
    [
      "of a tier that is not there",
      () => digits("--tier", "9"),
      1,
      /There is no parameter version 9: choose 1 to 1/,
    ],
    [
      "by a method that is not offered",
      () => digits("--method", "zk"),
      1,
      /MethodNotOfferedError[\s\S]*--method optimistic/,
    ],
    ["from a key without tokens", () => digits("--key", "defender"), 1, /InsufficientBalanceError/],
  ];
  for (const [what, argv, exit, message] of refused) {
    it(what, async () => {
      const { code, stderr } = await devnet.run(["request", ...argv()]);
      expect(stderr).to.match(message);
      expect(code).to.equal(exit);
      expect(stderr).to.not.include("    at ");
    });
  }
});
