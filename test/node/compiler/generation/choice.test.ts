// Token selection in integer steps: random bits, the largest logit, and draws, each against its definition.
import {
  checkProgram,
  type Program,
  packInputs,
  runProgram,
  tensorType,
  unpackOutputs,
} from "@assay/sdk/program";
import { expect } from "chai";
import { drawn, largest, rowsOf } from "../../../../node/compiler/generation/choice.ts";
import { Expressions } from "../../../../node/compiler/generation/expressions.ts";
import { randomBits, randomWords } from "../../../../node/compiler/generation/random.ts";
import { ProgramBuilder } from "../../../../node/compiler/programBuilder.ts";
import { philox } from "../../../helpers/philox.ts";
import { Random } from "../../../helpers/random.ts";

// From the Random123 distribution: counter, key, result.
const knownAnswers = [
  [[0x00000000n, 0x00000000n], 0x00000000n, [0xff1dae59n, 0x6cd10df2n]],
  [[0xffffffffn, 0xffffffffn], 0xffffffffn, [0x2c3f628bn, 0xab4fd7adn]],
  [[0x243f6a88n, 0x85a308d3n], 0x13198a2en, [0xdd7ce038n, 0xf62a4c12n]],
] as const;

const seedType = tensorType("u64", [1]);
const positionType = tensorType("i32", [1]);

function wordsProgram(): Program {
  const builder = new ProgramBuilder([seedType, positionType]);
  const x = new Expressions(builder);
  const position = x.clip(builder.input(1), 0, 2 ** 31 - 1);
  return builder.finish([
    ...randomWords(x, builder.input(0), position),
    randomBits(x, builder.input(0), position),
  ]);
}

/** Logits, a temperature in thousandths and 62 random bits in; the drawn token and the likeliest out. */
function choiceProgram(vocabulary: number, logitScale: number, row: number): Program {
  const types = [tensorType("i32", [1, vocabulary]), tensorType("i32", [1]), tensorType("i64", [1])];
  const builder = new ProgramBuilder(types);
  const x = new Expressions(builder);
  const rows = rowsOf(x, builder.input(0), vocabulary, row);
  const random = x.clip(builder.input(2), 0, 2 ** 53);
  const draw = drawn(x, { rows, vocabulary, logitScale, temperature: builder.input(1), random });
  const program = builder.finish([draw, largest(x, rows, vocabulary)]);
  checkProgram(program);
  return program;
}

function choose(program: Program, logits: Int32Array, temperature: number, random: bigint): [number, number] {
  const input = packInputs(program, [logits, Int32Array.of(temperature), BigInt64Array.of(random)]);
  const [token, likeliest] = unpackOutputs(program, runProgram(program, input).output);
  return [Number(token!.data[0]), Number(likeliest!.data[0])];
}

