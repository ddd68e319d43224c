// Cases of MaxPool.
import { tensorType } from "../../../sdk/program/tensor.ts";
import { filled, type Random, tensorOf } from "../random.ts";
import { type CaseSource, randomLayout, stepCase } from "../stepCase.ts";
import { randomWindow } from "./window.ts";

export const MaxPool: CaseSource = {
  worst: [
    stepCase(
      "MaxPool",
      [filled(tensorType("i8", [1, 1, 3, 3]), () => -128n)],
      tensorType("i8", [1, 1, 4, 4]),
      {
        name: "padding never wins against the least value",
        attributes: [2, 2, 1, 1, 1, 1, 1, 1, 1, 1],
      },
    ),
    stepCase("MaxPool", [tensorOf("i8", [1, 1, 2, 2], [-5, -7, -9, -6])], tensorType("i8", [1, 1, 3, 3]), {
      name: "negative values beside padding",
      attributes: [3, 3, 2, 2, 2, 2, 1, 1, 1, 1].map((value, index) =>
        index === 4 || index === 5 ? 1 : value,
      ),
    }),
    stepCase("MaxPool", [tensorOf("u8", [1, 2, 2, 2], [0, 255, 128, 127])], tensorType("u8", [1, 2, 1, 1]), {
      name: "unsigned values around the sign bit",
      attributes: [2, 2, 0, 0, 0, 0, 2, 2, 1, 1],
    }),
    stepCase(
      "MaxPool",
      [tensorOf("u8", [1, 1, 5, 5], [9, 1, 8, 2, 7, 3, 6])],
      tensorType("u8", [1, 1, 3, 3]),
      {
        name: "dilated over padding",
        attributes: [2, 2, 1, 1, 1, 1, 2, 2, 2, 2],
      },
    ),
  ],
  random(random: Random) {
    const size: [number, number] = [random.int(1, 7), random.int(1, 7)];
    const { kernel, pads, strides, dilations, out } = randomWindow(random, size, { pooling: true });
    const [batch, channels] = [random.int(1, 2), random.int(1, 3)];
    const dtype = random.pick(["u8", "i8"] as const);
    const operand = random.tensor(dtype, [batch, channels, ...size]);
    return stepCase("MaxPool", [operand], randomLayout(random, dtype, [batch, channels, ...out]), {
      attributes: [...kernel, ...pads, ...strides, ...dilations],
    });
  },
};
