// Cases of ConvInteger.
import { tensorType } from "@assay/sdk/program";
import { filled, type StepCase, stepCase } from "../stepCase.ts";

const CHANNELS_LAST = [0, 2, 3, 1];

interface Fixed {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly out: readonly number[];
  readonly attributes: readonly number[];
  readonly values?: readonly [number, number];
  readonly layout?: readonly number[];
}

const fixed = ({ name, x, w, out, attributes, values, layout = CHANNELS_LAST }: Fixed) =>
  stepCase(
    "ConvInteger",
    [
      filled(tensorType("u8", x, layout), (index) => BigInt(values?.[0] ?? (index * 73 + 19) % 256)),
      filled(tensorType("u8", w, layout), (index) => BigInt(values?.[1] ?? (index * 29 + 7) % 256)),
    ],
    tensorType("i32", out),
    { name, attributes },
  );

export const ConvInteger: readonly StepCase[] = [
  fixed({
    name: "greatest products over the longest sum",
    x: [1, 512, 4, 4],
    w: [1, 512, 4, 4],
    out: [1, 1, 1, 1],
    attributes: [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0],
    values: [255, 255],
  }),
  fixed({
    name: "padding is worth the zero point",
    x: [1, 3, 2, 2],
    w: [2, 3, 3, 3],
    out: [1, 2, 4, 4],
    attributes: [2, 2, 2, 2, 1, 1, 1, 1, 1, 200, 3],
  }),
  fixed({
    name: "windows that see nothing but padding",
    x: [1, 2, 1, 1],
    w: [1, 2, 2, 2],
    out: [1, 1, 3, 3],
    attributes: [2, 2, 2, 2, 1, 1, 2, 2, 1, 9, 250],
  }),
  fixed({
    name: "depthwise, strided, dilated",
    x: [2, 4, 9, 7],
    w: [8, 1, 3, 2],
    out: [2, 8, 3, 3],
    attributes: [1, 0, 0, 1, 2, 2, 2, 3, 4, 128, 128],
    layout: [0, 1, 2, 3],
  }),
  fixed({
    name: "asymmetric pads and strides",
    x: [1, 33, 5, 6],
    w: [3, 33, 2, 3],
    out: [1, 3, 3, 4],
    attributes: [0, 1, 1, 3, 2, 2, 1, 1, 1, 255, 0],
  }),
  fixed({
    name: "a kernel as large as the image",
    x: [1, 256, 4, 4],
    w: [2, 256, 4, 4],
    out: [1, 2, 1, 1],
    attributes: [0, 0, 0, 0, 1, 1, 1, 1, 1, 17, 113],
  }),
];
