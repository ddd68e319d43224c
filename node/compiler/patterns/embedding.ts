// Rows of a constant matrix by number, written as Gather or as a product with one-hot vectors; what follows goes into the rows.
import { type Embedding, numbersOf, type Operation, type Plan } from "../plan.ts";

/** Rows of more values than this are left as they are. */
const MAX_FOLDED = 1 << 24;

function fromGather({ op, node, inputs, outputs }: Operation, plan: Plan): Operation | undefined {
  const rows = plan.constant(inputs[0]);
  if (op !== "Gather" || !rows || !plan.tensor(outputs[0]!).dtype.startsWith("f")) return undefined;
  if (plan.constant(inputs[1]) || node.attributes.int("axis", 0) !== 0) return undefined;
  const [count = 1, ...rest] = rows.shape;
  const width = rest.reduce((product, size) => product * size, 1);
  const parameters: Embedding = { kind: "embedding", shape: [count, width], rows, hasOutside: false };
  return { op: "Embedding", node, inputs: [inputs[1]!], outputs, parameters };
}

/** The numbers of Cast(Equal(numbers, 0 … n − 1)), and n. */
function oneHot(plan: Plan, name: string): { numbers: string; count: number } | undefined {
  const cast = plan.producer(name);
  const equal = cast?.op === "Cast" ? plan.producer(cast.inputs[0]!) : undefined;
  if (equal?.op !== "Equal") return undefined;
  const place = equal.inputs.findIndex((input) => plan.constant(input));
  const range = plan.constant(equal.inputs[place]);
  if (!range || range.shape.at(-1) !== range.size) return undefined;
  if ([...numbersOf(range)].some((value, index) => value !== index)) return undefined;
  let numbers = equal.inputs[1 - place]!;
  // undo what repeats each number along the range
  for (;;) {
    const before = plan.producer(numbers);
    if (before?.op !== "Expand" && before?.op !== "Unsqueeze" && before?.op !== "Reshape") break;
    numbers = before.inputs[0]!;
  }
  const rows = plan.shape(name).slice(0, -1);
  const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
  return elements(rows) === elements(plan.shape(numbers)) ? { numbers, count: range.size } : undefined;
}

function fromOneHot({ op, node, inputs, outputs }: Operation, plan: Plan): Operation | undefined {
  const matrix = plan.constant(inputs[1]);
  const hot = op === "MatMul" && matrix?.shape.length === 2 ? oneHot(plan, inputs[0]!) : undefined;
  if (!hot || !matrix) return undefined;
  const width = matrix.shape[1]!;
  const rows = new Float32Array((hot.count + 1) * width);
  rows.set(matrix.data as Float32Array);
  const parameters: Embedding = { kind: "embedding", shape: [hot.count + 1, width], rows, hasOutside: true };
  return { op: "Embedding", node, inputs: [hot.numbers], outputs, parameters };
}

/** Applies what alone reads an embedding to its rows: sums and products with a constant per column, functions. */
function absorb(operation: Operation, plan: Plan): { operation: Operation; gone: Operation } | undefined {
  const { shape, rows, hasOutside } = operation.parameters as Embedding;
  const [count, width] = shape;
  const [output = ""] = operation.outputs;
  const reader = plan.soleReader(output);
  if (!reader || count * width > MAX_FOLDED) return undefined;
  const values = rows instanceof Float32Array ? rows : Float32Array.from(rows.data as Float32Array);
  const become = (mapped: Float32Array): { operation: Operation; gone: Operation } => ({
    operation: {
      ...operation,
      node: reader.node,
      outputs: reader.outputs,
      parameters: { kind: "embedding", shape, rows: mapped, hasOutside },
    },
    gone: reader,
  });
  if (reader.parameters?.kind === "unary") return become(values.map(reader.parameters.apply));
  if (reader.op !== "Add" && reader.op !== "Mul") return undefined;
  const other = reader.inputs.find((name) => name !== output);
  const constant = plan.constant(other);
  if (!constant || plan.shape(reader.outputs[0]!).join() !== plan.shape(output).join()) return undefined;
  if (constant.size !== 1 && (constant.size !== width || constant.shape.at(-1) !== width)) return undefined;
  const numbers = numbersOf(constant);
  return become(
    values.map((value, index) => {
      const number = numbers[numbers.length === 1 ? 0 : index % width]!;
      return reader.op === "Add" ? value + number : value * number;
    }),
  );
}

/** Rewrites embeddings; to be called before products become linear operations. */
export function fuseEmbedding(plan: Plan): void {
  plan.operations = plan.operations.map(
    (operation) => fromGather(operation, plan) ?? fromOneHot(operation, plan) ?? operation,
  );
}

/** Takes functions behind embeddings into their rows; to be called when functions are found. */
export function absorbIntoEmbedding(plan: Plan): void {
  for (;;) {
    let change: { from: Operation; operation: Operation; gone: Operation } | undefined;
    for (const operation of plan.operations) {
      const absorbed = operation.parameters?.kind === "embedding" ? absorb(operation, plan) : undefined;
      if (absorbed) change = { from: operation, ...absorbed };
      if (change) break;
    }
    if (!change) return;
    const { from, operation, gone } = change;
    plan.operations = plan.operations
      .filter((each) => each !== gone)
      .map((each) => (each === from ? operation : each));
  }
}
