// Invariants without a mark of their own: which marked guards they stand on, or why there is no statement to take out.

export interface Derived {
  /** Names of guards as in the lists, `contract: id`. */
  guards?: readonly string[];
  why: string;
}

export const derived: Readonly<Record<string, Derived>> = {
  "I-02": {
    guards: ["StakeVault: I-12", "Channels: I-10"],
    why: "stake is counted as locked where it is taken",
  },
  "I-06": {
    guards: ["Commitments: I-30", "libraries/SplitLib: I-04", "Channels: I-54.voucher"],
    why: "every payment is made once and out of its own sum",
  },
  "I-15": { why: "nothing writes an old version, and a lock follows from its request's version" },
  "I-21": {
    guards: ["Commitments: I-29", "DisputeGame: I-27", "judges/Judge: S-04-stop"],
    why: "a wrong commitment escapes by ending early, by showing junk, or by a judge that cannot see it",
  },
  "I-22": {
    guards: ["libraries/OpeningLib: S-04-opening", "judges/Judge: S-04-tile", "judges/Judge: S-04-element"],
    why: "a proof says what the executor says where it opens what was committed; operators are held together by equality",
  },
  "I-26": {
    guards: ["DisputeGame: S-13"],
    why: "a dispute has its own state; the list of open ones is all that they share",
  },
  "I-28": { why: "nothing refuses a challenge inside the window: there is no check to take out" },
  "I-31": { why: "a property of the operators, which equality tests hold" },
  "I-32": {
    guards: ["judges/Judge: S-04-node"],
    why: "the judge tells padding from data by the node's place",
  },
  "I-40": { why: "a property of the storage's layout, which gas tests hold" },
  "I-42": { why: "a property of the operators' code, which gas tests hold" },
  "I-53": { guards: ["Parameters: S-14"], why: "the formula for the delay is checked once" },
  "I-55": {
    guards: ["Parameters: S-10", "Parameters: S-13"],
    why: "the model stands on what bonds and locks cover",
  },
};
