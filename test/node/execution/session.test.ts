// Whole programs in onnxruntime: the fast form and the trace form compute what the reference executor computes.
import {
  collectOutput,
  execute,
  type Program,
  packInputs,
  type Tensor,
  unpackInputs,
} from "@assay/sdk/program";
import { expect } from "chai";
import { ExecutionError } from "../../../node/execution/errors.ts";
import { ProgramSession } from "../../../node/execution/programSession.ts";
import { OnnxSession } from "../../../node/execution/session.ts";
import { network, perceptron, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";

function* inputsOf(program: Program): Generator<Uint8Array> {
  const random = new Random(7);
  for (const value of [0, 255]) yield randomInput(program, random).fill(value);
  for (let count = 0; count < 10; count++) yield randomInput(program, random);
}

const programs = {
  "a perceptron": perceptron(11),
  "a perceptron of odd sizes": perceptron(12, { rows: 1, inner: 515, columns: 7 }),
  "a network": network(13),
  "a network with one channel": network(14, { channels: 1, size: 8, filters: 5, classes: 10 }),
  "a wider network": network(15, { channels: 5, size: 12, filters: 17, classes: 3 }),
};

describe("program session", () => {
  for (const [name, program] of Object.entries(programs))
    for (const threads of [1, 2])
      it(`${name}, ${threads} thread(s): every slot is the reference executor's`, async () => {
        const fast = await ProgramSession.open(program, { threads });
        const trace = await ProgramSession.open(program, { form: "trace", threads });
        for (const input of inputsOf(program)) {
          const tensors = unpackInputs(program, input);
          const slots = execute(program, input);
          expect(await trace.run(tensors)).to.deep.equal(slots);
          const outputs: Tensor[] = await fast.run(tensors);
          expect(outputs).to.deep.equal(program.outputs.map((slot) => slots[slot]));
          expect(collectOutput(program, slots).length).to.be.greaterThan(0);
        }
        await fast.close();
        await trace.close();
      });

  it("takes what was packed", async () => {
    const program = network(13);
    const input = randomInput(program, new Random(1));
    const data = unpackInputs(program, input).map((tensor) => tensor.data);
    expect(packInputs(program, data)).to.deep.equal(input);
  });

  it("throws typed errors", async () => {
    const refused = async (action: Promise<unknown>): Promise<void> => {
      const error = await action.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(ExecutionError);
    };
    await refused(OnnxSession.open(new Uint8Array([1, 2, 3])));
    const session = await ProgramSession.open(programs["a perceptron"]);
    await refused(session.run([]));
    const type = { dtype: "u8", shape: [3], layout: [0] } as const;
    await refused(session.run([{ type, data: new Uint8Array(3) }]));
    await session.close();
  });
});
