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
  /** What the chosen child stands for, in words. */
  covers: string;
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
  /** Bits of one element. */
  bits: number;
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

/** Who got what of the stake that the cheater lost. */
export interface Slash {
  amount: bigint;
  /** To the watchtower, besides its bond. */
  reward: bigint;
  gas: bigint;
  /** To the requester, besides its fee. */
  compensation: bigint;
  burned: bigint;
}

/** Token amounts of one account, whole tokens with decimals as text. */
export interface TokenRow {
  who: string;
  in: bigint;
  out: bigint;
  held: bigint;
}

export interface ProgramStep {
  op: string;
  type: string;
  /** Whether the cheater's tensor is another one than the honest one. */
  differs: boolean;
}

export interface StoryRecord {
  program: { name: string; programId: string; steps: ProgramStep[] };
  answers: Answer[];
  lie: Lie;
  lieAnswer: Answer;
  honestAnswer: number;
  levels: Level[];
  end: End;
  slash: Slash;
  transactions: StoryTransaction[];
  tokens: TokenRow[];
  seconds: number;
}
