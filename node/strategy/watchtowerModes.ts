// How much a watchtower does: each mode does what the one before it does, and more.

/** In this order, the least first. */
export const watchtowerModes = ["watch", "defend", "resolve", "full"] as const;

export type WatchtowerMode = (typeof watchtowerModes)[number];

export interface Duties {
  /** Challenges wrong answers, and plays its disputes to their end. Without it nothing is sent and no key is needed. */
  challenges: boolean;
  /** Ends what has run out of time, whoever it belongs to: finalize, expire, time out, settle. */
  pokes: boolean;
  /** Answers challenges for the workers that it was told to back up. */
  replies: boolean;
}

export function dutiesOf(mode: WatchtowerMode): Duties {
  const rank = watchtowerModes.indexOf(mode);
  const does = (least: WatchtowerMode) => rank >= watchtowerModes.indexOf(least);
  return { challenges: does("defend"), pokes: does("resolve"), replies: does("full") };
}
