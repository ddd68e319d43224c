// What the story of `npm start` remembers, in the form that its closing table and its page are drawn from.

/** A handwritten digit as the requester sent it, and what came back. */
export interface Answer {
  /** 8 × 8 pixels, 0 … 16, row by row. */
  image: readonly number[];
  /** The digit that a person wrote. */
  written: number;
  /** The digit that the worker answered. */
  answered: number;
  worker: string;
  requestId: string;
  /** From the request's transaction to the posted commitment. */
  seconds: number;
}

/** One bit of one element of one intermediate tensor. */
export interface Lie {
  worker: string;
  step: number;
  op: string;
  element: number;
  bit: number;
  honestValue: string;
  toldValue: string;
}

/** One level of the descent: sixteen children that the worker showed, and the first that differs from the challenger's. */
export interface Level {
  section: "trace" | "output";
  depth: number;
  children: readonly string[];
  differs: readonly boolean[];
  chosen: number;
}

/** Where the dispute ended. */
export interface End {
  step: number;
  op: string;
  shape: readonly number[];
  tile: number;
  /** Number of the element in the tensor, row by row. */
  element: number;
  /** Number of the element within its tile. */
  elementInTile: number;
  /** Every element of the tile as the worker showed it. */
  tileValues: readonly string[];
  claimed: string;
  recomputed: string;
}

export interface StoryTransaction {
  who: string;
  what: string;
  gas: number;
  hash: string;
  block: number;
  /** Part of the dispute, from challenge to step proof. */
  dispute: boolean;
}

/** Token amounts of one account, whole tokens with decimals as text. */
export interface TokenRow {
  who: string;
  in: bigint;
  out: bigint;
  held: bigint;
}

export interface StoryRecord {
  program: { name: string; programId: string; steps: { op: string; type: string }[] };
  answers: Answer[];
  lie: Lie;
  lieAnswer: Answer;
  honestAnswer: number;
  levels: Level[];
  end: End;
  transactions: StoryTransaction[];
  tokens: TokenRow[];
  seconds: number;
}