describe("token selection", () => {
  it("gives Philox's published answers", () => {
    for (const [counter, key, words] of knownAnswers) expect(philox(counter, key)).to.deep.equal(words);
    const program = wordsProgram();
    checkProgram(program);
    const random = new Random(5);
    const cases: [bigint, number][] = [
      [0n, 0],
      [2n ** 64n - 1n, 2 ** 31 - 1],
      [0x85a308d3_13198a2en, 0x243f6a88],
    ];
    for (let index = 0; index < 40; index++)
      cases.push([random.bigint(0n, 2n ** 64n - 1n), random.integer(0, 2 ** 31 - 1)]);
    for (const [seed, position] of cases) {
      const input = packInputs(program, [BigUint64Array.of(seed), Int32Array.of(position)]);
      const outputs = unpackOutputs(program, runProgram(program, input).output);
      const [left, right] = philox([BigInt(position), seed >> 32n], seed & 0xffff_ffffn);
      expect(outputs.map(({ data }) => BigInt(data[0]!))).to.deep.equal([
        ...[left, right, ((left & 0x3fff_ffffn) << 32n) | right],
      ]);
    }
  });

  it("finds the first of the largest logits, in one row or in many", () => {
    const random = new Random(7);
    for (const [vocabulary, row] of [
      [1, 4],
      [5, 16],
      [16, 16],
      [17, 4],
      [64, 8],
      [61, 8],
    ] as const) {
      const program = choiceProgram(vocabulary, 2 ** -8, row);
      for (let turn = 0; turn < 20; turn++) {
        const most = turn % 2 ? 3 : 2 ** 30 - 1;
        const logits = Int32Array.from({ length: vocabulary }, () => random.integer(-most - 1, most));
        const expected = logits.indexOf(Math.max(...logits));
        expect(choose(program, logits, 1000, 0n)[1], `${vocabulary}/${row}`).to.equal(expected);
      }
    }
  });

  it("draws with softmax probabilities, at any temperature, scale and cut into rows", () => {
    const random = new Random(11);
    for (const [vocabulary, row, logitScale, temperature] of [
      [12, 16, 2 ** -6, 1000],
      [12, 4, 2 ** -6, 1000],
      [11, 4, 0.013, 700],
      [30, 8, 3e-6, 2000],
      [10, 16, 0.5, 400],
      [10, 16, 9, 2000],
    ] as const) {
      const program = choiceProgram(vocabulary, logitScale, row);
      const spread = (4 * temperature) / 1000;
      const logits = Int32Array.from({ length: vocabulary }, () =>
        Math.round((random.next() * spread) / logitScale),
      );
      const weights = Array.from(logits, (logit) => Math.exp((logit * logitScale * 1000) / temperature));
      const total = weights.reduce((sum, weight) => sum + weight);
      const counts = new Array<number>(vocabulary).fill(0);
      const draws = 1500;
      for (let turn = 0; turn < draws; turn++)
        counts[choose(program, logits, temperature, random.bigint(0n, 2n ** 53n))[0]]!++;
      let chiSquare = 0;
      weights.forEach((weight, token) => {
        const expected = (draws * weight) / total;
        chiSquare += (counts[token]! - expected) ** 2 / expected;
      });
      // Mean of the distribution is vocabulary - 1; five standard deviations above it never happen by chance.
      const degrees = vocabulary - 1;
      expect(chiSquare, `${vocabulary} at ${temperature}`).to.be.lessThan(
        degrees + 5 * Math.sqrt(2 * degrees),
      );
    }
  });

  it("weighs every token within a thousandth of a nat", () => {
    // r runs through the whole total: each token is drawn as often as it weighs.
    const logitScale = 2 ** -10;
    const program = choiceProgram(3, logitScale, 8);
    const logits = Int32Array.of(0, -1024, -2048);
    const weights = [65536, 65536 * Math.exp(-1), 65536 * Math.exp(-2)];
    const [first, second, third] = weights as [number, number, number];
    const borders: [number, number][] = [
      [0, first],
      [1, first + second],
      [2, first + second + third],
    ];
    for (const [token, border] of borders) {
      expect(choose(program, logits, 1000, BigInt(Math.floor(border * 0.999)))[0]).to.equal(token);
      expect(choose(program, logits, 1000, BigInt(Math.ceil(border * 1.001)))[0]).to.equal((token + 1) % 3);
    }
  });

  it("S-03: takes hostile logits, temperatures and bits", () => {
    const program = choiceProgram(9, 1e-3, 4);
    const least = -(2 ** 31);
    for (const logits of [
      new Int32Array(9).fill(least),
      new Int32Array(9).fill(2 ** 31 - 1),
      Int32Array.from({ length: 9 }, (_, index) => (index % 2 ? least : 2 ** 31 - 1)),
    ])
      for (const temperature of [least, -1, 0, 50, 2000, 2 ** 31 - 1])
        for (const random of [-(2n ** 63n), 0n, 2n ** 63n - 1n]) {
          const [token, likeliest] = choose(program, logits, temperature, random);
          expect(token).to.be.within(0, 8);
          expect(logits[token]).to.equal(2 ** 31 - 1 === logits[likeliest] ? 2 ** 31 - 1 : least);
        }
  });

  it("fits proofs for vocabularies of any size", () => {
    for (const vocabulary of [32_000, 151_936]) {
      const types = [tensorType("i32", [1, vocabulary]), tensorType("i32", [1]), tensorType("i64", [1])];
      const builder = new ProgramBuilder(types);
      const x = new Expressions(builder);
      const rows = rowsOf(x, builder.input(0), vocabulary);
      const random = x.clip(builder.input(2), 0, 2 ** 53);
      const token = drawn(x, { rows, vocabulary, logitScale: 1e-4, temperature: builder.input(1), random });
      checkProgram(builder.finish([token, largest(x, rows, vocabulary)]));
    }
  });
});
