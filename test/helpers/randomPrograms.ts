// Random programs of many steps that checkProgram accepts.
import { type DType, elementCount, type Program, type TensorType, tensorType } from "@assay/sdk/program";
import { integers, shapeOf } from "./drafts.ts";
import { GrowingProgram } from "./growingProgram.ts";
import type { Random } from "./random.ts";
import { addPair, addRandom } from "./randomSteps.ts";
import { motifs } from "./stepMotifs.ts";
import { opNames } from "./steps.ts";

const drawn = opNames.filter((op) => !["Carry", "Stop", "Collect"].includes(op));

const randomInputs = (random: Random): TensorType[] =>
  Array.from({ length: random.integer(1, 3) }, () =>
    tensorType(random.pick(integers), shapeOf(random, random.integer(0, 4), 4)),
  );

/** A program of `size` random steps and what brings their operands into form, now and then iterated. */
export function randomProgram(random: Random, size: number): Program {
  const program = new GrowingProgram(random, randomInputs(random));
  const isIterated = random.next() < 0.3;
  const carries = isIterated ? addCarries(program) : [];
  const first = program.pool.at(-1)!;
  program.step("Reshape", [first], [], program.type(first.type.dtype, first.type.shape));
  for (let rounds = 0; rounds < size && program.steps.length < 6 * size; rounds++) {
    const turn = random.next();
    if (turn < 0.2) random.pick(motifs)(program);
    else if (turn < 0.6) addPair(program);
    else addRandom(program, random.pick(drawn));
  }
  for (const carry of carries) {
    const { dtype, shape } = program.steps[carry]!.out;
    const source = random.next() < 0.5 ? program.pool[0]! : random.pick(program.pool);
    const next = program.shaped(program.cast(source, dtype), shape);
    if (next.source.kind === "slot") program.goOn(carry, next);
  }
  const { shown } = program;
  const wanted = Array.from({ length: random.integer(0, 3) }, () => random.pick(shown));
  const outputs = [...new Set([shown.at(-1)!, ...wanted])];
  if (!isIterated) return program.build(outputs);
  const seen = program.cast(random.pick(program.pool), random.pick<DType>(["bool", "u8"]));
  const held = program.shaped(seen, [1]);
  const flag = held.source.kind === "slot" ? held : program.step("Reshape", [held], [], held.type);
  program.steps.push({ op: "Stop", operands: [flag], attributes: [], out: tensorType("u8", [1]) });
  return program.build(outputs, random.integer(2, 5));
}

function addCarries(program: GrowingProgram): number[] {
  const { random } = program;
  const given = program.pool;
  return Array.from({ length: random.integer(1, 3) }, () => {
    const free = tensorType(random.pick(integers), shapeOf(random, random.integer(0, 3), 4));
    const initial =
      random.next() < 0.5
        ? random.pick(given)
        : program.constant(free, random.data(free.dtype, elementCount(free)));
    return program.carry(initial, program.type(initial.type.dtype, initial.type.shape));
  });
}
