// What is computed in an arena, and who judges it: the toy machine, or the real step verifier.
import {
  type CommittedProgram,
  commitProgram,
  createTrace,
  execute,
  FIRST_PASS,
  type Program,
  packedOffsets,
  type Tensor,
  type Trace,
  tensorType,
} from "@assay/sdk/program";
import type { BaseContract } from "ethers";
import { cheatingSlots } from "../helpers/cheat.ts";
import type { FactoryOf } from "../helpers/deploy.ts";
import { network, ProgramBuilder } from "../helpers/programs.ts";
import type { Random } from "../helpers/random.ts";

/** A program, and how it is executed rightly and wrongly. */
export interface Scene {
  committed: CommittedProgram;
  /** Replaces the toy judge by the real one. */
  judge?: FactoryOf;
  input(random: Random): Uint8Array;
  right(input: Uint8Array): Trace;
  /** One wrong value somewhere, and an output that is wrong too. Undefined where the value changes no output. */
  wrong(input: Uint8Array, random: Random): Trace | undefined;
}

const toySlots = 40;

/** Tensors as contracts/mocks/StepVerifierMock.sol has them: every byte of slot i is i, of the output the number of slots. */
export function toyScene(): Scene {
  const type = tensorType("u8", [8]);
  const builder = new ProgramBuilder([type]);
  for (let slot = 0; slot < toySlots; slot++) builder.step("Reshape", [builder.input(0)], [], type);
  const committed = commitProgram(builder.build([{ source: { kind: "slot", index: 0 }, type }]));
  const bytes = (value: number) => new Uint8Array(8).fill(value);
  const values = () => Array.from({ length: toySlots }, (_, slot) => bytes(slot));
  const trace = (input: Uint8Array, slots: Uint8Array[], output: Uint8Array) => {
    const tensors = slots.map((data): Tensor => ({ type, data }));
    return createTrace(committed, input, tensors, output);
  };
  return {
    committed,
    input: (random) => random.bytes(8),
    right: (input) => trace(input, values(), bytes(toySlots)),
    wrong: (input, random) => {
      const [slots, output] = [values(), bytes(toySlots)];
      const flip = (data: Uint8Array) => {
        const at = random.integer(0, 7);
        data[at] = data[at]! ^ (1 << random.integer(0, 7));
      };
      const slot = slots[random.integer(0, toySlots)]; // none: nothing is wrong but the output
      if (slot) flip(slot);
      flip(output);
      return trace(input, slots, output);
    },
  };
}

/** The network deploys a mock by that name; here it is the judge that ships, with its parts. */
const realJudge: FactoryOf = async (name, deployer, otherwise) => {
  const made = (contract: string) => otherwise(contract, deployer);
  if (name !== "StepVerifierMock") return made(name);
  const parts: BaseContract[] = [];
  for (const part of ["SumJudge", "ElementJudge", "MovementJudge"])
    parts.push(await (await made(part)).deploy());
  const factory = await made("StepVerifier");
  return { deploy: () => factory.deploy(...parts) } as unknown as typeof factory;
};

/** One flipped bit of one intermediate element, and everything that follows from it. */
export function realScene(program: Program = network(1)): Scene {
  const committed = commitProgram(program);
  const size = packedOffsets(program.inputs).length;
  const trace = (input: Uint8Array, slots: Tensor[]) => createTrace(committed, input, slots);
  return {
    committed,
    judge: realJudge,
    input: (random) => random.bytes(size),
    right: (input) => trace(input, execute(program, input)),
    wrong: (input, random) => {
      const right = trace(input, execute(program, input));
      const slot = random.integer(0, program.steps.length - 1);
      const { data } = right.slotsOf(FIRST_PASS.pass)[slot]!;
      const bit = random.integer(0, 8 * data.BYTES_PER_ELEMENT - 1);
      const element = random.integer(0, data.length - 1);
      const wrong = trace(input, cheatingSlots(program, input, { slot, element, bit }));
      return wrong.outputRoot === right.outputRoot ? undefined : wrong;
    },
  };
}
