// Sliding windows over the two last axes, shared by convolution and pooling.
import type { Extent } from "./definition.ts";

/** One spatial axis of a sliding window. */
export interface WindowAxis {
  readonly size: number;
  readonly kernel: number;
  readonly padBefore: number;
  readonly padAfter: number;
  readonly stride: number;
  readonly dilation: number;
}

/** Number of window positions; below one where the window does not fit. */
export function windowCount({ size, kernel, padBefore, padAfter, stride, dilation }: WindowAxis): number {
  const room = size + padBefore + padAfter - ((kernel - 1) * dilation + 1);
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

/** The taps of the window at `position` that lie on real elements: tap and place, both ascending. */
export function windowTaps(axis: WindowAxis, position: number): { tap: number; at: number }[] {
  const taps: { tap: number; at: number }[] = [];
  const start = position * axis.stride - axis.padBefore;
  const first = start < 0 ? Math.ceil(-start / axis.dilation) : 0;
  for (let tap = first; tap < axis.kernel; tap++) {
    const at = start + tap * axis.dilation;
    if (at >= axis.size) break;
    taps.push({ tap, at });
  }
  return taps;
}

/** The window positions, `from` up to before `to`, at which `tap` lies on a real element. */
export function tapPositions(axis: WindowAxis, tap: number, count: number): { from: number; to: number } {
  const shift = tap * axis.dilation - axis.padBefore;
  const from = shift >= 0 ? 0 : Math.ceil(-shift / axis.stride);
  const to = Math.floor((axis.size - 1 - shift) / axis.stride) + 1;
  return { from, to: Math.min(to, count) };
}

/** The real places under the window, wherever it stands. */
export const windowExtent = ({ size, kernel, dilation }: WindowAxis): Extent => ({
  count: Math.min(kernel, Math.ceil(size / dilation)),
  step: dilation,
});
