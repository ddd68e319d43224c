// Every defence that a `// GUARD: <id>` mark names, behind a switch of its own: the contracts are compiled once, and a
// mutant is their code with one number changed.
import { endOfStatement } from "./mutate.ts";

/** A mark, and what stands in the mutant in place of the statement below it. */
export interface Guard {
  /** The rule or invariant whose mark it is. */
  guard: string;
  /** The file below `contracts/`, without its ending. */
  contract: string;
  /** A statement, or a value where the mark is above a declaration; nothing by default. */
  replacement?: string;
}

/** A constant below a mark. */
export interface Constant {
  number: number;
  value: bigint;
  replacement: bigint;
}

const markPattern = /^ *\/\/ GUARD: (\S+)$/gm;

/** The marks of a source in their order. */
export const marksOf = (source: string): string[] => [...source.matchAll(markPattern)].map(([, id]) => id!);

const word = (value: bigint | number): string => value.toString(16).padStart(64, "0");

/** Stands in the code for the number of the switch that is off. */
const OFF = "5a5e0ff7c1d94be0ab3fd1e64c0e86a2d0f7b1935a2c4e68907bcdfe13579bdf";

/** Stands in the code for the value of a marked constant. */
const placeholder = (number: number): string => `5a5e0fc0${word(number).slice(8)}`;

export const SWITCH_FILE = "contracts/Switch.sol";
export const switchSource = `
pragma solidity 0.8.37;
library Switch {
    function isOff(uint256 guard) internal pure returns (bool) {
        return guard == 0x${OFF};
    }
}
`;

/** The code without the defence of switch `off`; zero takes out none. */
export const withoutGuard = (code: string, off: number, constants: readonly Constant[]): string =>
  constants.reduce(
    (patched, { number, value, replacement }) =>
      patched.replaceAll(placeholder(number), word(number === off ? replacement : value)),
    code.replaceAll(OFF, word(off)),
  );

const declaration = /^(\s*\w+ (?:internal constant )?\w+) = (.*);$/s;

/** A statement behind its switch. */
function behindSwitch(statement: string, number: number, replacement: string, constants: Constant[]): string {
  const isOff = `Switch.isOff(${number})`;
  const [, declared, value = ""] = declaration.exec(statement) ?? [];
  if (declared?.includes(" constant ")) {
    constants.push({ number, value: BigInt(value.replaceAll("_", "")), replacement: BigInt(replacement) });
    return `${declared} = 0x${placeholder(number)};`;
  }
  if (declared && replacement !== "") return `${declared} = ${isOff} ? (${replacement}) : (${value});`;
  return `\nif (${isOff}) { ${replacement} } else { ${statement} }`;
}

/**
 * A source with every marked statement behind its switch.
 *
 * @param path The file below `contracts/`.
 * @param switchOf The number of a mark's switch and what stands in the statement's place.
 * @param constants Where marked constants are noted.
 */
export function addSwitches(
  path: string,
  source: string,
  switchOf: (guard: string) => { number: number; replacement: string },
  constants: Constant[],
): string {
  const up = "../".repeat(path.split("/").length - 1) || "./";
  let switched = "";
  let from = 0;
  for (const mark of source.matchAll(markPattern)) {
    const start = mark.index + mark[0].length;
    const end = endOfStatement(source, start);
    const { number, replacement } = switchOf(mark[1]!);
    switched += source.slice(from, start);
    switched += behindSwitch(source.slice(start, end), number, replacement, constants);
    from = end;
  }
  return (switched + source.slice(from)).replace(
    /^pragma solidity [^;]+;$/m,
    (pragma) => `${pragma}\nimport {Switch} from "${up}Switch.sol";`,
  );
}
