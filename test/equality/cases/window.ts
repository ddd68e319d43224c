// Random sliding windows that fit.
import type { Random } from "../random.ts";

export interface WindowOptions {
  /** Pads stay below the kernel and dilations within the image. */
  readonly pooling: boolean;
}

export interface RandomWindow {
  readonly kernel: [number, number];
  /** Top, left, bottom, right. */
  readonly pads: number[];
  readonly strides: [number, number];
  readonly dilations: [number, number];
  readonly out: [number, number];
}

export const windowSize = (
  size: number,
  kernel: number,
  pads: number,
  stride: number,
  dilation: number,
): number => Math.floor((size + pads - ((kernel - 1) * dilation + 1)) / stride) + 1;

export function randomWindow(
  random: Random,
  [height, width]: [number, number],
  options: WindowOptions,
): RandomWindow {
  const axis = (size: number) => {
    for (;;) {
      const kernel = random.int(1, 4);
      const dilation = random.int(1, options.pooling ? Math.min(3, size) : 3);
      const stride = random.int(1, 3);
      const most = options.pooling ? kernel - 1 : 3;
      const [before, after] = [random.int(0, most), random.int(0, most)];
      const out = windowSize(size, kernel, before + after, stride, dilation);
      if (out >= 1 && size + before + after >= (kernel - 1) * dilation + 1)
        return { kernel, dilation, stride, before, after, out };
    }
  };
  const [y, x] = [axis(height), axis(width)];
  return {
    kernel: [y.kernel, x.kernel],
    pads: [y.before, x.before, y.after, x.after],
    strides: [y.stride, x.stride],
    dilations: [y.dilation, x.dilation],
    out: [y.out, x.out],
  };
}
