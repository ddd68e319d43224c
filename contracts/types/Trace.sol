// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Which committed tree a dispute descends: the trace, or the output (the collect leaf).
enum Section {
    Trace,
    Output
}

/// @notice What is known on-chain about a node of a committed tree.
enum NodeKind {
    Unrevealed,
    Inner,
    Tile
}

/// @notice What a step proof showed.
enum Verdict {
    Correct,
    Faulty
}

/// @notice The place of a node below a committed root.
/// @dev `path` packs the chosen child numbers, four bits each, the first choice most significant.
struct Position {
    Section section;
    uint8 depth;
    uint64 path;
}

/// @notice Which execution of a program's graph a step belongs to.
struct Pass {
    uint256 number; // from zero
    uint256 most; // that the program may take
}

/// @notice Everything a step proof is checked against: the program, the input and what the worker is bound to.
struct Claim {
    bytes32 descriptorsRoot;
    bytes32 constantsRoot;
    bytes32 inputRoot;
    bytes32 traceRoot;
    uint32 slots;
    uint32 constants;
    uint32 maxPasses;
    uint32 passes;
    uint32 inputBytes;
    uint32 outputBytes;
}

/// @notice One tile of an operand with its siblings up to the tensor root, bottom to top, 15 a level.
struct TileOpening {
    uint32 index;
    bytes data;
    bytes32[] path;
}

/// @notice The tiles of one operand that the disputed element reads.
/// @dev `rootPath` leads from the tensor root to `traceRoot` (slots) or `constantsRoot` (constants); empty for inputs,
/// whose tiles open to `inputRoot` directly.
struct OperandOpening {
    bytes32[] rootPath;
    TileOpening[] tiles;
}

/// @notice A challenger's proof about one element of one tile.
struct StepProof {
    bytes descriptor;
    bytes32[] descriptorPath;
    bytes tile; // the revealed tile that holds the disputed element; empty when the node itself is misplaced
    uint32 element; // number of the element within the tile
    OperandOpening[] operands;
}
